"""Best, median and worst edits by a measure: the ones that the ranking names, never a chosen few."""

from collections.abc import Callable
from dataclasses import dataclass

from PIL import Image
from torch import Tensor

from facegan.evaluation.asking import Asked, Direction
from facegan.evaluation.cases import Case
from facegan.evaluation.sheets import case_sheet

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


def exhibit(asked: Asked, at: Callable[[Tensor], Case], ranking: str, badness: Tensor, direction: Direction) -> Exhibit:
    """at: cases by number. badness: one figure per case, lower is better; cases with NaN are left out."""
    order = badness.argsort(stable=True)[: int((~badness.isnan()).sum())]
    middle = max(0, (len(order) - SHOWN) // 2)
    return Exhibit(
        ranking=ranking,
        attribute=asked.attribute,
        direction=direction,
        best=case_sheet(asked, at(order[:SHOWN])),
        median=case_sheet(asked, at(order[middle : middle + SHOWN])),
        worst=case_sheet(asked, at(order[-SHOWN:].flip(0))),
    )
