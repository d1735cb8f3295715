"""The matrix of entanglement as cells, the same for the terminal and for the report."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from facegan.evaluation.result import Result
from facegan.evaluation.witnesses import TELLS

TITLE = "What an edit drags along"
WORDS = (
    "Mean change of each attribute per change of the wanted one, with its sign, in the panel's eyes (1: as much as a "
    "whole change of that attribute); beside it the perfect edit, and the difference between real faces with and "
    f"without the wanted attribute. In brackets: attributes that the panel tells with less than {100 * TELLS:.0f} % "
    "balanced accuracy, which enter no figure."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """head: the panel's attributes, those that it does not tell in brackets. rows: a title and a cell for each."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, tuple[str, ...]], ...]


def matrix_of(result: Result) -> Matrix | None:
    """The matrix of a result; None where no edit succeeded, or no panel looked."""
    found = result.details.get("matrices") or []
    if not found:
        return None
    accuracy = result.details["panel"]["accuracy"]
    head = tuple(name if told(accuracy[name]) else f"({name})" for name in accuracy)
    rows: list[tuple[str, tuple[str, ...]]] = []
    for row in found:
        title = f"{row['direction']} {row['attribute']}"
        whose = {"model": "edit", "random": "perfect edit"}[row["line"]]
        rows.append((f"{title}: {whose}", _cells(row["drag"])))
        if row["line"] == "model":
            rows.append((f"{title}: faces themselves", _cells(row["data"])))
    return Matrix(head=head, rows=tuple(rows))


def told(accuracy: Mapping[str, Any]) -> bool:
    """Whether the panel tells this attribute well enough."""
    return float(accuracy["balanced"]) >= TELLS


def _cells(values: Mapping[str, float | None]) -> tuple[str, ...]:
    return tuple("–" if value is None or not math.isfinite(value) else f"{value:+.2f}" for value in values.values())
