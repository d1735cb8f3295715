"""Faces aligned by their eyes: upright, of one size, with the eyes in the same two places of every picture."""

import torch
from torch import Tensor

from facegan.data.twinfaces.columns import Column, decode
from facegan.data.twinfaces.look import LOOK

DOWN = 0.024
"""How far below the middle of the picture, which is 2 wide, the eyes lie; 0.239 to either side follows from MEDIANS."""

MEDIANS = ("roll", "scale", "eye_gap")
"""What is the same in all aligned faces. The eyes' distance is among them, or else heads would differ in size."""

SLIDE_U, SLIDE_V = 0.055, 0.03
"""How far yaw and pitch of 1 slide the features over the head, in head units."""

ALIGNMENT = 1
"""The version of aligned poses. It grows whenever one is another, and with it the stores of aligned faces."""

_PLACE = {column.name: number for number, column in enumerate(LOOK)}


def aligned(look: Tensor) -> Tensor:
    """Looks, N x len(LOOK) quantiles, with another pose and the median distance of the eyes; all else is as it was.

    Place does it as far as its range goes, then the head looks a little less up, down or aside. Eyes of a head that
    looks aside lie up to a sixth of a pixel of 64 from where they should, sideways.
    """
    look = look.clone()
    for name in MEDIANS:
        look[:, _PLACE[name]] = 0.5
    scale = _get(look, "scale")
    _set(look, "shift_x", -scale * SLIDE_U * _get(look, "yaw"))
    _set(look, "yaw", -_get(look, "shift_x") / (scale * SLIDE_U))
    _set(look, "shift_y", DOWN - scale * (_get(look, "eye_line") + SLIDE_V * _get(look, "pitch")))
    _set(look, "pitch", ((DOWN - _get(look, "shift_y")) / scale - _get(look, "eye_line")) / SLIDE_V)
    return look


def _column(name: str) -> Column:
    return LOOK[_PLACE[name]]


def _get(look: Tensor, name: str) -> Tensor:
    return decode(look[:, [_PLACE[name]]], [_column(name)])[:, 0]


def _set(look: Tensor, name: str, value: Tensor) -> None:
    """The quantile of an evenly spread factor's value, or of the nearest one that it can have."""
    (_, low), (_, high) = _column(name).knots
    look[:, _PLACE[name]] = torch.clamp((value - low) / (high - low), 0.0, 1.0)
