"""The canvas, its coordinates, and windows through which a painter touches only its own part of it.

Frames: the image spans [-1, 1] in x and y (downwards). (u, v) turn and move with the head; (fu, fv) slide over it with
yaw and pitch as eyes, nose and mouth do. Pixels are computed with exactly rounded operations only (+ - * / sqrt floor
min max), so that a face has the same bits in every batch.
"""

from collections.abc import Iterator
from copy import copy
from functools import cached_property

import torch
from torch import Tensor

from facegan.data.twinfaces.factors import TRAITS

Box = tuple[float, float, float, float]  # u from, u to, v from, v to

PLACE = {name: k for k, name in enumerate(TRAITS)}

_POSE_PLACES = [PLACE[n] for n in ("shift_x", "shift_y", "scale", "cosine", "sine", "slide_u", "slide_v")]

# The widest pose that the look table allows, from which windows have their size.
_SCALE = 1.28
_LEAN = 0.15
# How much farther than they slide parts on the sliding frame may reach, since it also stretches.
_STRETCH = 0.035


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


def over(value: Tensor) -> Tensor:
    """1 where the value is above 0, else 0; several times as fast as a comparison and a cast."""
    return (value * 1e9).clamp(0.0, 1.0)


class Stage:
    """B faces being painted.

    canvas: B x 3 x S x S in [0, 1]. face: B x S x S, the coverage of the bare head. traits: B x len(TRAITS) x 1 x 1.
    boxed: each painter touches its own window alone; else every window is the whole image, which is slower, makes the
    same bits and lets gradients through.
    """

    def __init__(self, traits: Tensor, image_size: int, *, boxed: bool = True, cover: bool = False) -> None:
        self.traits, self.size, self.boxed = traits[:, :, None, None], image_size, boxed
        self.soft = 2.0 / image_size
        self.line = (torch.arange(image_size, dtype=traits.dtype) + 0.5) * self.soft - 1.0
        self.canvas = traits.new_empty(len(traits), 3, image_size, image_size)
        self.face = traits.new_zeros(len(traits), image_size, image_size)
        self.cover: dict[str, Tensor] | None = {} if cover else None

    def window(self, box: Box, *, slides: bool = False, rows: Tensor | None = None) -> "Window":
        """A window on a box of the head's frame, or of the sliding frame; for all faces or for some rows.

        What is painted into it appears on the canvas when it is closed.
        """
        traits = self.traits if rows is None else self.traits[rows]
        if not self.boxed:
            corner = torch.zeros(len(traits), dtype=torch.int64)
            return Window(self, traits, rows, corner, corner, self.size, self.size)
        return Window(self, traits, rows, *_place_window(traits, box, self.size, slides))

    def __getitem__(self, name: str) -> Tensor:
        """A factor, B x 1 x 1."""
        return self.traits[:, PLACE[name]]

    def pigment(self, name: str) -> Tensor:
        """A colour of PIGMENTS, B x 3 x 1 x 1."""
        first = PLACE[f"{name}:r"]
        return self.traits[:, first : first + 3]

    def parts(self, size: int) -> Iterator["Stage"]:
        """Stages of `size` faces each that paint into this one's canvas."""
        for start in range(0, len(self.traits), size):
            part = copy(self)
            part.traits, part.canvas, part.face = (
                t[start : start + size] for t in (self.traits, self.canvas, self.face)
            )
            yield part

    def rows(self, name: str, value: float = 1.0) -> Tensor:
        """The numbers of the faces with a label."""
        return (self.traits[:, PLACE[name], 0, 0] == value).nonzero()[:, 0]


def _place_window(traits: Tensor, box: Box, size: int, slides: bool) -> tuple[Tensor, Tensor, int, int]:
    """The top and left pixel of each face's window, B each, and its height and width, the same for all faces."""
    u0, u1, v0, v1 = box
    stretch = _STRETCH if slides else 0.0
    half_u, half_v = (u1 - u0) / 2 + stretch, (v1 - v0) / 2 + stretch
    width = min(size, int(_SCALE * (half_u + _LEAN * half_v) * size) + 5)
    height = min(size, int(_SCALE * (half_v + _LEAN * half_u) * size) + 5)
    pose = traits[:, _POSE_PLACES, 0, 0]
    shift_x, shift_y, scale, cosine, sine, slide_u, slide_v = pose.unbind(dim=1)
    u, v = (u0 + u1) / 2 + slides * slide_u, (v0 + v1) / 2 + slides * slide_v
    left = ((shift_x + scale * (u * cosine - v * sine) + 1.0) * size - width) / 2.0
    top = ((shift_y + scale * (u * sine + v * cosine) + 1.0) * size - height) / 2.0
    return top.round().long().clamp(0, size - height), left.round().long().clamp(0, size - width), height, width


class Window:
    """A part of the stage: frames over it, factors by name, and what paints into it.

    u, v, fu, fv: B x h x w, the frames. canvas: B x 3 x h x w. face: B x h x w, the bare head's coverage.
    """

    def __init__(
        self, stage: Stage, traits: Tensor, rows: Tensor | None, top: Tensor, left: Tensor, height: int, width: int
    ) -> None:
        self.stage, self.traits, self.soft = stage, traits, stage.soft
        self.shape = (height, width)
        self._which = (torch.arange(len(stage.traits)) if rows is None else rows, top, left)
        self.u, self.v, self.fu, self.fv = self._frames(top, left)
        self.canvas = self.cut(stage.canvas)

    def __getitem__(self, name: str) -> Tensor:
        """A factor, B x 1 x 1."""
        return self.traits[:, PLACE[name]]

    def pigment(self, name: str) -> Tensor:
        """A colour of PIGMENTS, B x 3 x 1 x 1."""
        first = PLACE[f"{name}:r"]
        return self.traits[:, first : first + 3]

    def _frames(self, top: Tensor, left: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        height, width = self.shape
        x = self.stage.line[left[:, None] + torch.arange(width)][:, None, :]
        y = self.stage.line[top[:, None] + torch.arange(height)][:, :, None]
        x, y = (x - self["shift_x"]) / self["scale"], (y - self["shift_y"]) / self["scale"]
        cosine, sine, slide = self["cosine"], self["sine"], self["slide_u"]
        u, v = x * cosine + y * sine, y * cosine - x * sine
        return u, v, (u - slide) * (1.0 + (2.0 * slide) * u), v - self["slide_v"]

    def _view(self, plane: Tensor) -> Tensor:
        """Every place that a window of this size can take in B x ... x S x S, as a view."""
        return plane.unfold(-2, self.shape[0], 1).unfold(-2, self.shape[1], 1)

    def cut(self, plane: Tensor) -> Tensor:
        """What lies in this window of a B x S x S plane (or B x 3 x S x S)."""
        rows, top, left = self._which
        if not self.stage.boxed:
            return plane[rows]
        view = self._view(plane)
        return view[rows, top, left] if plane.ndim == 3 else view[rows, :, top, left]

    def put(self, plane: Tensor, values: Tensor) -> None:
        """The reverse of `cut`."""
        rows, top, left = self._which
        if not self.stage.boxed:
            plane[rows] = values
        elif plane.ndim == 3:
            self._view(plane)[rows, top, left] = values
        else:
            self._view(plane)[rows, :, top, left] = values

    def close(self) -> None:
        """Put what was painted on the stage's canvas."""
        self.put(self.stage.canvas, self.canvas)

    def colour(self, red: float, green: float, blue: float) -> Tensor:
        """A colour that all faces share, 1 x 3 x 1 x 1."""
        return self.traits.new_tensor([red, green, blue])[None, :, None, None]

    def paint(self, cover: Tensor, colour: Tensor, name: str | None = None) -> None:
        """Blend a colour over the window: cover B x h x w in [0, 1], colour B x 3 x (h x w or 1 x 1)."""
        self.canvas += cover[:, None] * (colour - self.canvas)
        if name is not None:
            self.note(name, cover)

    def paint_on_face(self, cover: Tensor, colour: Tensor, name: str | None = None) -> None:
        """Blend where the bare head is, never beyond its outline."""
        self.paint(cover * self.face, colour, name)

    @cached_property
    def face(self) -> Tensor:
        """The bare head's coverage, once the head is painted."""
        return self.cut(self.stage.face)

    def darken(self, cover: Tensor) -> None:
        """Take a share of the light away: cover B x h x w in [0, 1]."""
        self.canvas = self.canvas * (1.0 - cover)[:, None]

    def note(self, name: str, cover: Tensor) -> None:
        """Keep a coverage (the greatest so far under its name) where somebody asked for it."""
        if self.stage.cover is None:
            return
        whole = self.stage.cover.setdefault(name, torch.zeros_like(self.stage.face))
        self.put(whole, torch.maximum(self.cut(whole), cover.detach()))
