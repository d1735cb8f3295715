"""Resizing along one axis as a matrix, outputs x inputs, whose rows sum to 1."""

from functools import cache

import torch
from torch import Tensor

A = -0.5  # Keys' (1981) parameter, which MATLAB and PIL have; OpenCV and torch without antialias have -0.75


def cubic(distance: float) -> float:
    """Keys' cubic kernel: 1 at 0, 0 at every other whole number and from 2 on."""
    d = abs(distance)
    if d < 1:
        return (A + 2) * d**3 - (A + 3) * d**2 + 1
    return A * (d**3 - 5 * d**2 + 8 * d - 4) if d < 2 else 0.0


@cache
def bicubic_matrix(inputs: int, outputs: int) -> Tensor:
    """What MATLAB's imresize(..., 'bicubic') does along an axis, in double precision.

    Pixels are areas: the middles of the first and last ones lie half a pixel inside. Shrinking widens the kernel by the
    scale, against aliasing. Beyond a border the picture is mirrored, the pixel at the border included.
    """
    scale = inputs / outputs
    wide = max(scale, 1.0)
    rows = torch.zeros(outputs, inputs, dtype=torch.float64)
    for row in range(outputs):
        middle = (row + 0.5) * scale - 0.5
        for place in range(int(middle - 2 * wide) - 2, int(middle + 2 * wide) + 3):
            rows[row, mirrored(place, inputs)] += cubic((middle - place) / wide)
    return rows / rows.sum(1, keepdim=True)


@cache
def box_matrix(inputs: int, outputs: int) -> Tensor:
    """The mean over areas: `outputs` must divide `inputs`."""
    return torch.eye(outputs, dtype=torch.float64).repeat_interleave(inputs // outputs, 1) * (outputs / inputs)


@cache
def inverse_of(matrix: Tensor) -> Tensor:
    """The pseudo-inverse, inputs x outputs: of all that shrinks to given pixels, the least."""
    inverse: Tensor = torch.linalg.pinv(matrix)
    return inverse


def mirrored(place: int, size: int) -> int:
    """The pixel that stands for one beyond the border: ... 1 0 | 0 1 2 ..."""
    place %= 2 * size
    return place if place < size else 2 * size - 1 - place


def enlarged(low: Tensor, scale: int) -> Tensor:
    """Images N x C x h x w made `scale` times as large as by MATLAB's imresize, not cut to their range."""
    down, across = (bicubic_matrix(side, side * scale).to(low) for side in low.shape[-2:])
    return down @ low @ across.mT
