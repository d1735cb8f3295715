"""From figures of runs to the tables, the file of all numbers and the chart."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from experiments.chart import Line, Panel, draw
from experiments.intervals import difference, interval
from experiments.pan.measuring import NOTHING, Figures
from experiments.pan.plan import PUBLISHED, TASK_NAMES, Job
from facegan.files import write_whole

MEASURES = {"psnr": "PSNR, dB", "ssim": "SSIM", "kid": "KID", "cpu_seconds": "CPU seconds"}
SPECS = {"psnr": ".2f", "ssim": ".3f", "kid": ".1f", "cpu_seconds": ".0f"}
COMPARED = ("psnr", "ssim", "kid")
WORDS = {"pan": "PAN"}
SHORT = {"pan": "PAN", "perceptual": "perc.", "adversarial": "adv."}
"""In the chart, where there is less room."""
Cell = tuple[str, ...]

# Written down before any run: what is asked, a choice of terms and the one that it is compared with.
QUESTIONS: Sequence[tuple[str, Cell, Cell]] = (
    ("PAN in place of pixels", ("pan",), ("pixel",)),
    ("PAN in place of a fixed network's features", ("pan",), ("perceptual",)),
    ("PAN in place of an adversary", ("pan",), ("adversarial",)),
    ("PAN beside an adversary (the paper's)", PUBLISHED, ("adversarial",)),
    ("PAN beside pixels", ("pixel", "pan"), ("pixel",)),
    ("beside pixels: PAN or features", ("pixel", "pan"), ("pixel", "perceptual")),
    ("beside pixels: PAN or an adversary", ("pixel", "pan"), ("pixel", "adversarial")),
    ("all, or pixels and an adversary", ("pixel", "perceptual", "adversarial", "pan"), ("pixel", "adversarial")),
)


def worded(cell: Cell) -> str:
    """As tables call it."""
    return " + ".join(WORDS.get(term, term) for term in cell) if len(cell) < 4 else "all four"


@dataclass(frozen=True)
class Results:
    """figures: of the runs that came to their end; planned: all."""

    figures: Mapping[Job, Figures]
    levels: Mapping[str, Figures]
    planned: Sequence[Job]

    @property
    def tasks(self) -> list[str]:
        return list(dict.fromkeys(job.task for job in self.planned))

    @property
    def cells(self) -> list[Cell]:
        return list(dict.fromkeys(job.cell for job in self.planned))

    def by_seed(self, task: str, cell: Cell, measure: str) -> dict[int, float]:
        """One for each seed whose run came to its end."""
        return {job.seed: found[measure] for job, found in self.figures.items() if (job.task, job.cell) == (task, cell)}

    def values(self, task: str, cell: Cell, measure: str) -> list[float]:
        return list(self.by_seed(task, cell, measure).values())

    def differences(self, task: str, cell: Cell, over: Cell, measure: str) -> list[float]:
        """Seed by seed, where both runs came to their end."""
        one, other = self.by_seed(task, cell, measure), self.by_seed(task, over, measure)
        return [one[seed] - other[seed] for seed in one if seed in other]


def write_all(results: Results, folder: Path) -> None:
    """table.md, results.csv, figure.png."""
    write_whole(folder / "results.csv", as_csv(results).encode())
    write_whole(folder / "table.md", as_markdown(results).encode())
    draw(panels(results), folder / "figure.png", width=6.0, height=4.2)


def as_csv(results: Results) -> str:
    """Every figure with its interval and the value of each seed."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["task", "terms", "measure", "mean", "half_width", "values"])
    for task in results.tasks:
        for cell in results.cells:
            for measure in MEASURES:
                if values := results.values(task, cell, measure):
                    found, each = interval(values), " ".join(f"{value:.4f}" for value in values)
                    writer.writerow([task, "+".join(cell), measure, f"{found.mean:.4f}", f"{found.half:.4f}", each])
    return out.getvalue()


def as_markdown(results: Results) -> str:
    """Both tasks' cells, then the comparisons."""
    missing = len(results.planned) - len(results.figures)
    failed = f"Runs without figures, failed or not trained: {missing} of {len(results.planned)}.\n"
    return "\n".join([*(_cells(results, task) for task in results.tasks), _answers(results), failed])


def _cells(results: Results, task: str) -> str:
    lines = [f"| terms | {' | '.join(MEASURES.values())} |", "|---" * (1 + len(MEASURES)) + "|"]
    for cell in results.cells:
        found = {measure: results.values(task, cell, measure) for measure in MEASURES}
        shown = [f"{interval(values):{SPECS[measure]}}" if values else "–" for measure, values in found.items()]
        lines.append(f"| {worded(cell)} | {' | '.join(shown)} |")
    there = results.levels.get(task, {})
    shown = [f"{there[measure]:{SPECS[measure]}}" if measure in there else "" for measure in MEASURES]
    return "\n".join([f"**{TASK_NAMES[task].capitalize()}**", "", *lines, f"| – {NOTHING} | {' | '.join(shown)} |", ""])


def _answers(results: Results) -> str:
    """Differences whose interval excludes 0 stand in bold."""
    columns = [(task, measure) for task in results.tasks for measure in COMPARED]
    heads = [f"{task}: {MEASURES[measure]}" for task, measure in columns]
    lines = [f"| question | {' | '.join(heads)} |", "|---" * (1 + len(columns)) + "|"]
    for why, cell, over in QUESTIONS:
        shown = [difference(results.differences(task, cell, over, m), SPECS[m]) for task, m in columns]
        if set(shown) != {"–"}:
            lines.append(f"| {why} | {' | '.join(shown)} |")
    return "\n".join(["**Differences, seed by seed; in bold where the interval excludes 0**", "", *lines, ""])


def panels(results: Results) -> list[Panel]:
    """KID and PSNR of each cell."""
    return [_panel(results, "Perception (low is likelier)", "kid"), _panel(results, "Distortion", "psnr")]


def _panel(results: Results, title: str, measure: str) -> Panel:
    lines = []
    for colour, task in enumerate(results.tasks):
        there = [(x, values) for x, c in enumerate(results.cells) if (values := results.values(task, c, measure))]
        found = [interval(values) for _, values in there]
        half = [each.bar for each in found]
        lines.append(
            Line(label=TASK_NAMES[task], x=[x + 0.12 * colour for x, _ in there], y=[each.mean for each in found],
                 half=half, colour=colour, dash="none")
        )  # fmt: skip
    ticks = {_short(cell): float(x) for x, cell in enumerate(results.cells)}
    levels = {f"{task}: {NOTHING}": found[measure] for task, found in results.levels.items() if measure == "psnr"}
    return Panel(title=title, x="", y=MEASURES[measure], lines=lines, ticks=ticks, levels=levels)


def _short(cell: Cell) -> str:
    return "\n+ ".join(SHORT.get(term, term) for term in cell) if len(cell) < 4 else worded(cell)
