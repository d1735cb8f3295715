"""From figures of runs to the table, the file of all numbers and the chart."""

import csv
import io
import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

from experiments.chart import COLOURS, Line, Panel, draw
from experiments.correlation.measuring import EDIT, TOLD, TWIN, Figure
from experiments.correlation.plan import LEVELS, PAIRS, Run
from experiments.intervals import Interval, interval
from experiments.systems import SYSTEMS
from facegan.evaluation.asking import DIRECTIONS, Direction
from facegan.files import write_text

Key = tuple[str, str, str, bool, str, str, str]  # system, attribute, level, mended, direction, measure, line
COLUMNS = (
    ("success", ".2f"), ("pulled along", ".2f"), ("drag", ".2f"), ("entanglement", ".2f"), ("twin error", ".2f"),
    ("nearest style error", ".2f"),
)  # fmt: skip
KINDS = {False: "Systems for several attributes, which know the neighbour", True: "Systems for one attribute"}
SURE = 0.95  # the balanced accuracy below which a judge of drawn faces is called weak
NOTHING = Interval(math.nan, math.nan)


class Table:
    """All figures by what they are, over seeds. failed: the runs that stand in no figure."""

    def __init__(self, figures: Mapping[Run, Sequence[Figure]], failed: Sequence[Run] = ()) -> None:
        self.values: dict[Key, list[float]] = defaultdict(list)
        for run, found in figures.items():
            for f in found:
                key = run.system, run.attribute, run.level, run.mended, f.direction, f.measure, f.line
                self.values[key].append(f.value)
        self.runs, self.failed = list(figures), list(failed)

    def at(self, key: Key) -> Interval:
        """Mean and interval over the seeds of which something can be said."""
        known = [value for value in self.values.get(key, ()) if not math.isnan(value)]
        return interval(known) if known else NOTHING

    def counted(self, key: Key) -> tuple[int, int]:
        """Of how many seeds something can be said, and how many there are."""
        values = self.values.get(key, ())
        return sum(not math.isnan(value) for value in values), len(values)

    def settings(self, attribute: str, single: bool) -> list[tuple[str, str, bool]]:
        """System, level and mending of each row, in order."""
        found = {(r.system, r.level, r.mended) for r in self.runs if r.attribute == attribute}
        order = list(SYSTEMS)
        chosen = [one for one in found if SYSTEMS[one[0]].single is single]
        return sorted(chosen, key=lambda one: (order.index(one[0]), LEVELS.index(one[1]), one[2]))


def write_all(table: Table, folder: Path) -> None:
    """table.md, results.csv, figure.png."""
    write_text(folder / "results.csv", as_csv(table))
    write_text(folder / "table.md", as_markdown(table))
    draw(panels(table), folder / "figure.png")


def as_csv(table: Table) -> str:
    """Every figure with its interval and the value of each seed."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([
        "system", "attribute", "level", "mended", "direction", "measure", "line", "mean", "half_width", "values",
    ])  # fmt: skip
    for key, values in table.values.items():
        found = table.at(key)
        writer.writerow([*key, f"{found.mean:.4f}", f"{found.half:.4f}", " ".join(f"{v:.4f}" for v in values)])
    return out.getvalue()


def as_markdown(table: Table) -> str:
    """A block for each edited attribute, direction and kind of system."""
    head = [
        "Mean and 95 % interval over seeds. Where only some seeds have a figure, their number stands beside it.", "",
    ]  # fmt: skip
    lost = ", ".join(run.name for run in table.failed)
    blocks = [
        line
        for attribute in PAIRS
        for direction in DIRECTIONS
        for single in (True, False)
        if (rows := table.settings(attribute, single))
        for line in _block(table, attribute, direction, single, rows)
    ]
    head += [f"Runs that failed and stand in no figure ({len(table.failed)}): {lost}.", ""] if lost else []
    return "\n".join([*head, *blocks])


def _block(
    table: Table, attribute: str, direction: Direction, single: bool, rows: Sequence[tuple[str, str, bool]]
) -> list[str]:
    names = [name for name, _ in COLUMNS]
    first = rows[0][0], attribute, *rows[0][1:], direction
    told = [(name, table.at((*first, TOLD, name)).mean) for name in (attribute, PAIRS[attribute])]
    weak = [f"{name} with {100 * share:.0f} %" for name, share in told if not share >= SURE]
    lines = [f"**{direction.capitalize()} {attribute}. {KINDS[single]}**", ""]
    lines += [f"> The panel tells {' and '.join(weak)} balanced accuracy only.", ""] if weak else []
    lines += [f"| | phi | mended | {' | '.join(names)} |", "|---|---|---|" + "---|" * len(names)]
    for system, level, mended in rows:
        keys = [(system, attribute, level, mended, direction, name, EDIT) for name in names]
        cells = [_cell(table, key, spec) for key, (_, spec) in zip(keys, COLUMNS, strict=True)]
        lines.append(f"| {SYSTEMS[system].title} | {level} | {'yes' if mended else ''} | {' | '.join(cells)} |")
    twin = [table.at((*first, name, TWIN)) for name in names]
    perfect = ["–" if math.isnan(f.mean) else f"{f.mean:{spec}}" for f, (_, spec) in zip(twin, COLUMNS, strict=True)]
    return [*lines, f"| *the true twin* | | | {' | '.join(perfect)} |", ""]


def _cell(table: Table, key: Key, spec: str) -> str:
    found, (known, all_) = table.at(key), table.counted(key)
    if math.isnan(found.mean):
        return "–"
    few = f" ({known} of {all_})" if known < all_ else ""
    return (f"{found.mean:{spec}}" if math.isnan(found.half) else f"{found:{spec}}") + few


def panels(table: Table) -> list[Panel]:
    """How many faces an added attribute pulls along, a panel for each edited attribute."""
    return [_panel(table, name) for name in PAIRS if any(run.attribute == name for run in table.runs)]


def _panel(table: Table, attribute: str) -> Panel:
    systems = [name for name in SYSTEMS if any((r.system, r.attribute) == (name, attribute) for r in table.runs)]
    everyone = [name for name in SYSTEMS if any(r.system == name for r in table.runs)]
    levels = [level for level in LEVELS if any(run.level == level for run in table.runs)]
    run = next(run for run in table.runs if run.attribute == attribute)
    twin = table.at((run.system, attribute, run.level, run.mended, "adding", "pulled along", TWIN)).mean
    lines = [
        line
        for system in systems
        for mended in (False, True)
        if (line := _line(table, system, attribute, mended, everyone.index(system), levels))
    ]
    return Panel(
        title=f"Adding {attribute}",
        x="correlation in the training faces (phi)",
        y=f"share that turns {PAIRS[attribute]}",
        lines=lines,
        levels={"the true twin": twin},
        ticks={level: float(k) for k, level in enumerate(levels)},
        bottom=0,
    )


def _line(table: Table, system: str, attribute: str, mended: bool, number: int, levels: Sequence[str]) -> Line | None:
    found = [
        (float(k), table.at((system, attribute, level, mended, "adding", "pulled along", EDIT)))
        for k, level in enumerate(levels)
    ]
    there = [(x, f) for x, f in found if not math.isnan(f.mean)]
    if not there:
        return None
    return Line(
        label=SYSTEMS[system].title + (", mended" if mended else ""),
        x=[x for x, _ in there],
        y=[f.mean for _, f in there],
        half=[0.0 if math.isnan(f.half) else f.half for _, f in there],
        colour=number % len(COLOURS),
        dash="dashed" if mended else "solid",
    )
