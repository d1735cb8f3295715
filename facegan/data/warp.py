"""Cuts a turned square out of a photograph, and pastes one back with a soft edge.

`to_photo` maps the unit square (0 .. 1 across and down the cut) to pixels of the photograph.
"""

import math

import numpy as np
import numpy.typing as npt
from PIL import Image

from facegan.data.similarity import Affine, Points, stretch

Mask = npt.NDArray[np.float32]
Bounds = tuple[int, int, int, int]

_UNIT_CORNERS = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])


def corners(to_photo: Affine) -> Points:
    """4 x 2: the square's corners in the photograph, clockwise from the upper left."""
    return to_photo(_UNIT_CORNERS)


def cut_out(photo: Image.Image, to_photo: Affine, side: int, resample: Image.Resampling) -> Image.Image:
    """The square, side x side pixels. What lies outside the photograph repeats its border."""
    if to_photo.b == 0 and to_photo.d == 0 and _inside(to_photo, photo.size):
        box = (to_photo.c, to_photo.f, to_photo.c + to_photo.a, to_photo.f + to_photo.e)
        return photo.resize((side, side), resample, box=box)
    around, offset = _surroundings(photo, to_photo)
    local = stretch(1, 1, left=-offset[0], top=-offset[1]).after(to_photo)
    # Shrinking by whole pixels first and drawing too large next leaves the averaging to the last, ordinary resize.
    shrink = max(1, int(local.scale() / side / 2))
    if shrink > 1:
        size = around.size
        around = around.reduce(shrink)
        local = stretch(around.width / size[0], around.height / size[1]).after(local)
    large = side * max(1, math.ceil(local.scale() / side - 1e-6))
    drawn = around.transform(
        (large, large),
        Image.Transform.AFFINE,
        local.after(stretch(1 / large, 1 / large)).coefficients(),
        Image.Resampling.BICUBIC,
    )
    return drawn if large == side else drawn.resize((side, side), resample)


def feathered(to_photo: Affine, size: tuple[int, int], feather: float) -> Mask:
    """How much of the square shows at each pixel of its bounds, in [0, 1]; it fades over `feather` of its side.

    It does not fade towards an edge that lies on or beyond the photograph's own border: there is nothing to blend with.
    """
    left, top, right, bottom = bounds(to_photo, size)
    x, y = np.meshgrid(np.arange(left, right) + 0.5, np.arange(top, bottom) + 0.5)
    unit = to_photo.inverse()(np.stack([x, y], axis=-1))
    mask = np.ones(x.shape, dtype=np.float32)
    mask[((unit < 0) | (unit > 1)).any(-1)] = 0
    quad = corners(to_photo)
    depths = (unit[..., 1], 1 - unit[..., 0], 1 - unit[..., 1], unit[..., 0])
    for edge, depth in enumerate(depths):
        if feather > 0 and not _beyond(quad[edge], quad[(edge + 1) % 4], size):
            ramp = np.clip(depth / feather, 0, 1)
            np.multiply(mask, ramp * ramp * (3 - 2 * ramp), out=mask, casting="same_kind")
    return mask


def paste_in(photo: Image.Image, square: Image.Image, to_photo: Affine, mask: Mask) -> Image.Image:
    """A copy of the photograph with the square blended in by a mask over its bounds; where the mask is 0, no change."""
    box = bounds(to_photo, photo.size)
    to_square = stretch(square.width, square.height).after(to_photo.inverse())
    local = to_square.after(stretch(1, 1, left=box[0], top=box[1]))
    side = max(1, round(to_photo.scale()))
    if side < square.width:
        local = stretch(side / square.width, side / square.height).after(local)
        square = square.resize((side, side), Image.Resampling.LANCZOS)
    patch = square.transform(
        (box[2] - box[0], box[3] - box[1]), Image.Transform.AFFINE, local.coefficients(), Image.Resampling.BICUBIC
    )
    pixels = np.array(photo)
    area = pixels[box[1] : box[3], box[0] : box[2]]
    blend = area + mask[..., None] * (np.asarray(patch, dtype=np.float32) - area)
    area[mask > 0] = np.rint(blend).astype(np.uint8)[mask > 0]
    return Image.fromarray(pixels)


def bounds(to_photo: Affine, size: tuple[int, int]) -> Bounds:
    """Left, top, right, bottom of the upright rectangle around the square, within the photograph."""
    quad = corners(to_photo)
    low, high = np.floor(quad.min(0)).astype(int), np.ceil(quad.max(0)).astype(int)
    return (max(0, int(low[0])), max(0, int(low[1])), min(size[0], int(high[0])), min(size[1], int(high[1])))


def _inside(to_photo: Affine, size: tuple[int, int]) -> bool:
    quad = corners(to_photo)
    return bool((quad.min(0) >= 0).all() and (quad.max(0) <= np.array(size)).all())


def _surroundings(photo: Image.Image, to_photo: Affine) -> tuple[Image.Image, tuple[int, int]]:
    """The part of the photograph under the square, with repeated borders where it sticks out, and its upper left."""
    quad = corners(to_photo)
    low, high = np.floor(quad.min(0)).astype(int) - 2, np.ceil(quad.max(0)).astype(int) + 2
    box = bounds(to_photo, photo.size)
    box = (max(0, box[0] - 2), max(0, box[1] - 2), min(photo.width, box[2] + 2), min(photo.height, box[3] + 2))
    rows, columns = (box[1] - low[1], high[1] - box[3]), (box[0] - low[0], high[0] - box[2])
    padded = np.pad(np.asarray(photo.crop(box)), (rows, columns, (0, 0)), mode="edge")
    return Image.fromarray(padded), (int(low[0]), int(low[1]))


def _beyond(first: Points, second: Points, size: tuple[int, int]) -> bool:
    pair = np.stack([first, second])
    return bool((pair <= 0.5).all(0).any() or (pair >= np.array(size) - 0.5).all(0).any())
