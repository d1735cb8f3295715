"""The report: one HTML file that needs nothing else, pictures inside."""

import base64
import html
import io
from pathlib import Path

from PIL import Image

from facegan.evaluation.exhibits import Exhibit
from facegan.evaluation.matrix import TITLE, WORDS, matrix_of
from facegan.evaluation.measures import ABOUT
from facegan.evaluation.protocols import Outcome
from facegan.evaluation.result import LINES, Figure, Result
from facegan.evaluation.style import STYLE
from facegan.evaluation.tables import Sheet, largest, sheets, shown, weak_mark, witness_lines
from facegan.files import write_text

BETTER = {"lower": "; lower is better", "higher": "; higher is better", "neither": ""}
RANKINGS = {"judge": "the judge's certainty"}


def write_report(path: Path, result: Result, outcome: Outcome) -> None:
    """Writes the report of a result, whole or not at all."""
    write_text(path, page(result, outcome))


def page(result: Result, outcome: Outcome) -> str:
    """The whole document."""
    title = f"{result.model}: {', '.join(result.attributes)}"
    body = [
        f"<header><p class=kind>facegan evaluation</p><h1>{_safe(title)}</h1>{_facts(result)}</header>",
        "".join(f"<p class=warning>{_safe(warning)}</p>" for warning in result.warnings),
        f"<section><h2>Edits of the first test faces</h2>{_picture(outcome.grid, 'edits')}</section>",
        f"<section><h2>Figures</h2>{_tables(result)}{_judges(result)}</section>",
        _matrix(result),
        f"<section><h2>Best, median and worst</h2>{''.join(map(_exhibit, outcome.exhibits))}</section>",
        f"<section><h2>What the measures say, and what they cannot see</h2>{_legend(result)}</section>",
    ]
    head = f"<meta charset=utf-8><meta name=viewport content='width=device-width'><title>{_safe(title)}</title>"
    return f"<!doctype html><html lang=en><head>{head}<style>{STYLE}</style></head><body>{''.join(body)}</body></html>"


def _facts(result: Result) -> str:
    facts = {
        "run": result.run,
        "data": result.data,
        "image size": f"{result.image_size} pixels",
        "protocol": f"{result.protocol} v{result.version}",
        "faces": f"{result.faces} in each direction, seed {result.seed}",
        "judge": f"{result.judge} (v{result.judge_version})",
    }
    facts |= {k.replace("_", " "): str(v) for k, v in result.training.items() if str(v)}
    return "<dl>" + "".join(f"<div><dt>{_safe(k)}</dt><dd>{_safe(v)}</dd></div>" for k, v in facts.items()) + "</dl>"


def _tables(result: Result) -> str:
    return "".join(_table(sheet, result) for sheet in sheets(result))


def _table(sheet: Sheet, result: Result) -> str:
    count = largest(sheet)
    head = "".join(f"<th class={line}>{_safe(LINES[line])}</th>" for line in sheet.lines)
    rows = "".join(
        f"<tr><th scope=row>{_safe(ABOUT[name].title + weak_mark(result, name, sheet.attribute))}"
        f"<small>{_safe(ABOUT[name].unit + BETTER[ABOUT[name].better])}</small></th>"
        + "".join(_cell(figure, line, count) for line, figure in zip(sheet.lines, figures, strict=True))
        + "</tr>"
        for name, figures in sheet.rows
    )
    title = f"{sheet.direction.capitalize()} {sheet.attribute}"
    return (
        f"<h3>{_safe(title)} <small>n = {count}</small></h3>"
        f"<div class=wide><table><thead><tr><td></td>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _cell(figure: Figure | None, line: str, count: int) -> str:
    other = f"<small>n = {figure.count}</small>" if figure and figure.count != count else ""
    return f"<td class={line}>{_safe(shown(figure))}{other}</td>"


def _matrix(result: Result) -> str:
    matrix = matrix_of(result)
    if matrix is None:
        return ""
    head = "".join(f"<th>{_safe(name.replace('_', ' '))}</th>" for name in matrix.head)
    rows = "".join(
        f"<tr><th scope=row>{_safe(title)}</th>" + "".join(f"<td>{_safe(cell)}</td>" for cell in cells) + "</tr>"
        for title, cells in matrix.rows
    )
    table = f"<div class=wide><table><thead><tr><td></td>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    return f"<section><h2>{_safe(TITLE)}</h2><p>{_safe(WORDS)}</p>{table}</section>"


def _judges(result: Result) -> str:
    lines = "".join(f"<li>{_safe(line)}</li>" for line in witness_lines(result))
    return f"<ul class=judges>{lines}</ul>"


def _exhibit(exhibit: Exhibit) -> str:
    by = RANKINGS.get(exhibit.ranking) or ABOUT[exhibit.ranking].title.lower()
    pictures = {"best": exhibit.best, "median": exhibit.median, "worst": exhibit.worst}
    figures = "".join(
        f"<figure><figcaption>{name}</figcaption>{_picture(picture, name)}</figure>"
        for name, picture in pictures.items()
    )
    title = f"{exhibit.direction.capitalize()} {exhibit.attribute}, by {by}"
    return f"<h3>{_safe(title)}</h3><div class=three>{figures}</div>"


def _legend(result: Result) -> str:
    used = [name for name in ABOUT if any(figure.measure == name for figure in result.figures)]
    return "<dl class=legend>" + "".join(_entry(name) for name in used) + "</dl>"


def _entry(name: str) -> str:
    about = ABOUT[name]
    words = f"{_safe(about.means)} <em>Cannot see:</em> {_safe(about.blind)} <em>Source:</em> {_safe(about.source)}"
    return f"<dt>{_safe(about.title)}</dt><dd>{words}</dd>"


def _picture(picture: Image.Image, name: str) -> str:
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    data = base64.b64encode(buffer.getvalue()).decode("ascii")
    return f'<img alt="{_safe(name)}" width={picture.width} src="data:image/png;base64,{data}">'


def _safe(text: str) -> str:
    return html.escape(text)
