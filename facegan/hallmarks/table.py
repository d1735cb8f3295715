"""A hallmark's figures as a table: the same cells for the terminal and for the documentation."""

import math

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from facegan.hallmarks.result import Result, Row
from facegan.hallmarks.thresholds import Threshold

HEAD = ("figure", "value", "threshold", "does nothing", "other lines", "faces", "")


def number(value: float, unit: str) -> str:
    """A figure as it is printed; a dash where there was nothing to measure."""
    if not math.isfinite(value):
        return "–"
    return f"{100 * value:.1f} %" if unit == "share" else f"{value:.3g}" if abs(value) < 1000 else f"{value:.0f}"


def bound(threshold: Threshold | None, unit: str) -> str:
    """A threshold as it is printed."""
    if threshold is None:
        return ""
    low = [] if threshold.at_least is None else [f"≥ {number(threshold.at_least, unit)}"]
    high = [] if threshold.at_most is None else [f"≤ {number(threshold.at_most, unit)}"]
    return ", ".join(low + high)


def verdict(row: Row) -> str:
    """pass or fail; `idle passes` where the editor that does nothing meets the threshold."""
    if row.passed is None:
        return ""
    return "fail" if not row.passed else "pass" if row.caught else "idle passes"


def cells(row: Row) -> tuple[str, ...]:
    """The cells of a row, under HEAD."""
    lines = "; ".join(f"{name} {number(value, row.unit)}" for name, value in row.lines.items())
    value, nothing = number(row.value, row.unit), number(row.nothing, row.unit)
    return row.means, value, bound(row.threshold, row.unit), nothing, lines, str(row.count), verdict(row)


def print_result(result: Result, console: Console) -> None:
    """The claim, the figures, and whether all is as it must be."""
    table = Table(*HEAD, box=box.SIMPLE)
    for row in result.rows:
        style = {"pass": "green", "fail": "red", "idle passes": "red"}.get(verdict(row), "")
        table.add_row(*(escape(cell) for cell in cells(row)), style=style)
    console.print(escape(f"{result.model}: {result.claim}"))
    if result.why:
        console.print(escape(f"broken={result.broken}: {result.why}"))
    console.print(table)
    console.print(escape(summary(result)))


def summary(result: Result) -> str:
    """In a line: what came of it, and what it cost."""
    cost = {name: f"{values['cpu']:.0f}" for name, values in result.cost.items()}
    spent = f"{cost['train']} CPU seconds of training, {cost['check']} of checking"
    spent += f", {result.processor}" if result.processor else ""
    if result.broken is not None:
        said = "noticed" if result.passed else f"NOT noticed: {', '.join(result.unnoticed())} should be worse"
    else:
        bad = [row.name for row in result.rows if row.threshold and not (row.passed and row.caught)]
        said = "the hallmark is there" if result.passed else f"the hallmark is NOT there: {', '.join(bad)}"
    return f"{said} ({spent}; seed {result.seed}, {result.images:,} training faces drawn)"
