"""The table itself: an attribute and direction a section, a system a row, a measure a column."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import torch

from facegan.errors import UserError
from facegan.evaluation.asking import Request
from facegan.evaluation.leaderboard.mixing import check_unmixed
from facegan.evaluation.leaderboard.standing import Standing, System, systems_of
from facegan.evaluation.measures import ABOUT
from facegan.evaluation.measures.outside import OUTSIDE_EDIT, OUTSIDE_RECONSTRUCTION
from facegan.evaluation.measures.ratio import Ratio
from facegan.evaluation.result import LINES, Figure, Result
from facegan.evaluation.statistics.bootstrap import Seeds, best_of, interval_of, resampled
from facegan.evaluation.statistics.interval import Interval

APART = "†"
OWN = ("model", "floor", "agreeing", "mean")  # lines that are each model's own
REFERENCES = tuple(line for line in LINES if line not in OWN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A figure of a system over its seeds. count: faces; best: whether it is surely the best of its column.

    apart: it means something else than the column's other figures, and is compared with none of them.
    """

    interval: Interval
    count: int
    best: bool
    apart: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """rows: by system, a cell for each measure, None where it has none. references: by line, a figure for each."""

    attribute: str
    direction: Request
    measures: tuple[str, ...]
    rows: Mapping[str, tuple[Cell | None, ...]]
    references: Mapping[str, tuple[Figure | None, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """A leaderboard. shared: a result whose protocol, size, judge and faces are those of all; None without any."""

    systems: tuple[System, ...]
    sections: tuple[Section, ...]
    shared: Result | None
    notes: tuple[str, ...]


def make_board(standings: Sequence[Standing], measures: Collection[str] = tuple(ABOUT)) -> Board:
    """The leaderboard of these folders. measures: the columns, as far as any system has them.

    Raises UserError where the folders do not belong into one table, and for a measure that there is not.
    """
    check_unmixed(standings)
    if unknown := [name for name in measures if name not in ABOUT]:
        raise UserError(f"unknown measure {unknown[0]!r}; there are: {', '.join(ABOUT)}.")
    systems = systems_of(standings)
    results = [result for system in systems for result in system.results]
    asked = dict.fromkeys(request for result in results for request in result.requests)
    sections = [_section(systems, name, direction, measures) for name, direction in asked]
    return Board(
        systems=systems,
        sections=tuple(section for section in sections if section.measures),
        shared=results[0] if results else None,
        notes=(*_notes(systems), *_apart(sections)),
    )


def _section(systems: Sequence[System], attribute: str, direction: Request, measures: Collection[str]) -> Section:
    found = {name: _seeds(systems, name, attribute, direction) for name in ABOUT}
    columns = {name: column for name, column in found.items() if column and name in measures}
    apart = {OUTSIDE_EDIT.name: {*found[OUTSIDE_EDIT.name]} - {*found[OUTSIDE_RECONSTRUCTION.name]}}
    cells = {name: _cells(column, ABOUT[name].better, apart.get(name, set())) for name, column in columns.items()}
    rows = {one.name: tuple(cells[name].get(one.name) for name in cells) for one in systems if one.runs}
    ranked = sorted(rows, key=lambda system: [_badness(name, cells[name].get(system)) for name in cells])
    results = [result for system in systems for result in system.results]
    references = {
        line: tuple(_reference(results, name, attribute, direction, line) for name in cells) for line in REFERENCES
    }
    return Section(
        attribute=attribute,
        direction=direction,
        measures=tuple(cells),
        rows={name: rows[name] for name in ranked},
        references={line: figures for line, figures in references.items() if any(figures)},
    )


def _seeds(systems: Sequence[System], measure: str, attribute: str, direction: Request) -> dict[str, Seeds]:
    """By system, what the measure found of each of its seeds; systems that it does not apply to are left out."""
    found: dict[str, Seeds] = {}
    for system in systems:
        seeds = [_ratio(run, measure, attribute, direction) for run in system.runs]
        known = [ratio for ratio in seeds if ratio is not None]
        if known and len(known) == len(seeds):
            found[system.name] = known
    return found


def _ratio(run: Standing, measure: str, attribute: str, direction: Request) -> Ratio | None:
    """Face by face; a figure that belongs to no face, such as a distance of distributions, is a single one."""
    assert run.result is not None
    assert run.values is not None
    each = run.values.each.get((attribute, direction, measure))
    figure = run.result.value(measure, attribute, direction)
    if each is not None or figure is None:
        return each
    return Ratio.of(torch.tensor([figure.value], dtype=torch.float64))


def _cells(column: Mapping[str, Seeds], better: str, apart: Collection[str]) -> dict[str, Cell]:
    """By system. apart: the systems of which the measure says something else."""
    draws = resampled(column)
    rivals = {name: seeds for name, seeds in column.items() if name not in apart}
    best = None if better == "neither" else best_of(rivals, draws, better)
    return {
        name: Cell(
            interval=interval_of(seeds, draws[name]), count=seeds[0].count, best=name == best, apart=name in apart
        )
        for name, seeds in column.items()
    }


def _badness(measure: str, cell: Cell | None) -> float:
    """For sorting: lower is better; a system without the figure comes last."""
    if cell is None or cell.interval.value != cell.interval.value:
        return float("inf")
    return cell.interval.value if ABOUT[measure].better == "lower" else -cell.interval.value


def _reference(results: Sequence[Result], measure: str, attribute: str, direction: Request, line: str) -> Figure | None:
    figures = (result.value(measure, attribute, direction, line) for result in results)
    return next((figure for figure in figures if figure is not None), None)


def _apart(sections: Iterable[Section]) -> tuple[str, ...]:
    """What the mark beside a figure means, where there is one."""
    cells = (cell for section in sections for row in section.rows.values() for cell in row)
    if not any(cell is not None and cell.apart for cell in cells):
        return ()
    return (
        f"{APART} No reconstruction is known of this system: the figure is taken against the source, includes what "
        "reconstruction alone would lose, and is compared with no other.",
    )


def _notes(systems: Sequence[System]) -> Iterable[str]:
    """What a reader must know before believing the table."""
    if alone := [system.name for system in systems if len(system.runs) == 1]:
        yield (
            f"One run only: {', '.join(alone)}. Its interval covers the faces, not what another training seed would "
            "give, and so does every comparison with it."
        )
    if apart := [f"{system.name} ({system.trained()})" for system in systems if " to " in system.trained()]:
        yield f"Seeds that were not trained alike, in images: {', '.join(apart)}."
    lost = sum(len(system.failed) for system in systems)
    if lost:
        yield f"{lost} of {sum(len(s.runs) + len(s.failed) for s in systems)} runs failed and stand in no figure."
    yield from dict.fromkeys(warning for system in systems for result in system.results for warning in result.warnings)
