"""The canvas, its coordinates, and windows through which a painter touches only its own part of it.

Frames: the image spans [-1, 1] in x and y (downwards). (u, v) turn and move with the head; (fu, fv) slide over it with
yaw and pitch as eyes, nose and mouth do. Pixels are computed with exactly rounded operations only (+ - * / sqrt floor
min max), so that a face has the same bits in every batch.
"""

from dataclasses import dataclass, field

import torch
from torch import Tensor

from facegan.data.twinfaces.factors import TRAITS

_PLACE = {name: k for k, name in enumerate(TRAITS)}

# The widest pose that the look table allows; boxes are padded by it.
_SHIFT_X, _SHIFT_Y, _SCALE, _ROLL, _SLIDE_X, _SLIDE_Y = 0.05, (0.0, 0.07), 1.28, 0.15, 0.075, 0.03


def alpha(distance: Tensor, soft: float | Tensor) -> Tensor:
    """Coverage of a shape from its signed distance: 1 inside, 0 outside, a ramp of width `soft` between."""
    return (0.5 - distance / soft).clamp(0.0, 1.0)


def bump(squared: Tensor) -> Tensor:
    """A smooth hill of compact support: 1 where the squared radius is 0, exactly 0 from 1 on."""
    hill = (1.0 - squared).clamp(min=0.0)
    return hill * hill


def zigzag(value: Tensor) -> Tensor:
    """A wave of period 1 between -1 and 1, of straight pieces."""
    return (value - value.floor() - 0.5).abs() * 4.0 - 1.0


def rgb(red: Tensor | float, green: Tensor | float, blue: Tensor | float, like: Tensor) -> Tensor:
    """A colour as B x 3 x 1 x 1 (or 1 x 3 x 1 x 1), from B x 1 x 1 parts or plain numbers."""
    parts = [p if isinstance(p, Tensor) else like.new_full((1, 1, 1), p) for p in (red, green, blue)]
    count = max(len(p) for p in parts)
    return torch.stack([p.expand(count, -1, -1) for p in parts], dim=1)


@dataclass(slots=True)
class Stage:
    """B faces being painted: canvas B x 3 x S x S in [0, 1], frames B x S x S, traits B x len(TRAITS)."""

    canvas: Tensor
    u: Tensor
    v: Tensor
    fu: Tensor
    fv: Tensor
    traits: Tensor
    soft: float
    boxed: bool = True
    cover: dict[str, Tensor] | None = None
    shared: dict[str, Tensor] = field(default_factory=dict)

    def window(self, box: tuple[float, float, float, float], rows: Tensor | None = None) -> "Window":
        """A window on the head-frame box (u from, u to, v from, v to), for all faces or for some rows."""
        return Window(self, *self._slices(box), rows)

    def _slices(self, box: tuple[float, float, float, float]) -> tuple[slice, slice]:
        size = self.canvas.shape[-1]
        if not self.boxed:
            return slice(0, size), slice(0, size)
        u0, u1, v0, v1 = box
        lean_u, lean_v = _ROLL * max(abs(v0), abs(v1)), _ROLL * max(abs(u0), abs(u1))
        left = _SCALE * (u0 - _SLIDE_X - lean_u) - _SHIFT_X
        right = _SCALE * (u1 + _SLIDE_X + lean_u) + _SHIFT_X
        top = _SCALE * (v0 - _SLIDE_Y - lean_v) + _SHIFT_Y[0]
        bottom = _SCALE * (v1 + _SLIDE_Y + lean_v) + _SHIFT_Y[1]
        return _pixels(top, bottom, size), _pixels(left, right, size)

    def rows(self, name: str, value: float = 1.0) -> Tensor:
        """The numbers of the faces with a label."""
        return (self.traits[:, _PLACE[name]] == value).nonzero()[:, 0]


def _pixels(low: float, high: float, size: int) -> slice:
    first = int((low + 1.0) * size / 2.0 - 1.0)
    last = int((high + 1.0) * size / 2.0 + 2.0)
    return slice(max(0, min(first, size - 1)), max(1, min(last, size)))


class Window:
    """A part of the stage: frames cut to it, factors by name, and what paints into it."""

    def __init__(self, stage: Stage, ys: slice, xs: slice, rows: Tensor | None) -> None:
        self.stage, self.ys, self.xs, self.rows_ = stage, ys, xs, rows
        self.traits = stage.traits if rows is None else stage.traits[rows]
        self.soft = stage.soft
        self.u, self.v, self.fu, self.fv = (self.cut(t) for t in (stage.u, stage.v, stage.fu, stage.fv))

    def __getitem__(self, name: str) -> Tensor:
        """A factor, B x 1 x 1."""
        return self.traits[:, _PLACE[name], None, None]

    def cut(self, plane: Tensor) -> Tensor:
        """The part of a B x S x S plane (or B x 3 x S x S) that lies in this window."""
        part = plane[..., self.ys, self.xs]
        return part.contiguous() if self.rows_ is None else part[self.rows_]

    def paint(self, cover: Tensor, colour: Tensor, name: str | None = None) -> None:
        """Blend a colour over the canvas: cover B x h x w in [0, 1], colour B x 3 x (h x w or 1 x 1)."""
        target = self.stage.canvas[:, :, self.ys, self.xs]
        if self.rows_ is None:
            target += cover[:, None] * (colour - target)
        else:
            target.index_add_(0, self.rows_, cover[:, None] * (colour - target[self.rows_]))
        if name is not None:
            self.note(name, cover)

    def paint_on_face(self, cover: Tensor, colour: Tensor, name: str | None = None) -> None:
        """Blend where the bare head is, never beyond its outline."""
        self.paint(cover * self.cut(self.stage.shared["face"]), colour, name)

    def darken(self, cover: Tensor) -> None:
        """Take a share of the light away: cover B x h x w in [0, 1]."""
        self.paint(cover, self.traits.new_zeros(1, 3, 1, 1))

    def note(self, name: str, cover: Tensor) -> None:
        """Keep a coverage (the greatest so far under its name) where somebody asked for it."""
        if self.stage.cover is None:
            return
        whole = self.stage.cover.setdefault(name, torch.zeros_like(self.stage.u))
        part = whole[:, self.ys, self.xs]
        if self.rows_ is None:
            part.copy_(torch.maximum(part, cover.detach()))
        else:
            part[self.rows_] = torch.maximum(part[self.rows_], cover.detach())
