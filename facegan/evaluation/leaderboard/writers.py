"""The leaderboard as Markdown, as CSV and as rows of a dashboard's table."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from facegan.evaluation.leaderboard.board import Board, Cell, Section
from facegan.evaluation.leaderboard.words import (
    HOW_TO_READ,
    PICTURES,
    bounds,
    column_title,
    features_of,
    heading,
    number,
    runs_of,
    shown,
    title_of,
)
from facegan.evaluation.measures import ABOUT
from facegan.evaluation.measures.realism import FID, KID
from facegan.evaluation.result import LINES

COLUMNS = (
    "attribute", "direction", "system", "runs", "failed", "images", "measure", "better", "value", "low", "high", "best",
    "apart", "faces", "features",
)  # fmt: skip


def markdown(board: Board, pictures: Mapping[str, str]) -> str:
    """The whole page. pictures: by system, the file to show."""
    parts = ["# Leaderboard", heading(board), HOW_TO_READ, *(f"> {note}" for note in board.notes)]
    for section in board.sections:
        parts += [f"## {title_of(section)}", _section(section, board)]
    parts += ["## Who stands here", _table(("system", "runs", "training images", "remarks"), runs_of(board))]
    parts += [f"## {PICTURES}"] if pictures else []
    parts += [f"**{_cell(name)}**\n\n![The first faces by {_cell(name)}]({f})" for name, f in pictures.items()]
    return "\n\n".join(parts) + "\n"


def rows(board: Board) -> Iterator[dict[str, Any]]:
    """A figure a row, keys as in COLUMNS; the lines that figures are read against have no interval."""
    images = {system.name: system.trained() for system in board.systems}
    counts = {system.name: (len(system.runs), len(system.failed)) for system in board.systems}
    for section in board.sections:
        where = {"attribute": section.attribute, "direction": section.direction}
        for name, cells in section.rows.items():
            mine = {"system": name, "runs": counts[name][0], "failed": counts[name][1], "images": images[name]}
            yield from (
                where | mine | _values(measure, cell) | _features(measure, board)
                for measure, cell in zip(section.measures, cells, strict=True)
                if cell is not None
            )
        for line, figures in section.references.items():
            known = [figure for figure in figures if figure is not None]
            for figure in known:
                about = {"measure": figure.measure, "better": ABOUT[figure.measure].better, "best": False}
                known_of = {"value": figure.value, "faces": figure.count, **_features(figure.measure, board)}
                yield where | {"system": LINES[line], **about, **known_of}
    for system in board.systems:
        if not system.runs:
            yield {"system": system.name, "runs": 0, "failed": len(system.failed)}


def as_csv(board: Board) -> str:
    """All rows, full precision."""
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows(board))
    return buffer.getvalue()


def _values(measure: str, cell: Cell) -> dict[str, Any]:
    interval = cell.interval
    bounds = {"value": interval.value, "low": interval.low, "high": interval.high}
    about = {"measure": measure, "better": ABOUT[measure].better}
    return {**about, **bounds, "best": cell.best, "apart": cell.apart, "faces": cell.count}


def _features(measure: str, board: Board) -> dict[str, str]:
    """Crowds are compared on the features of a panel, without whose key the figure means nothing."""
    return {"features": features_of(board.shared)} if measure in (KID.name, FID.name) else {}


def _section(section: Section, board: Board) -> str:
    head = ["system", *(column_title(name, section, board.shared) for name in section.measures)]
    body = [[name, *map(_shown, section.measures, cells)] for name, cells in section.rows.items()]
    body += [
        [f"*{LINES[line]}*", *(number(f.measure, f.value) if f else "–" for f in figures)]
        for line, figures in section.references.items()
    ]
    return _table(head, body)


def _shown(measure: str, cell: Cell | None) -> str:
    if cell is None:
        return "–"
    value = shown(measure, cell)
    return f"{f'**{value}**' if cell.best else value} {bounds(measure, cell)}".rstrip()


def _table(head: Sequence[str], body: Any) -> str:
    lines = [head, ["---"] * len(head), *body]
    return "\n".join(f"| {' | '.join(_cell(cell) for cell in line)} |" for line in lines)


def _cell(text: str) -> str:
    """Safe inside a Markdown table."""
    return " ".join(text.replace("|", "\\|").replace("<", "&lt;").split())
