"""Plates as pictures: bodywork, plate, frame, letters, wear, light. Drawn at twice the side, then averaged.

Each step takes places on the plate (units, see `layout`) or in the picture ([-1, 1]) and gives colours in [0, 1].
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from facegan.data.plates.glyphs import distances
from facegan.data.plates.layout import Layout, placements, projected

OVER = 2  # places along each axis of a pixel

# Paper, ink, and how often: black on white, black on yellow, blue on white, white on black, white on blue.
PAPER = torch.tensor(
    [[0.93, 0.93, 0.91], [0.95, 0.78, 0.20], [0.92, 0.94, 0.96], [0.10, 0.10, 0.11], [0.10, 0.22, 0.52]]
)
INK = torch.tensor([[0.08, 0.08, 0.10], [0.10, 0.09, 0.06], [0.10, 0.16, 0.45], [0.90, 0.90, 0.88], [0.93, 0.94, 0.96]])
SHARES = torch.tensor([0.42, 0.22, 0.14, 0.13, 0.09])

FACTORS = 64  # of a plate, uniform in (0, 1), beside its letters


@dataclass(frozen=True, slots=True)
class Looks:
    """N plates: letters, N x L numbers into the alphabet, and factors, N x FACTORS in (0, 1)."""

    letters: Tensor
    factors: Tensor

    def __getitem__(self, which: slice) -> "Looks":
        return Looks(self.letters[which], self.factors[which])

    def each(self, first: int, count: int = 1) -> Tensor:
        """Factors as N x count x 1 x 1 (N x 1 x 1 for one)."""
        return self.factors[:, first, None, None] if count == 1 else self.factors[:, first : first + count, None, None]

    def placement(self, layout: Layout) -> Tensor:
        """From the plate to the picture, N x 3 x 3."""
        return placements(self.factors[:, :7], layout)


def paint(looks: Looks, layout: Layout, *, image_size: int, wear: float) -> Tensor:
    """The pictures, N x 3 x S x S in [-1, 1]. wear: 0 for plates as new, 1 for what years on the road leave."""
    side = image_size * OVER
    line = (torch.arange(side) + 0.5) * (2.0 / side) - 1.0
    across, down = line[None, None, :].expand(1, side, side), line[None, :, None].expand(1, side, side)
    placement = looks.placement(layout)
    x, y = projected(torch.linalg.inv(placement), across, down)
    soft = (2.0 / side) / placement[:, :2, :2].det().sqrt()[:, None, None] * 1.2  # a place, in units of the plate
    inside = _box(x, y, layout.half, corner=1.2)
    canvas = _bodywork(looks, across, down) * (1.0 - 0.45 * _cover(inside - 0.6, 3.0))[:, None]
    plate = _plate(looks, layout, x, y, inside, soft, wear)
    canvas = canvas + _cover(inside, soft)[:, None] * (plate - canvas)
    lit = (canvas * _light(looks, across, down)[:, None]).clamp(0.0, 1.0)
    return F.avg_pool2d(lit, OVER) * 2.0 - 1.0


def _cover(distance: Tensor, soft: Tensor | float) -> Tensor:
    """1 inside, 0 outside, a ramp of width `soft` between."""
    return (0.5 - distance / soft).clamp(0.0, 1.0)


def _box(x: Tensor, y: Tensor, half: tuple[float, float], *, corner: float) -> Tensor:
    """The signed distance from a box with round corners around the middle."""
    out_x, out_y = x.abs() - half[0] + corner, y.abs() - half[1] + corner
    outside = (out_x.clamp(min=0).square() + out_y.clamp(min=0).square()).sqrt()
    return outside + torch.maximum(out_x, out_y).clamp(max=0) - corner


def _pick(looks: Looks) -> Tensor:
    """The colour scheme of each plate."""
    return torch.searchsorted(SHARES.cumsum(0), looks.factors[:, 10].contiguous()).clamp(max=len(SHARES) - 1)


def _plate(looks: Looks, layout: Layout, x: Tensor, y: Tensor, inside: Tensor, soft: Tensor, wear: float) -> Tensor:
    """The plate's own surface, as if it covered the whole picture."""
    scheme = _pick(looks)
    paper, ink = PAPER[scheme][..., None, None], INK[scheme][..., None, None]
    place, own_x, own_y = layout.cell(x, y)
    letter = looks.letters.gather(1, place.flatten(1)).view_as(place)
    weight = 0.42 + 0.16 * looks.each(11)
    strokes = _cover(distances(letter, own_x, own_y) - weight, soft)
    frame = _cover((inside + 0.7).abs() - 0.16, soft) * (looks.each(12) < 0.7)
    grain = _waves(looks, x, y, first=30, rate=0.35)
    faded = 1.0 - wear * (0.35 * looks.each(13) + 0.35 * (grain - 0.25).clamp(0.0, 1.0))
    surface = paper + (torch.maximum(strokes, frame) * faded)[:, None] * (ink - paper)
    surface = surface + (0.8 * _bolts(layout, x, y, soft))[:, None] * (0.45 - surface)
    dirt = (wear * 0.7 * (_waves(looks, x, y, first=44, rate=0.13) - 0.6 + 0.7 * looks.each(14))).clamp(0.0, 0.55)
    mud = torch.tensor([0.36, 0.30, 0.23])[:, None, None]
    surface = surface + dirt[:, None] * (mud - surface)
    scratch = wear * 0.5 * _scratch(looks, layout, x, y, soft)
    return surface + scratch[:, None] * (0.6 - surface)


def _bolts(layout: Layout, x: Tensor, y: Tensor, soft: Tensor) -> Tensor:
    """Two screws at the upper and lower edge."""
    away = (x.square() + (y.abs() - layout.half[1] + 0.75).square()).sqrt()
    return _cover(away - 0.38, soft)


def _scratch(looks: Looks, layout: Layout, x: Tensor, y: Tensor, soft: Tensor) -> Tensor:
    """A straight scratch across the plate."""
    turn, offset = (looks.each(15) - 0.5) * 2.4, (looks.each(16) - 0.5) * layout.half[1] * 1.6
    away = (y * turn.cos() - x * turn.sin() - offset).abs()
    ends = _cover((x - (looks.each(17) - 0.5) * layout.half[0]).abs() - layout.half[0] * 0.6, 2.0)
    return _cover(away - 0.08, soft) * ends * (looks.each(18) < 0.6)


def _waves(looks: Looks, x: Tensor, y: Tensor, *, first: int, rate: float) -> Tensor:
    """A smooth field around 0, mostly within -1 and 1: four waves of random direction, rate and phase; no two alike."""
    total = torch.zeros_like(x)
    for k in range(4):
        turn = 2 * math.pi * looks.each(first + 3 * k)
        pace = 2 * math.pi * rate * (0.5 + looks.each(first + 3 * k + 1))
        total = total + (pace * (x * turn.cos() + y * turn.sin()) + 2 * math.pi * looks.each(first + 3 * k + 2)).sin()
    return total / 2.0


def _bodywork(looks: Looks, across: Tensor, down: Tensor) -> Tensor:
    """What the plate is screwed to: paint that darkens downwards, with an edge of the body above or below the plate."""
    hue, pale, dark = looks.each(20), looks.each(21), looks.each(22)
    turn = 2 * math.pi * (hue[:, None] + torch.tensor([0.0, 1 / 3, 2 / 3])[:, None, None])
    colour = (0.18 + 0.55 * pale)[:, None] + 0.22 * (looks.each(23) ** 2)[:, None] * turn.cos()
    slope = 1.0 - 0.3 * dark * down - 0.08 * (looks.each(24) - 0.5) * across
    edge = ((down - (1.5 * looks.each(25) - 0.75)) / 0.05).clamp(-1, 1)
    return colour * (slope - 0.12 * edge)[:, None]


def _light(looks: Looks, across: Tensor, down: Tensor) -> Tensor:
    """How bright each place is lit: a slope, and at times a soft glare."""
    turn = 2 * math.pi * looks.each(26)
    slope = 0.22 * (across * turn.cos() + down * turn.sin())
    x, y = across - (1.6 * looks.each(27) - 0.8), down - (1.6 * looks.each(28) - 0.8)
    glare = 0.45 * (looks.each(29) - 0.55).clamp(min=0) * torch.exp(-(x.square() + 2 * y.square()) / 0.15)
    return 0.72 + 0.42 * looks.each(19) + slope + glare
