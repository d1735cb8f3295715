"""Rank agreements as a table of Markdown, and as CSV."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from experiments.agreement.agreement import Agreement
from facegan.files import write_text

HEAD = ("measure", "attribute", "direction", "first", "second", "systems", "tau", "low", "high", "words")


def write_all(found: Sequence[Agreement], folder: Path, about: str) -> None:
    """table.md, under a line of what was measured, and results.csv."""
    folder.mkdir(parents=True, exist_ok=True)
    write_text(folder / "table.md", f"{about}\n\n{table(found)}")
    write_text(folder / "results.csv", rows(found))


def table(found: Sequence[Agreement]) -> str:
    """As Markdown, with what may be concluded."""
    if not found:
        return "No measure was taken by two protocols.\n"
    head = ("measure", "attribute", "between", "systems", "tau", "what it says")
    lines = [f"| {' | '.join(head)} |", "| --- " * len(head) + "|"]
    lines += [
        f"| `{one.measure}` | {one.direction} {one.attribute} | {one.first}, {one.second} | {one.systems} | "
        f"{one.tau.value:.2f} [{one.tau.low:.2f}, {one.tau.high:.2f}] | {one.words()} |"
        for one in found
    ]
    return "\n".join(lines).replace("nan", "–") + "\n"


def rows(found: Sequence[Agreement]) -> str:
    """The same as CSV."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEAD)
    for one in found:
        facts = (one.measure, one.attribute, one.direction, one.first, one.second, one.systems)
        writer.writerow((*facts, one.tau.value, one.tau.low, one.tau.high, one.words()))
    return text.getvalue()
