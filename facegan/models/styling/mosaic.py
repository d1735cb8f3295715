"""The picture whose style is learnt where none is named: a mosaic, drawn by formula."""

from math import pi, tau

import torch
from torch import Tensor
from torch.nn import functional as F

TILES = 6  # in a row
SHADES = ((16, 42, 84), (201, 138, 28), (166, 44, 38), (30, 120, 124), (238, 222, 184), (90, 26, 72))
GROUT = (18, 16, 20)
JOINT = 0.12  # in tiles
RIBS, DEPTH = 2.5, 0.18  # ribs a tile, and how much lighter and darker they are
FINE = 2  # each pixel is the mean of so many places a side
STRAY = 0.7  # how far a tile's middle strays, in tiles
ONE, OTHER = 2**0.5 - 1, 0.7548776662466927  # the fractions of their multiples fill [0, 1) evenly


def mosaic(size: int) -> Tensor:
    """Crooked tiles of six colours with dark joints, each ribbed in a direction of its own: 1 x 3 x size x size.

    In [-1, 1]; the same picture at every size, and at every call.
    """
    place = (torch.arange(size * FINE) + 0.5) * (TILES / (size * FINE))
    tile, joint = _tiles(place)
    turn = pi * (tile * OTHER % 1)
    ribs = torch.sin(tau * RIBS * (place[None] * torch.cos(turn) + place[:, None] * torch.sin(turn)))
    shades = torch.tensor(SHADES)[(tile * ONE % 1 * len(SHADES)).long()].movedim(-1, 0) * (1 + DEPTH * ribs)
    colours = torch.where(joint, torch.tensor(GROUT)[:, None, None], shades)
    return F.avg_pool2d(colours[None], FINE).clamp(0, 255) / 127.5 - 1


def _tiles(place: Tensor) -> tuple[Tensor, Tensor]:
    """Which middle is nearest to each place, rows x columns, and whether another is hardly farther away."""
    row = TILES + 2  # the picture cuts through those at its border
    number = torch.arange(row**2)
    x, y = number % row - 1 + STRAY * (number * ONE % 1), number // row - 1 + STRAY * (number * OTHER % 1)
    far = ((place[:, None] - y[:, None, None]).square() + (place - x[:, None, None]).square()).sqrt()
    near, tile = far.min(0)
    second = far.scatter(0, tile[None], torch.inf).amin(0)
    return tile, second - near < JOINT
