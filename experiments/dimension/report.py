"""From figures of runs to the table, the file of all numbers and the chart."""

import csv
import io
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

from experiments.chart import Line, Panel, draw
from experiments.dimension.measuring import NOISES, Figure
from experiments.dimension.plan import FACTORS, NAMES, Job
from experiments.intervals import Interval, interval
from facegan.files import write_whole

Key = tuple[str, int, str, str, str]  # model, free factors, measure, route, noise

# (model, route) -> how a reader calls it.
WAYS = {
    ("cyclegan", "own"): "CycleGAN",
    ("cyclegan", "true"): "CycleGAN, from the true bare face",
    ("genegan", "own"): "GeneGAN, the face's own code",
    ("genegan", "same"): "GeneGAN, code of another face in this style",
    ("genegan", "other"): "GeneGAN, code of another style",
    ("genegan", "true"): "GeneGAN, own code, from the true bare face",
}
SHOWN = ("0", "2", "8", "32")


class Table:
    """All figures by what they are, over seeds."""

    def __init__(self, figures: Mapping[Job, Iterable[Figure]]) -> None:
        self.values: dict[Key, list[float]] = defaultdict(list)
        for job, found in figures.items():
            for f in found:
                self.values[job.model, job.free, f.measure, f.route, f.noise].append(f.value)
        self.free = sorted({job.free for job in figures})

    def at(self, model: str, free: int, measure: str, route: str = "", noise: str = "") -> Interval:
        """Mean and interval over seeds."""
        return interval(self.values[model, free, measure, route, noise])

    def series(self, model: str, measure: str, route: str, noise: str) -> list[Interval]:
        """One for each number of free factors; finding a style where there is but one means nothing, and is NaN."""
        nothing = Interval(math.nan, math.nan)
        blank = measure == "own style found"
        return [nothing if blank and k == 0 else self.at(model, k, measure, route, noise) for k in self.free]


def write_all(figures: Mapping[Job, Iterable[Figure]], folder: Path) -> None:
    """table.md, results.csv, figure.png."""
    table = Table(figures)
    write_whole(folder / "results.csv", as_csv(table).encode())
    write_whole(folder / "table.md", as_markdown(table).encode())
    draw(panels(table), folder / "figure.png")


def as_csv(table: Table) -> str:
    """Every figure with its interval and the value of each seed."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["model", "free_factors", "measure", "route", "noise", "mean", "half_width", "values"])
    for key, values in table.values.items():
        found = interval(values)
        writer.writerow([*key, f"{found.mean:.4f}", f"{found.half:.4f}", " ".join(f"{v:.4f}" for v in values)])
    return out.getvalue()


def as_markdown(table: Table) -> str:
    """Both measures by way and noise, a column for each number of free factors, then what stands beside them."""
    ways = [(key, name) for key, name in WAYS.items() if (key[0], table.free[0], "error", key[1], "0") in table.values]
    blocks = [
        _block(table, "Error to the true face (0: the face itself, 1: no glasses)", "error", ways, ".3f"),
        _block(table, "Own style found among 20 (chance 0.05)", "own style found", ways, ".2f"),
        _beside(table),
    ]
    return "\n".join(blocks)


def _head(table: Table, title: str) -> list[str]:
    names = [f"{k} free" for k in table.free]
    return [f"**{title}**", "", f"| | noise | {' | '.join(names)} |", f"|---|---|{'---|' * len(names)}"]


def _block(table: Table, title: str, measure: str, ways: list[tuple[tuple[str, str], str]], spec: str) -> str:
    lines = _head(table, title)
    for (model, route), name in ways:
        for noise in SHOWN:
            cells = [_cell(found, spec) for found in table.series(model, measure, route, noise)]
            lines.append(f"| {name} | {noise} | {' | '.join(cells)} |")
    model = ways[0][0][0]
    for route, name in (("median", "median of other styles"), ("random", "perfect edit in another style")):
        cells = [_cell(Interval(f.mean, 0.0), spec) for f in table.series(model, measure, route, "")]
        lines.append(f"| – {name} | | {' | '.join(cells)} |")
    return "\n".join([*lines, ""])


def _beside(table: Table) -> str:
    lines = _head(table, "The removal itself")
    for model in dict.fromkeys(key[0] for key in table.values):
        for measure, spec in (("removal error", ".3f"), ("trace", ".1f")):
            cells = [_cell(table.at(model, k, measure), spec) for k in table.free]
            lines.append(f"| {NAMES.get(model, model)}, {measure} | | {' | '.join(cells)} |")
    return "\n".join([*lines, ""])


def _cell(found: Interval, spec: str) -> str:
    if math.isnan(found.mean):
        return "–"
    return f"{found:{spec}}" if found.half > 0 else f"{found.mean:{spec}}"


def panels(table: Table) -> list[Panel]:
    """Both measures by the number of factors, and the second by noise where most factors are free."""
    most, styled = table.free[-1], [k for k in table.free if k > 0]
    chance = {"chance": 0.05}
    ticks = {"none": 0.0, **{f"{n}\n{FACTORS[n - 1]}" if n else "none": float(n) for n in styled}}
    factors = "free factors of the glasses' style"
    return [
        Panel(title="Distance to the true face", x=factors, y="error inside changed, doing nothing = 1", ticks=ticks,
              lines=[*_by_factors(table, "error"), _blind(table)], bottom=0),
        Panel(title="Its own glasses", x=factors, y="own style found, of 20", ticks=ticks, levels=chance,
              lines=_by_factors(table, "own style found"), bottom=0, top=1),
        Panel(title=f"What noise wipes out ({most} free)", x="noise on the bare face, grey levels of 255",
              y="own style found, of 20", lines=_by_noise(table, most), levels=chance, bottom=0, top=1),
    ]  # fmt: skip


def _looks(table: Table) -> list[tuple[str, str, str, int, str]]:
    """Model, route, noise, colour and dash of each line."""
    lines = [
        ("cyclegan", "own", "0", 1, "solid"),
        ("cyclegan", "own", "2", 1, "dashed"),
        ("cyclegan", "true", "0", 1, "dotted"),
        ("genegan", "own", "0", 0, "solid"),
        ("genegan", "own", "2", 0, "dashed"),
        ("genegan", "same", "0", 2, "solid"),
        ("genegan", "other", "0", 0, "dotted"),
    ]
    return [line for line in lines if (line[0], table.free[0], "error", line[1], line[2]) in table.values]


def _by_factors(table: Table, measure: str) -> list[Line]:
    return [
        _line(
            WAYS[model, route] + (f", noise of {noise}" if noise != "0" else ""),
            [float(k) for k in table.free], table.series(model, measure, route, noise), colour, dash,
        )
        for model, route, noise, colour, dash in _looks(table)
    ]  # fmt: skip


def _by_noise(table: Table, free: int) -> list[Line]:
    levels = [noise for noise in NOISES if noise.isdigit()]
    return [
        _line(WAYS[model, route], [float(noise) for noise in levels],
              [table.at(model, free, "own style found", route, noise) for noise in levels], colour, dash)
        for model, route, start, colour, dash in _looks(table) if start == "0"
    ]  # fmt: skip


def _blind(table: Table) -> Line:
    model = next(iter(table.values))[0]
    found = [table.at(model, k, "error", "median") for k in table.free]
    level = [Interval(f.mean, 0.0) for f in found]
    return _line("median of other styles", [float(k) for k in table.free], level, 4, "dotted")


def _line(label: str, x: list[float], found: list[Interval], colour: int, dash: str) -> Line:
    half = [0.0 if math.isnan(f.half) else f.half for f in found]
    return Line(label=label, x=x, y=[f.mean for f in found], half=half, colour=colour, dash=dash)
