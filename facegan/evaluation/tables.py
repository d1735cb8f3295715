"""The numbers of a result as tables: the same cells for the terminal and for the report."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

from facegan.evaluation.asking import Request
from facegan.evaluation.judges import TRUSTED, Accuracy, Judge
from facegan.evaluation.matrix import TITLE, Matrix, matrix_of
from facegan.evaluation.measures import ABOUT
from facegan.evaluation.measures.reconstruction import ENOUGH_DB
from facegan.evaluation.result import LINES, SHORT, Figure, Result

DIGITS = {
    "psnr": 2,
    "psnr_y": 2,
    "low_error": 5,
    "lpips": 4,
    "outside_edit": 4,
    "outside_reconstruction": 4,
    "kid": 1,
    "fid": 1,
    "swd": 1,
    "multiply_adds": 1,
    "images_per_second": 0,
    "peak_memory": 1,
    "training_images": 0,
    "training_cpu_seconds": 0,
}
SHARES = (
    "judged_success",
    "corrected_success",
    "second_success",
    "second_corrected_success",
    "disagreement",
    "fit_success",
    "retrieval",
    "response",
)
NAMES = {"judge": "judge", "second": "second judge", "fit": "renderer fit"}
JUDGED = {
    "judged_success": ("judge",),
    "corrected_success": ("judge",),
    "response": ("judge",),
    "second_success": ("second",),
    "second_corrected_success": ("second",),
    "disagreement": ("judge", "second"),
    "fit_success": ("fit",),
}
"""Whose eyes a figure is seen by: it is not to be believed where they are weak."""
ARROWS = {"lower": "↓", "higher": "↑", "neither": " "}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One attribute and direction. rows: a measure's key and a figure, or None, for each of the lines."""

    attribute: str
    direction: Request
    lines: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Figure | None, ...]], ...]


def sheets(result: Result) -> list[Sheet]:
    """A table per attribute and direction: adding and removing are never one number."""
    return [_sheet(result, attribute, direction) for attribute, direction in result.requests]


def _sheet(result: Result, attribute: str, direction: Request) -> Sheet:
    mine = [f for f in result.figures if (f.attribute, f.direction) == (attribute, direction)]
    lines = tuple(line for line in LINES if any(f.line == line for f in mine))
    measures = [name for name in ABOUT if any(f.measure == name for f in mine)]
    rows = tuple((name, tuple(result.value(name, attribute, direction, line) for line in lines)) for name in measures)
    return Sheet(attribute=attribute, direction=direction, lines=lines, rows=rows)


def shown(figure: Figure | None) -> str:
    """A number as it is printed; a dash where there is none."""
    if figure is None or not math.isfinite(figure.value):
        return "–"
    if figure.measure in SHARES:
        return f"{100 * figure.value:.1f} %"
    return f"{figure.value:.{DIGITS.get(figure.measure, 3)}f}"


def size_line(result: Result) -> str:
    """The size of the faces, and from which smaller ones they were made."""
    how = result.details.get("degradation")
    made = f" made of {result.image_size // result.details['scale']} ({how})" if how else ""
    return f"{result.image_size} pixels{made}"


def judge_line(name: str, accuracy: Accuracy, who: str = "judge") -> str:
    """A judge's own figures in words, with its confusion."""
    found = accuracy.confusion
    return (
        f"{who} of {name}: balanced accuracy {100 * accuracy.balanced:.1f} % "
        f"(sensitivity {100 * accuracy.sensitivity:.1f} %: found in {found['true_positives']} of {accuracy.having} "
        f"faces; specificity {100 * accuracy.specificity:.1f} %: not found in {found['true_negatives']} of "
        f"{accuracy.lacking})"
    )


def witness_lines(result: Result) -> list[str]:
    """All who looked, with their own figures, and what strength does to the judge."""
    lines = [
        judge_line(name, accuracy, NAMES[kind]) for kind in NAMES for name, accuracy in accuracies(result, kind).items()
    ]
    lines += [
        f"{NAMES[kind]} {one['key']} (v{one['version']}), checksum of its weights {one['checksum']}"
        for kind in NAMES
        if "checksum" in (one := result.details.get(kind, {}))
    ]
    if panel := result.details.get("panel"):
        told = ", ".join(f"{name} {100 * (one['balanced'] or 0):.0f} %" for name, one in panel["accuracy"].items())
        lines.append(f"panel {panel['key']}, balanced accuracy: {told}")
    if embedder := result.details.get("embedder"):
        accuracy = embedder["accuracy"]
        known = f"{100 * accuracy:.1f} %" if accuracy is not None and math.isfinite(accuracy) else "not examined here"
        lines.append(
            f"identity by {embedder['name']} ({embedder['key']}), accuracy on pairs of unseen persons: {known}"
        )
    if perceptual := result.details.get("lpips"):
        lines.append(f"LPIPS by {perceptual['backbone']}, checksum of the file of its weights {perceptual['checksum']}")
    for curve in result.details.get("curves", ()):
        pairs = zip(curve["strengths"], curve["logits"], strict=True)
        marks = ", ".join(f"{strength:g}: {logit:+.2f}" for strength, logit in pairs)
        lines.append(f"judge's mean logit by strength, {curve['direction']} {curve['attribute']}: {marks}")
    return lines


def warnings(figures: Sequence[Figure], judge: Judge, protocol: str, *, second: Judge | None = None) -> tuple[str, ...]:
    """What a reader must know before believing a table."""
    poor = [
        f"The {who} of {name} is below {100 * TRUSTED[protocol]:.0f} % balanced accuracy "
        f"({100 * one.accuracy[name].balanced:.1f} %): judged success of {name}{where} says little."
        for who, one, where in (("judge", judge, ""), ("second judge", second, " by it"))
        if one
        for name in one.attributes
        if not trusted(one.accuracy[name], protocol)
    ]
    blurred = [
        f"Reconstruction of faces for {figure.direction} {figure.attribute} reaches {figure.value:.1f} dB, "
        f"below {ENOUGH_DB:.0f} dB."
        for figure in figures
        if figure.measure == "psnr" and figure.value < ENOUGH_DB
    ]
    return (*poor, *blurred)


def print_tables(result: Result, console: Console) -> None:
    """The tables on a terminal."""
    console.print(f"{result.model} on {result.data}, {size_line(result)}, protocol {result.protocol} v{result.version}")
    for sheet in sheets(result):
        console.print(_terminal_table(sheet, result))
    used = dict.fromkeys(line for sheet in sheets(result) for line in sheet.lines)
    console.print("; ".join(f"{SHORT[line]}: {LINES[line]}" for line in used), style="dim", highlight=False)
    if (matrix := matrix_of(result)) is not None:
        console.print(_matrix_table(matrix))
    for line in witness_lines(result):
        console.print(line, highlight=False)
    for warning in result.warnings:
        console.print(f"[bold yellow]{warning}[/]", highlight=False)


def _terminal_table(sheet: Sheet, result: Result) -> Table:
    title = f"{sheet.direction} {sheet.attribute}, n = {largest(sheet)}"
    table = Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("↓ lower, ↑ higher is better")
    for line in sheet.lines:
        table.add_column(SHORT[line], justify="right", style="bold cyan" if line == "model" else None)
    for name, figures in sheet.rows:
        arrow = ARROWS[ABOUT[name].better]
        mark = weak_mark(result, name, sheet.attribute)
        table.add_row(f"{arrow} {ABOUT[name].title}{mark}", *(shown(figure) for figure in figures))
    return table


def _matrix_table(matrix: Matrix) -> Table:
    table = Table(title=TITLE, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("per change of the wanted attribute")
    for title, _ in matrix.rows:
        table.add_column(title.replace(": ", ":\n"), justify="right")
    for place, name in enumerate(matrix.head):
        table.add_row(name, *(cells[place] for _, cells in matrix.rows))
    return table


def weak_mark(result: Result, measure: str, attribute: str) -> str:
    """What stands beside a figure whose judge is not good enough to be believed; empty for all others."""
    found = [accuracies(result, kind).get(attribute) for kind in JUDGED.get(measure, ())]
    weak = any(one is not None and not trusted(one, result.protocol) for one in found)
    return " (weak judge)" if weak else ""


def accuracies(result: Result, kind: str) -> Mapping[str, Accuracy]:
    """The accuracy of one of NAMES by attribute; none for a judge that did not look."""
    if kind == "judge":
        return result.judge_accuracy
    stated = result.details.get(kind, {}).get("accuracy", {})
    return {name: _accuracy(values) for name, values in stated.items()}


def _accuracy(values: Mapping[str, Any]) -> Accuracy:
    """JSON knows no NaN, and states the confusion, which follows from the rest."""
    known: dict[str, Any] = {k: math.nan if v is None else v for k, v in values.items() if k != "confusion"}
    return Accuracy(**known)


def trusted(accuracy: Accuracy, protocol: str) -> bool:
    """Whether a judge is good enough for this protocol's tables; one that could not be examined is not."""
    return accuracy.balanced >= TRUSTED[protocol]


def largest(sheet: Sheet) -> int:
    """The faces behind most numbers of a sheet."""
    return max((figure.count for _, figures in sheet.rows for figure in figures if figure), default=0)
