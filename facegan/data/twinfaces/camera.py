"""A hand-held camera: how a still picture moves from frame to frame, exactly.

Each of place, turn and zoom swings: A sin(wt + p), where A is fixed, p random, and w such that the fastest change in
one frame is a random share of `speed`. No frame stands upright by rule: it would be drawn otherwise than the others.
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from torch import Tensor

from facegan.data.similarity import Affine, stretch

KEPT = 0.85
"""The share of the drawn picture's side that a frame shows: the rest is where the camera may go."""

_SHIFT, _TURN, _ZOOM = 0.04, math.radians(2.0), 0.03  # amplitudes: shares of the frame's side, radians, log of the zoom
FACTORS = 8  # of a clip, uniform in (0, 1): a phase and a share of the speed for x, y, turn and zoom

Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Camera:
    """Makes the maps of a clip. speed: the fastest shift, as a share of the side in a frame; all else goes with it."""

    frames: int
    speed: float

    def maps(self, factors: Tensor) -> list[Affine]:
        """For each frame the map from its own unit square to that of the drawn picture. factors: 8 in (0, 1)."""
        numbers = np.asarray(factors, dtype=np.float64)
        share = self.speed / _SHIFT  # radians of the swing in a frame, at most
        swings = [self._swing(numbers[2 * k], share * numbers[2 * k + 1]) for k in range(4)]
        return [
            _map(_SHIFT * x, _SHIFT * y, _TURN * turn, math.exp(_ZOOM * zoom))
            for x, y, turn, zoom in zip(*swings, strict=True)
        ]

    def _swing(self, phase: float, pace: float) -> Numbers:
        time = np.arange(self.frames) - (self.frames - 1) / 2
        return np.asarray(np.sin(2 * math.pi * phase + pace * time))


def _map(x: float, y: float, turn: float, zoom: float) -> Affine:
    """Of a frame that is moved by (x, y) of its side, turned and zoomed around its middle."""
    cosine, sine = math.cos(turn) / zoom, math.sin(turn) / zoom
    around = Affine(a=cosine, b=-sine, c=0.0, d=sine, e=cosine, f=0.0)
    middle = stretch(1, 1, left=0.5 + KEPT * x, top=0.5 + KEPT * y)
    return middle.after(stretch(KEPT, KEPT)).after(around).after(stretch(1, 1, left=-0.5, top=-0.5))


def flow(here: Affine, there: Affine, side: int) -> npt.NDArray[np.float32]:
    """Where in one frame that lies which another shows at each pixel: 2 x side x side, in pixels, x then y; exact."""
    line = (np.arange(side) + 0.5) / side
    places = np.stack(np.meshgrid(line, line), axis=-1)
    moved = there.inverse()(here(places)) - places
    return np.moveaxis(moved * side, -1, 0).astype(np.float32)
