"""The leaderboard as one HTML file that needs nothing else, pictures inside."""

import base64
import html
from collections.abc import Mapping

from facegan.evaluation.leaderboard.board import Board, Cell, Section
from facegan.evaluation.leaderboard.words import (
    HOW_TO_READ,
    PICTURES,
    bounds,
    column_title,
    heading,
    number,
    runs_of,
    shown,
    title_of,
)
from facegan.evaluation.measures import ABOUT
from facegan.evaluation.result import LINES
from facegan.evaluation.style import STYLE

EXTRA = """
body { max-width: 1500px; }
.lead { max-width: 90ch; color: var(--soft); }
tr.reference th, tr.reference td { color: var(--soft); font-weight: 400; }
td.best { background: var(--tint); font-weight: 650; }
td:not(.words) { white-space: nowrap; }
td.words, th.words { text-align: left; }
"""


def page(board: Board, pictures: Mapping[str, bytes]) -> str:
    """The whole document. pictures: JPEG by system."""
    body = [
        f"<header><p class=kind>facegan leaderboard</p><h1>Leaderboard</h1><p class=lead>{_safe(heading(board))}</p>",
        f"<p class=lead>{_safe(HOW_TO_READ)}</p></header>",
        *(f"<p class=warning>{_safe(note)}</p>" for note in board.notes),
        *(_section(section, board) for section in board.sections),
        f"<section><h2>Who stands here</h2>{_runs(board)}</section>",
        f"<section><h2>{PICTURES}</h2>{''.join(_picture(*item) for item in pictures.items())}</section>",
        f"<section><h2>What the measures say, and what they cannot see</h2>{_legend(board)}</section>",
    ]
    head = "<meta charset=utf-8><meta name=viewport content='width=device-width'><title>Leaderboard</title>"
    style = f"<style>{STYLE}{EXTRA}</style>"
    return f"<!doctype html><html lang=en><head>{head}{style}</head><body>{''.join(body)}</body></html>"


def _section(section: Section, board: Board) -> str:
    head = "".join(f"<th>{_safe(column_title(name, section, board.shared))}</th>" for name in section.measures)
    body = "".join(
        f"<tr><th scope=row>{_safe(name)}</th>{''.join(map(_cell, section.measures, cells))}</tr>"
        for name, cells in section.rows.items()
    )
    body += "".join(
        f"<tr class=reference><th scope=row>{_safe(LINES[line])}</th>"
        + "".join(f"<td>{_safe(number(f.measure, f.value)) if f else '–'}</td>" for f in figures)
        + "</tr>"
        for line, figures in section.references.items()
    )
    table = f"<table><thead><tr><td></td>{head}</tr></thead><tbody>{body}</tbody></table>"
    return f"<section><h2>{_safe(title_of(section))}</h2><div class=wide>{table}</div></section>"


def _cell(measure: str, cell: Cell | None) -> str:
    if cell is None:
        return "<td>–</td>"
    best = " class=best" if cell.best else ""
    value, interval = shown(measure, cell), bounds(measure, cell)
    return f"<td{best}>{_safe(value)}<small>{_safe(interval)}</small></td>"


def _runs(board: Board) -> str:
    head = "<th class=words>system</th><th>runs</th><th>training images</th><th class=words>remarks</th>"
    body = "".join(
        f"<tr><th scope=row>{_safe(name)}</th><td>{runs}</td><td>{images}</td>"
        f"<td class=words>{_safe(remarks)}</td></tr>"
        for name, runs, images, remarks in runs_of(board)
    )
    return f"<div class=wide><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"


def _picture(name: str, picture: bytes) -> str:
    data = base64.b64encode(picture).decode("ascii")
    alt = _safe(f"the first faces by {name}")
    return f'<h3>{_safe(name)}</h3><img alt="{alt}" src="data:image/jpeg;base64,{data}">'


def _legend(board: Board) -> str:
    used = [name for name in ABOUT if any(name in section.measures for section in board.sections)]
    entries = "".join(
        f"<dt>{_safe(ABOUT[name].title)}</dt><dd>{_safe(ABOUT[name].means)} <em>Cannot see:</em> "
        f"{_safe(ABOUT[name].blind)}</dd>"
        for name in used
    )
    return f"<dl class=legend>{entries}</dl>"


def _safe(text: str) -> str:
    return html.escape(text)
