"""Depths, widths and sides of networks that halve or double, and the errors of sizes that do not fit."""

from __future__ import annotations

from collections.abc import Sequence

from facegan.networks.contracts import Shape
from facegan.networks.errors import PartError


def named(shape: Shape) -> str:
    """Write a shape as '512x8x8'."""
    return "x".join(str(number) for number in shape)


def halvings(size: int, side: int) -> int:
    """How often `size` can be halved, rounding down, and still be `side` or more."""
    return max(size // side, 1).bit_length() - 1


def doubling(width: int, count: int, cap: int) -> tuple[int, ...]:
    """`count` widths that start at `width` and double up to `cap`."""
    return tuple(min(width * 2**i, cap) for i in range(count))


def stack_widths(
    part: str,
    *,
    image_size: int,
    side: int,
    layers: int | None,
    widths: Sequence[int] | None,
    width: int,
    max_width: int,
) -> tuple[int, ...]:
    """The widths of a stack: those given outright, else doubling from `width`.

    Without `layers` there are as many as halve the image down to `side` pixels, or a little more. Raises `PartError`
    when that leaves none, or when `layers` and `widths` contradict each other.
    """
    if widths:
        if layers not in (None, len(widths)):
            raise PartError(f"{part}: layers is {layers}, but {len(widths)} widths are given; leave one of them out")
        return tuple(widths)
    if widths is not None or layers == 0:
        raise PartError(f"{part}: it was given no layers at all; 1 would fit")
    count = halvings(image_size, side) if layers is None else layers
    if not count:
        raise PartError(
            f"{part}: a {image_size}-pixel image cannot be halved down to {side} pixels; {2 * side} would fit"
        )
    return doubling(width, count, max_width)


def check_halvings(part: str, image_size: int, count: int) -> None:
    """Raise `PartError` unless the image can be halved `count` times without a remainder."""
    factor = 2**count
    if image_size < factor or image_size % factor:
        below = image_size // factor * factor
        fits = f"{below} or {below + factor}" if below else f"{factor}"
        raise PartError(f"{part}: a {image_size}-pixel image cannot be halved {count} times; {fits} would fit")


def count_doublings(part: str, code: Shape, image_size: int, given: int | None) -> int:
    """How many doublings lead from the code to the image (`given`: the number that the widths given outright imply)."""
    side = code[1]
    if code[2] != side:
        raise PartError(f"{part}: a {named(code)} code is not square; {code[0]}x{side}x{side} would fit")
    ways = max(halvings(image_size, side), 1) if given is None else given
    if ways and side * 2**ways == image_size:
        return ways
    how = "by doubling" if given is None else f"in {given} doublings"
    fits = [side * 2**ways] if given else [side * 2**ways, side * 2 ** (ways + 1)]
    sizes = " or ".join(str(size) for size in fits)
    raise PartError(
        f"{part}: a {named(code)} code cannot become a {image_size}-pixel image {how}; {sizes} pixels would fit"
    )
