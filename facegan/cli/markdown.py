"""The models as a page: which there are, and which parts and losses each of them takes. See docs/models.md."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from facegan.errors import UserError

BEGIN = "<!-- begin: made by `facegan list models --markdown docs/models.md`; edit conf/ and the classes instead -->"
END = "<!-- end of what is made -->"

Row = Mapping[str, Any]


def page(rows: Sequence[Row], options: Mapping[str, Sequence[str]], image_size: int) -> str:
    """Both tables as Markdown. rows: the models, as listed; options: group of conf/ -> what it has to choose from."""
    columns = sorted({group for row in rows for group in row["takes"]}, key=lambda group: ("/" in group, group))
    return "\n\n".join(
        [
            f"## The models\n\nParameters at {image_size} pixels, with the attributes of each configuration.",
            table(["`model=`", "paper", "verbs", "parts", "parameters"], (_about(row) for row in rows)),
            "## Who takes what\n\nThe option that a model has by itself; another of the same group is set by "
            "`GROUP=NAME`.\nAn empty cell: it has none by itself.",
            table(["`model=`", *(f"`{group}`" for group in columns)], (_choices(row, columns) for row in rows)),
            table(["group", "options"], ((f"`{g}`", ", ".join(f"`{o}`" for o in options[g])) for g in columns)),
            "## Decorrelation\n\n`decorrelate.draws=[A,B]` fits every model; these do not fit all.",
            table(["`model=`", "`decorrelate.weights`", "`loss/independence` of"], (_mends(row) for row in rows)),
        ]
    )


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table; a bar inside a cell is escaped."""
    lines = [[cell.replace("|", "\\|") for cell in row] for row in rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in [head, ["---"] * len(head), *lines])


def _about(row: Row) -> Sequence[str]:
    parts = ", ".join(f"{name} {count_of(count)}" for name, count in row["parts"].items())
    return f"`{row['name']}`", row["paper"], ", ".join(row["verbs"]), parts, count_of(row["parameters"])


def _choices(row: Row, columns: Sequence[str]) -> Sequence[str]:
    takes = row["takes"]
    return [f"`{row['name']}`", *(f"`{takes[group]}`" if group in takes else "" for group in columns)]


def _mends(row: Row) -> Sequence[str]:
    codes = ", ".join(f"`{name}`" for name in row["codes"])
    return f"`{row['name']}`", "yes" if row["weighs_faces"] else "", codes


def count_of(number: int) -> str:
    """A parameter count for people: 8,655,362 is 8.66 M, 43,210 is 43 k."""
    return f"{number / 1e6:.2f} M" if number >= 1e6 else f"{number / 1e3:.0f} k" if number >= 1e3 else str(number)


def replace_made(path: Path, made: str, *, begin: str = BEGIN) -> str:
    """The text of a page with this between its markers. Raises UserError where the page or a marker is missing.

    begin: the first marker; a page may hold several, each with its own END.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise UserError(
            f"{path} cannot be read ({error.strerror}); it must hold the markers to write between."
        ) from error
    before, found, rest = text.partition(begin)
    _, end, after = rest.partition(END)
    if not (found and end):
        raise UserError(f"{path} lacks the marker lines {begin!r} and {END!r}; add them where the tables should go.")
    return f"{before}{begin}\n\n{made}\n\n{END}{after}"
