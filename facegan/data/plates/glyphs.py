"""The letters of the plates: strokes on a grid 4 wide and 6 high (y downwards), and how far each place is from them.

Drawn for this project, so that no font file decides what a plate looks like. I, O and Q are left out, as many countries
do, since they look like 1 and 0.
"""

from functools import cache
from itertools import pairwise

import torch
from torch import Tensor
from torch.nn import functional as F

WIDTH, HEIGHT = 4.0, 6.0
_AROUND = 1.5  # units beyond the strokes that the table of distances covers
_STEPS = 16  # places of the table in a unit

Line = tuple[tuple[float, float], ...]

_SIX: Line = ((3.2, 0), (0, 3.5), (0, 5), (1, 6), (3, 6), (4, 5), (4, 3.6), (3, 2.7), (1, 2.7), (0, 3.7))
_P: Line = ((0, 6), (0, 0), (3, 0), (4, 1), (4, 2.4), (3, 3.4), (0, 3.4))

STROKES: dict[str, tuple[Line, ...]] = {
    "0": (((1, 0), (3, 0), (4, 1), (4, 5), (3, 6), (1, 6), (0, 5), (0, 1), (1, 0)),),
    "1": (((0.7, 1.4), (2.3, 0), (2.3, 6)),),
    "2": (((0, 1.2), (1, 0), (3, 0), (4, 1), (4, 2.2), (0, 6), (4, 6)),),
    "3": (((0, 0), (4, 0), (2, 2.4), (3, 2.4), (4, 3.4), (4, 5), (3, 6), (1, 6), (0, 5)),),
    "4": (((2.4, 0), (0, 4.2), (4, 4.2)), ((3, 2.6), (3, 6))),
    "5": (((3.8, 0), (0.4, 0), (0.2, 2.6), (3, 2.6), (4, 3.6), (4, 5), (3, 6), (1, 6), (0, 5.2)),),
    "6": (_SIX,),
    "7": (((0, 0), (4, 0), (1.4, 6)),),
    "8": (
        ((1, 0), (3, 0), (3.8, 0.8), (3.8, 2), (3, 2.8), (1, 2.8), (0.2, 2), (0.2, 0.8), (1, 0)),
        ((1, 2.8), (3, 2.8), (4, 3.8), (4, 5), (3, 6), (1, 6), (0, 5), (0, 3.8), (1, 2.8)),
    ),
    "9": (tuple((WIDTH - x, HEIGHT - y) for x, y in _SIX),),
    "A": (((0, 6), (2, 0), (4, 6)), ((0.75, 4), (3.25, 4))),
    "B": (
        ((0, 0), (0, 6), (3, 6), (4, 5), (4, 3.8), (3, 2.9), (0, 2.9)),
        ((0, 0), (2.8, 0), (3.7, 0.8), (3.7, 2.1), (2.9, 2.9)),
    ),
    "C": (((4, 1.2), (3, 0), (1, 0), (0, 1), (0, 5), (1, 6), (3, 6), (4, 4.8)),),
    "D": (((0, 0), (2.6, 0), (4, 1.5), (4, 4.5), (2.6, 6), (0, 6), (0, 0)),),
    "E": (((4, 0), (0, 0), (0, 6), (4, 6)), ((0, 3), (3.2, 3))),
    "F": (((4, 0), (0, 0), (0, 6)), ((0, 3), (3.2, 3))),
    "G": (((4, 1.2), (3, 0), (1, 0), (0, 1), (0, 5), (1, 6), (3, 6), (4, 5), (4, 3.3), (2.2, 3.3)),),
    "H": (((0, 0), (0, 6)), ((4, 0), (4, 6)), ((0, 3), (4, 3))),
    "J": (((3.6, 0), (3.6, 5), (2.6, 6), (1, 6), (0, 5), (0, 4.2)),),
    "K": (((0, 0), (0, 6)), ((4, 0), (0, 3.6)), ((1.4, 2.5), (4, 6))),
    "L": (((0, 0), (0, 6), (4, 6)),),
    "M": (((0, 6), (0, 0), (2, 3.4), (4, 0), (4, 6)),),
    "N": (((0, 6), (0, 0), (4, 6), (4, 0)),),
    "P": (_P,),
    "R": (_P, ((2, 3.4), (4, 6))),
    "S": (((4, 1), (3, 0), (1, 0), (0, 0.9), (0, 2), (1, 2.8), (3, 3.2), (4, 4), (4, 5.1), (3, 6), (1, 6), (0, 5)),),
    "T": (((0, 0), (4, 0)), ((2, 0), (2, 6))),
    "U": (((0, 0), (0, 5), (1, 6), (3, 6), (4, 5), (4, 0)),),
    "V": (((0, 0), (2, 6), (4, 0)),),
    "W": (((0, 0), (1, 6), (2, 2.2), (3, 6), (4, 0)),),
    "X": (((0, 0), (4, 6)), ((4, 0), (0, 6))),
    "Y": (((0, 0), (2, 3), (4, 0)), ((2, 3), (2, 6))),
    "Z": (((0, 0), (4, 0), (0, 6), (4, 6)),),
}  # fmt: skip

ALPHABET = "".join(STROKES)


@cache
def _table() -> Tensor:
    """The distance from the strokes, letters x rows x columns, on a grid that reaches `_AROUND` beyond them."""
    x = torch.arange(-_AROUND * _STEPS, (WIDTH + _AROUND) * _STEPS + 1) / _STEPS
    y = torch.arange(-_AROUND * _STEPS, (HEIGHT + _AROUND) * _STEPS + 1) / _STEPS
    places = torch.stack(torch.meshgrid(x, y, indexing="xy"), dim=-1)
    return torch.stack([_distance(places, lines) for lines in STROKES.values()])


def _distance(places: Tensor, lines: tuple[Line, ...]) -> Tensor:
    pairs = [(a, b) for line in lines for a, b in pairwise(line)]
    start, end = torch.tensor(pairs, dtype=places.dtype).unbind(dim=1)
    along, offset = end - start, places[..., None, :] - start
    share = ((offset * along).sum(-1) / along.square().sum(-1)).clamp(0, 1)
    return (offset - share[..., None] * along).square().sum(-1).min(-1).values.sqrt()


def distances(letters: Tensor, x: Tensor, y: Tensor) -> Tensor:
    """How far places lie from the strokes of letters, in units; far away a lower bound that still is outside of them.

    letters: numbers into ALPHABET; x, y: in units from the upper left of the letter's grid; all of one shape.
    """
    table = _table()
    rows, columns = table.shape[1:]
    column = ((x + _AROUND) * _STEPS).clamp(0, columns - 1.001)
    row = ((y + _AROUND) * _STEPS).clamp(0, rows - 1.001)
    left, top = column.floor(), row.floor()
    across, down = column - left, row - top
    first = (letters * rows + top.long()) * columns + left.long()
    flat = table.flatten()
    upper = flat[first] * (1 - across) + flat[first + 1] * across
    lower = flat[first + columns] * (1 - across) + flat[first + columns + 1] * across
    return upper * (1 - down) + lower * down


def numbers(text: str) -> Tensor:
    """Letters as numbers into ALPHABET. Raises ValueError for any other letter."""
    return torch.tensor([ALPHABET.index(letter) for letter in text], dtype=torch.int64)


def templates(x: Tensor, y: Tensor, *, weight: float, soft: float) -> Tensor:
    """How much ink each letter of ALPHABET has at places (any shape): letters x shape, in [0, 1].

    weight: half the width of a stroke; soft: the width of its edge, in units.
    """
    letters = torch.arange(len(ALPHABET)).view(-1, *[1] * x.ndim).expand(-1, *x.shape)
    distance = distances(letters, x.expand(letters.shape), y.expand(letters.shape))
    return F.hardtanh(0.5 - (distance - weight) / soft, 0.0, 1.0)
