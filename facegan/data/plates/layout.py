"""Where things are on a plate, in units of its letters' grid from its middle, and how the plate lies in the picture."""

from dataclasses import dataclass

import torch
from torch import Tensor

from facegan.data.plates.glyphs import HEIGHT, WIDTH

PITCH_X, PITCH_Y = WIDTH + 2.1, HEIGHT + 2.0
_MARGIN = 1.5


@dataclass(frozen=True, slots=True)
class Layout:
    """Rows and columns of letters, read row by row."""

    rows: int
    columns: int

    @property
    def letters(self) -> int:
        """How many letters a plate has."""
        return self.rows * self.columns

    @property
    def half(self) -> tuple[float, float]:
        """Half the plate's width and height."""
        return self.columns * PITCH_X / 2 + _MARGIN / 2, self.rows * PITCH_Y / 2 + _MARGIN / 2

    def cell(self, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """The letter (its place in the text) whose cell holds each place, and the place in that letter's grid."""
        column = (x / PITCH_X + self.columns / 2).floor().clamp(0, self.columns - 1)
        row = (y / PITCH_Y + self.rows / 2).floor().clamp(0, self.rows - 1)
        left = (column - self.columns / 2 + 0.5) * PITCH_X - WIDTH / 2
        top = (row - self.rows / 2 + 0.5) * PITCH_Y - HEIGHT / 2
        return (row * self.columns + column).long(), x - left, y - top

    def corners(self) -> Tensor:
        """The upper left of each letter's grid on the plate, letters x 2."""
        row, column = torch.meshgrid(torch.arange(self.rows), torch.arange(self.columns), indexing="ij")
        left = (column - self.columns / 2 + 0.5) * PITCH_X - WIDTH / 2
        top = (row - self.rows / 2 + 0.5) * PITCH_Y - HEIGHT / 2
        return torch.stack([left.flatten(), top.flatten()], dim=1)


def placements(factors: Tensor, layout: Layout) -> Tensor:
    """How plates lie in their pictures: N x 3 x 3, from units on the plate to the picture, which spans [-1, 1].

    factors: N x 7 in (0, 1): size, turn, slant, two of perspective, two of place.
    """
    half = max(layout.half[0], layout.half[1] * 1.05)
    size, turn, slant, far_x, far_y, x, y = (2.0 * factors - 1.0).unbind(dim=1)
    scale = (0.84 + 0.06 * size) / half
    angle, shear = 0.10 * turn, 0.10 * slant
    cosine, sine, one = angle.cos() * scale, angle.sin() * scale, torch.ones_like(scale)
    return torch.stack(
        [
            torch.stack([cosine, shear * cosine - sine, 0.06 * x], dim=1),
            torch.stack([sine, shear * sine + cosine, 0.06 * y], dim=1),
            torch.stack([0.10 * far_x / half, 0.08 * far_y / half, one], dim=1),
        ],
        dim=1,
    )


def projected(placement: Tensor, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    """Places through N x 3 x 3 matrices: x, y broadcast against N x ..."""
    m = placement.reshape(len(placement), 9, *[1] * (x.ndim - 1)).unbind(dim=1)
    depth = m[6] * x + m[7] * y + m[8]
    return (m[0] * x + m[1] * y + m[2]) / depth, (m[3] * x + m[4] * y + m[5]) / depth
