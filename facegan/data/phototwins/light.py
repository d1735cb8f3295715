"""How a photograph is lit: level and direction, from whole numbers, so that a photograph has one light in any batch."""

from collections.abc import Sequence

import torch
from torch import Tensor

_GREY = (299, 587, 114)  # of red, green and blue, in thousands
_USUAL = 140.0  # the grey of a face, 0 to 255, on which TwinFaces' colours look right
_DARKEST, _BRIGHTEST = 0.45, 1.25
_SIDES = 1.6  # by how much the light turns for a difference of the cheeks


def light_of(photographs: Tensor, template: Sequence[Sequence[float]]) -> tuple[Tensor, Tensor]:
    """The level of light, 1 as TwinFaces are lit, and its direction, -0.75 (left) to 0.75 (right): N each.

    photographs: N x 3 x S x S uint8. Read off the middle of the face: from eye to eye, from eyes to mouth.
    """
    left, right = _cheeks(photographs, template)
    level = ((left + right) / (2.0 * _USUAL)).clamp(_DARKEST, _BRIGHTEST)
    turned = _SIDES * (right - left) / (left + right).clamp(min=1.0)
    return level, turned.clamp(-0.75, 0.75)


def _cheeks(photographs: Tensor, template: Sequence[Sequence[float]]) -> tuple[Tensor, Tensor]:
    """The mean grey of the left and right half of the middle of the face, 0 to 255, N each."""
    side = photographs.shape[-1]
    (x0, y0), (x1, _), (middle, _), (_, y1), _ = ((int(x * side), int(y * side)) for x, y in template)
    weight = torch.tensor(_GREY)[:, None, None]
    grey = (photographs[:, :, y0 : y1 + 1].long() * weight).sum(1)
    halves = grey[..., x0 : middle + 1], grey[..., middle : x1 + 1]
    left, right = (half.sum((1, 2)).double() / (1000 * half[0].numel()) for half in halves)
    return left.float(), right.float()
