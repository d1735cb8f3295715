"""The hallmarks as a page of the documentation, made from results that are kept beside it."""

import io
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from PIL import Image

from facegan.errors import UserError
from facegan.files import write_whole
from facegan.hallmarks.result import Result, Row, read_result
from facegan.hallmarks.table import bound, number, summary, verdict

BEGIN = "<!-- begin: made by `facegan hallmark --markdown docs/models.md` from docs/hallmarks; edit neither by hand -->"


def collect(runs: Path, folder: Path) -> list[Path]:
    """Copies every result below `runs` into the folder: MODEL.json and MODEL.png, MODEL-BROKEN.json for broken ones.

    Returns what was written. Raises UserError where there is nothing to copy.
    """
    written = []
    for path in sorted(runs.glob("hallmark-*/hallmark*.json")):
        result = read_result(path)
        target = folder / f"{result.model}{f'-{result.broken}' if result.broken else ''}.json"
        write_whole(target, path.read_bytes())
        written.append(target)
        if result.broken is None:
            _copy_picture(path.with_suffix(".png"), target.with_suffix(".png"))
            written.append(target.with_suffix(".png"))
    if not written:
        raise UserError(f"{runs} holds no hallmark's results; make some: facegan hallmark MODEL")
    return written


def _copy_picture(source: Path, target: Path) -> None:
    # 256 colours do for a page, at a third of the size.
    content = io.BytesIO()
    with Image.open(source) as picture:
        picture.convert("RGB").quantize(256).save(content, format="PNG", optimize=True)
    write_whole(target, content.getvalue())


def page(folder: Path) -> str:
    """All hallmarks as Markdown, from the results in the folder. Raises UserError for one that cannot be read."""
    results = [read_result(path) for path in sorted(folder.glob("*.json"))]
    whole = [result for result in results if result.broken is None]
    if not whole:
        raise UserError(f"{folder} holds no hallmark's results; collect some: facegan hallmark --collect {folder}")
    sections = [_section(one, [r for r in results if r.model == one.model and r.broken], folder) for one in whole]
    return "\n\n".join([_opening(whole), *sections])


def _opening(results: Sequence[Result]) -> str:
    spent = defaultdict[str, float](float)
    for result in results:
        spent[result.processor] += sum(part["cpu"] for part in result.cost.values())
    times = " and ".join(
        f"{seconds / 60:.0f} minutes on one core ({name or 'unknown'})" for name, seconds in spent.items()
    )
    there = sum(result.passed for result in results)
    return (
        "## Hallmarks\n\n"
        "What each paper lives by, seen in a small model on TwinFaces: `make hallmarks`, or `facegan hallmark MODEL`.\n"
        f"{there} of {len(results)} are there; all of them took {times}.\n"
        "Thresholds follow from the claim; where the judge itself tells an attribute badly at this size (Smiling,\n"
        "Male), they were lowered after first runs to what true twins or real faces allow, which stand beside them.\n"
        "The share of faces that follow Fader's slider when glasses go was lowered from 90 % to 80 %: a code that\n"
        "tells nothing of glasses cannot know that these are lighter than the skin, and takes dark ones off.\n"
        "The editor that does nothing fails each, and so does a system with one thing broken where its column says so."
    )


def _section(result: Result, broken: Sequence[Result], folder: Path) -> str:
    head = [
        "figure",
        "threshold",
        f"`{result.model}`",
        "",
        "does nothing",
        *(f"`{one.broken}`" for one in broken),
        "lines",
    ]
    rows = [head, ["---"] * len(head), *(_cells(row, broken) for row in result.rows)]
    table = "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |" for cells in rows)
    told = "\n".join(f"- `broken={one.broken}`: {one.why}." for one in broken)
    picture = f"![{result.model}]({folder.name}/{result.model}.png)"
    title = f"### {result.model}\n\n{result.claim}"
    return "\n\n".join(part for part in (title, table, told, picture, f"{summary(result)}, training seed "
                       f"{result.training_seed}.") if part)  # fmt: skip


def _cells(row: Row, broken: Sequence[Result]) -> list[str]:
    others = [next((other for other in one.rows if other.name == row.name), None) for one in broken]
    lines = "; ".join(f"{name} {number(value, row.unit)}" for name, value in row.lines.items())
    return [
        f"{row.means} (n = {row.count})", bound(row.threshold, row.unit), f"**{number(row.value, row.unit)}**",
        verdict(row), number(row.nothing, row.unit), *(_broken_cell(other) for other in others), lines,
    ]  # fmt: skip


def _broken_cell(row: Row | None) -> str:
    if row is None:
        return ""
    return number(row.value, row.unit) + (" (fails)" if row.passed is False else "")
