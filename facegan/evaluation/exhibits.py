"""Best, median and worst edits by a measure: the ones that the ranking names, never a chosen few."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import torch
from PIL import Image
from torch import Tensor

from facegan.evaluation.asking import Asked, Direction
from facegan.evaluation.cases import Case
from facegan.evaluation.sheets import case_sheets

SHOWN = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Exhibit:
    """Three sheets of a ranking. ranking: a measure's name, or `judge`."""

    ranking: str
    attribute: str
    direction: Direction
    best: Image.Image
    median: Image.Image
    worst: Image.Image


def exhibits(
    asked: Asked, at: Callable[[Tensor], Case], rankings: Mapping[str, Tensor], direction: Direction
) -> list[Exhibit]:
    """An exhibit per ranking. at: cases by number. rankings: badness per case, lower is better; NaN is left out."""
    chosen = {name: [*_chosen(badness)] for name, badness in rankings.items()}
    # All at once: a few faces cost nearly as much to draw as many.
    cases = at(torch.cat([numbers for three in chosen.values() for numbers in three]))
    sheets = iter(case_sheets(asked, cases, [len(numbers) for three in chosen.values() for numbers in three]))
    return [
        Exhibit(
            ranking=name,
            attribute=asked.attribute,
            direction=direction,
            best=next(sheets),
            median=next(sheets),
            worst=next(sheets),
        )
        for name in chosen
    ]


def _chosen(badness: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """The numbers of the best, the middle and the worst cases, the very worst first."""
    order = badness.argsort(stable=True)[: int((~badness.isnan()).sum())]
    middle = max(0, (len(order) - SHOWN) // 2)
    return order[:SHOWN], order[middle : middle + SHOWN], order[-SHOWN:].flip(0)
