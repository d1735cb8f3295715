"""Where source and twin differ, where they may, and what the source cannot show."""

from dataclasses import dataclass

import torch
from torch import Tensor

from facegan.attributes import position
from facegan.data.twinfaces.factors import Faces
from facegan.data.twinfaces.renderer import covers, render
from facegan.data.twinfaces.styles import ATTRIBUTES
from facegan.data.twinfaces.supports import support

CHANGED_OVER = 0.05

# What an attribute puts in front of something else, and what opens only in the twin.
_IN_FRONT: dict[str, tuple[str, ...]] = {
    "Eyeglasses": ("Eyeglasses",), "Bangs": ("Bangs",), "Mustache": ("Mustache",), "Goatee": ("Goatee",),
    "No_Beard": ("No_Beard",), "Wearing_Hat": ("Wearing_Hat",), "Bushy_Eyebrows": ("brows",), "Male": ("skin",),
    "Smiling": ("lips",), "Mouth_Slightly_Open": ("lips",),
}  # fmt: skip
_OPENS = {"Smiling": "mouth", "Mouth_Slightly_Open": "mouth"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Regions:
    """N x S x S bool each.

    changed: source and twin differ by more than 0.05 in [-1, 1], in the channel that differs most.
    may: any style could alter the pixel; outside it source and every twin are equal bit for bit.
    hidden: the twin shows there what the source covers.
    """

    changed: Tensor
    may: Tensor
    hidden: Tensor


def regions(
    faces: Faces, twins: Faces, attribute: str, *, image_size: int, images: tuple[Tensor, Tensor] | None = None
) -> Regions:
    """The regions of an edit of one attribute from `faces` to `twins`, the i-th to the i-th.

    images: both as they were rendered, N x 3 x S x S, where that was done already.
    """
    position(attribute, ATTRIBUTES)
    if len(faces) != len(twins):
        raise ValueError(f"twins: {len(twins)} for {len(faces)} faces; one for each face is needed.")
    before, after = images or (render(faces, image_size=image_size), render(twins, image_size=image_size))
    may = support(faces, attribute, image_size=image_size)
    return Regions(
        changed=(before - after).abs().amax(dim=1) > CHANGED_OVER,
        may=may,
        hidden=_hidden(faces, twins, attribute, image_size) & may,
    )


def _hidden(faces: Faces, twins: Faces, attribute: str, image_size: int) -> Tensor:
    before, after = covers(faces, image_size=image_size), covers(twins, image_size=image_size)
    blank = torch.zeros(len(faces), image_size, image_size)
    result = torch.zeros_like(blank, dtype=torch.bool)
    for name in _IN_FRONT.get(attribute, ()):
        result |= before.get(name, blank) - after.get(name, blank) > 0.5
    if attribute in _OPENS:
        result |= after.get(_OPENS[attribute], blank) - before.get(_OPENS[attribute], blank) > 0.5
    return result
