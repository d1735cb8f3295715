"""Where an attribute could alter a pixel in any style: the `may` region, from the painters' own bounds.

A pixel outside is the same in every style, bit for bit, since each painter's coverage is exactly 0 beyond its bound.
"""

from collections.abc import Callable

import torch
from torch import Tensor

from facegan.data.twinfaces.factors import Faces, decoded
from facegan.data.twinfaces.paint.hair import cap_shape
from facegan.data.twinfaces.paint.head import head_shape
from facegan.data.twinfaces.renderer import covers
from facegan.data.twinfaces.stage import Stage, Window
from facegan.data.twinfaces.twins import with_attribute

_EVERYWHERE = (-9.0, 9.0, -9.0, 9.0)


def _between(value: Tensor, low: Tensor | float, high: Tensor | float) -> Tensor:
    return (value > low) & (value < high)


def _mouth_level(w: Window) -> Tensor:
    return w["eye_line"] + w["nose_length"] + w["mouth_drop"]


def _eyeglasses(w: Window) -> Tensor:
    """Lenses at their largest with rim and shadow, bridge and arms."""
    side = w.fu.abs() - w["eye_gap"] - 0.012
    down = w.fv - w["eye_line"] - 0.012
    lens = (side.abs() < 0.170 + 0.062 + w.soft) & _between(down, -0.222 - w.soft, 0.258 + w.soft)
    arm = _between(w.fv - w["eye_line"], -0.09 - w.soft, 0.05 + w.soft) & (w.u.abs() < w["head_width"] + 0.01 + w.soft)
    return lens | (arm & (side > 0)) | ((w.fu.abs() < 0.2) & (down.abs() < 0.07 + w.soft))


def _smiling(w: Window) -> Tensor:
    """Lips, the folds beside them, lower lids."""
    down = w.fv - _mouth_level(w)
    mouth = (w.fu.abs() < w["mouth_width"] + 0.125 + w.soft) & _between(down, -0.22, 0.28)
    return mouth | _eye(w)


def _eye(w: Window) -> Tensor:
    side = w.fu.abs() - w["eye_gap"]
    return (side.abs() < w["eye_width"] * 1.1 + w.soft) & (
        (w.fv - w["eye_line"] + side * w["eye_tilt"]).abs() < 0.075 + w.soft
    )


def _mouth_open(w: Window) -> Tensor:
    down = w.fv - _mouth_level(w)
    wide = (w["mouth_width"] + w["Smiling.widen"]) * 1.06 + w.soft * 1.5
    return (w.fu.abs() < wide) & _between(down, -0.22, 0.28)


def _bangs(w: Window) -> Tensor:
    end = -0.190 + 0.16 * w.u.abs() + 0.05 + 0.08 * (w.u / w["head_width"]) * (w.u / w["head_width"]) + 0.06
    return (
        (cap_shape(w) < w.soft)
        & (w.u.abs() < w["head_width"] + 0.05 + w.soft)
        & _between(w.v, w["hairline"] - 0.17 - w.soft, end + w.soft)
    )


def _mustache(w: Window) -> Tensor:
    down = w.fv - w["eye_line"] - w["nose_length"] - w["mouth_drop"] * 0.62
    return (w.fu.abs() < 0.21 + w.soft) & _between(down, -0.085 - w.soft, 0.13 + w.soft)


def _goatee(w: Window) -> Tensor:
    return (w.fu.abs() < 0.16) & _between(w.fv - w["chin"], -0.245, 0.125)


def _beard(w: Window, jaw: float | None = None) -> Tensor:
    side = w.u.abs() / w["head_width"]
    grown = w.v > 0.21 - 0.30 * side * side * side
    mouth_u, mouth_v = w.fu / 0.225, (w.fv - _mouth_level(w) + 0.03) / 0.135
    return (head_shape(w, jaw)[2] < 0.072 + w.soft * 1.1) & grown & (mouth_u * mouth_u + mouth_v * mouth_v > 0.99)


def _male(w: Window) -> Tensor:
    """The head at its widest, with the beard on it."""
    return (head_shape(w, 1.0)[2] < w.soft) | (_beard(w, 1.0) & (w["No_Beard"] < 0.5))


def _brows(w: Window) -> Tensor:
    e = (w.fu.abs() - w["eye_gap"] - 0.005) / 0.135
    middle = w["eye_line"] - w["brow_height"] + w["brow_arch"] * e * e - w["brow_tilt"] * 0.13 * e
    return ((e.abs() - 1.0) * 0.135 < w.soft) & ((w.fv - middle).abs() < 0.09 + w.soft)


def _hat(w: Window) -> Tensor:
    """Crown, brim and the brim's shadow."""
    line = 0.10 * w.u * w.u
    crown = (w.u.abs() < w["head_width"] + 0.06 + w.soft) & _between(w.v - line, -0.82 - w.soft * 1.5, -0.25)
    brim = (w.u.abs() < 0.92 + w.soft) & _between(w.v - line, -0.41 - w.soft, -0.20 + w.soft)
    cast = (w.u.abs() < w["head_width"] + 0.03 + w.soft * 1.1) & _between(w.v - line, -0.5, -0.12)
    return crown | brim | cast


_SHAPES: dict[str, Callable[[Window], Tensor]] = {
    "Eyeglasses": _eyeglasses, "Smiling": _smiling, "Mouth_Slightly_Open": _mouth_open, "Bangs": _bangs,
    "Mustache": _mustache, "Goatee": _goatee, "No_Beard": _beard, "Male": _male, "Bushy_Eyebrows": _brows,
    "Wearing_Hat": _hat,
}  # fmt: skip

# Attributes that recolour parts: wherever these parts cover anything.
_PARTS: dict[str, tuple[str, ...]] = {
    "Blond_Hair": ("hair",), "Wearing_Lipstick": ("lips",), "Pale_Skin": ("skin",), "Male": ("skin",),
    "Young": ("skin", "hair"),
}  # fmt: skip


def support(faces: Faces, attribute: str, *, image_size: int) -> Tensor:
    """The pixels that any style of either value could alter, N x S x S bool."""
    result = torch.zeros(len(faces), image_size, image_size, dtype=torch.bool)
    if attribute in _SHAPES:
        result |= reach(Stage(decoded(faces), image_size, boxed=False), attribute)
    if attribute in _PARTS:
        seen = covers(faces, image_size=image_size)
        for part in _PARTS[attribute]:
            result |= seen[part] > 0
    if attribute == "Wearing_Hat":
        result |= _pressed_hair(faces, image_size)
    return result


def reach(stage: Stage, attribute: str) -> Tensor:
    """How far the painters of an attribute that has a shape reach in any style, B x S x S bool; `stage` is unboxed."""
    return _SHAPES[attribute](stage.window(_EVERYWHERE))


def _pressed_hair(faces: Faces, image_size: int) -> Tensor:
    """The hair that some hat hides or presses flat."""
    bare = with_attribute(faces, "Wearing_Hat", 0)
    above = Stage(decoded(bare), image_size, boxed=False).window(_EVERYWHERE).v < -0.27 + 2.0 / image_size
    return (
        (covers(bare, image_size=image_size)["hair"] > 0) | (covers(bare, image_size=image_size)["rim"] > 0)
    ) & above
