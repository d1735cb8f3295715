"""Faces aligned by their eyes: upright, with the eyes in the same two places of every picture, as CelebA's are."""

import torch
from torch import Tensor

from facegan.data.twinfaces.columns import Column, decode
from facegan.data.twinfaces.look import LOOK

EYES = (0.239, 0.024)
"""Where they lie once aligned: from the middle line to either side, and below the middle; the picture is 2 wide."""

SLIDE_U, SLIDE_V = 0.055, 0.03
"""How far yaw and pitch of 1 slide the features over the head, in head units."""

ALIGNMENT = 1
"""The version of aligned poses. It grows whenever one is another, and with it the stores of aligned faces."""

_PLACE = {column.name: number for number, column in enumerate(LOOK)}


def aligned(look: Tensor) -> Tensor:
    """Looks, N x len(LOOK) quantiles, with another pose; all else is as it was.

    Turn, size and place do it as far as their ranges go, then the head looks a little less up, down or aside. What
    remains is sideways only, and less than half a pixel at 64: eyes very near or far apart keep some of their distance.
    """
    look, across, down = look.clone(), *EYES
    look[:, _PLACE["roll"]] = 0.5
    _set(look, "scale", across / _get(look, "eye_gap"))
    scale = _get(look, "scale")
    _set(look, "shift_x", -scale * SLIDE_U * _get(look, "yaw"))
    _set(look, "yaw", -_get(look, "shift_x") / (scale * SLIDE_U))
    _set(look, "shift_y", down - scale * (_get(look, "eye_line") + SLIDE_V * _get(look, "pitch")))
    _set(look, "pitch", ((down - _get(look, "shift_y")) / scale - _get(look, "eye_line")) / SLIDE_V)
    return look


def _column(name: str) -> Column:
    return LOOK[_PLACE[name]]


def _get(look: Tensor, name: str) -> Tensor:
    return decode(look[:, [_PLACE[name]]], [_column(name)])[:, 0]


def _set(look: Tensor, name: str, value: Tensor) -> None:
    """The quantile of an evenly spread factor's value, or of the nearest one that it can have."""
    (_, low), (_, high) = _column(name).knots
    look[:, _PLACE[name]] = torch.clamp((value - low) / (high - low), 0.0, 1.0)
