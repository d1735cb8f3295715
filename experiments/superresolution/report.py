"""From figures of runs to the tables, the file of all numbers and the chart."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from experiments.chart import Line, Panel, draw
from experiments.intervals import difference, interval
from experiments.superresolution.plan import MEAN, SYSTEMS, Task
from experiments.superresolution.results import BETTER, Results, verdict
from facegan.files import write_whole

SPECS = {
    "psnr": ".2f", "psnr_y": ".2f", "ssim_y": ".3f", "kid": ".1f", "swd": ".1f", "features": ".3f", "low_error": ".4f",
    "disagreement": ".5f", "cpu_seconds": ".0f",
}  # fmt: skip
HEADS = {
    "psnr": "PSNR", "psnr_y": "PSNR of Y", "ssim_y": "SSIM of Y", "kid": "KID", "swd": "SWD",
    "features": "feature distance", "low_error": "error at low resolution",
    "disagreement": "worst disagreement, dialled", "cpu_seconds": "CPU seconds",
}  # fmt: skip
AGREES = 1e-3
MARKERS = "osD^vPX*"
COLOURS = {"pixels": 0, "features": 2, "game": 1}


def write_all(results: Results, folder: Path) -> None:
    """table.md, results.csv, figure.png."""
    write_whole(folder / "results.csv", as_csv(results).encode())
    write_whole(folder / "table.md", as_markdown(results).encode())
    draw([_panel(results, task) for task in results.tasks], folder / "figure.png", height=4.2)


def as_csv(results: Results) -> str:
    """Every figure with its interval and the value of each seed."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["task", "system", "measure", "mean", "half_width", "values"])
    for task in results.tasks:
        for measure, value in results.bicubic[task].items():
            writer.writerow([task.title, "bicubic", measure, f"{value:.6f}", "", ""])
        for system in results.systems:
            for measure in SPECS:
                if values := results.values(task, system, measure):
                    found, each = interval(values), " ".join(f"{value:.6f}" for value in values)
                    writer.writerow([task.title, system, measure, f"{found.mean:.6f}", f"{found.half:.6f}", each])
    return out.getvalue()


def as_markdown(results: Results) -> str:
    """A table a task, then the three questions."""
    tables = [_figures(results, task) for task in results.tasks]
    end = f"Failed runs: {results.failed} of {len(results.planned)}.\n"
    return "\n".join([*tables, _against_bicubic(results), _against_mean(results), _agreement(results), end])


def _figures(results: Results, task: Task) -> str:
    lines = [f"**{task.title}**", "", _row("system", *HEADS.values(), "runs"), _rule(len(HEADS) + 2)]
    bicubic = [f"{results.bicubic[task][m]:{s}}" if m in results.bicubic[task] else "–" for m, s in SPECS.items()]
    lines += [_row("bicubic", *bicubic, "–")]
    for system in results.systems:
        found = {measure: results.values(task, system, measure) for measure in SPECS}
        shown = [f"{interval(values):{SPECS[measure]}}" if values else "–" for measure, values in found.items()]
        runs = f"{len(found['psnr'])} of {len({run.seed for run in results.planned if run.task == task})}"
        lines.append(_row(SYSTEMS[system].title, *shown, runs))
    return "\n".join([*lines, ""])


def _against_bicubic(results: Results) -> str:
    lines = ["**Do systems that are trained by pixels beat bicubic? PSNR less bicubic's, in dB**", ""]
    lines += [_row("system", *(f"{task.title}, {task.enough:g} dB wanted" for task in results.tasks))]
    lines += [_rule(1 + len(results.tasks))]
    for system in _aiming(results, "pixels"):
        gains = [(results.gains(task, system), task.enough) for task in results.tasks]
        shown = [f"{difference(values, '.2f')}: {verdict(values, enough=enough)}" for values, enough in gains]
        lines.append(_row(SYSTEMS[system].title, *shown))
    return "\n".join([*lines, ""])


def _against_mean(results: Results) -> str:
    """Differences whose interval excludes 0 stand in bold."""
    lines = [f"**Do others beat {SYSTEMS[MEAN].title}, the mean of the same network? Differences, seed by seed**", ""]
    heads = (HEADS[measure] for measure in BETTER)
    lines += [_row("task", "system", *heads, "asked by", "more real", "nearer features")]
    lines += [_rule(5 + len(BETTER))]
    for task in results.tasks:
        for system in _aiming(results, "features", "game"):
            found = {measure: results.differences(task, system, measure) for measure in BETTER}
            shown = [difference(values, SPECS[measure]) if values else "–" for measure, values in found.items()]
            said = [verdict(found[m], enough=1e-9, way=BETTER[m]) for m in (task.realism, "features")]
            lines.append(_row(task.title, SYSTEMS[system].title, *shown, HEADS[task.realism], *said))
    return "\n".join([*lines, ""])


def _agreement(results: Results) -> str:
    worst = [
        value
        for task in results.tasks
        for system in results.systems
        for value in results.values(task, system, "disagreement")
    ]
    if not worst:
        return ""
    said = "below" if max(worst) < AGREES else "not below"
    return f"Worst disagreement of any run, face, pixel and setting of the dial: {max(worst):.5f}, {said} {AGREES:g}.\n"


def _aiming(results: Results, *aims: str) -> list[str]:
    return [system for system in results.systems if SYSTEMS[system].aim in aims]


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _rule(count: int) -> str:
    return "|" + "---|" * count


def _panel(results: Results, task: Task) -> Panel:
    """Distortion against realism, a point a system; bicubic lies so far above that it would press them together."""
    lines = []
    for system, marker in zip(results.systems, MARKERS, strict=False):
        if values := results.values(task, system, task.realism):
            at = [interval(results.values(task, system, "psnr")).mean, interval(values).mean]
            known = interval(values).bar
            colour = COLOURS[SYSTEMS[system].aim]
            lines.append(_point(SYSTEMS[system].title, at, known, colour=colour, marker=marker))
    realism = f"{HEADS[task.realism]} (lower is better)"
    return Panel(title=task.title, x="PSNR, dB (higher is better)", y=realism, lines=lines)


def _point(label: str, at: Sequence[float], half: float, *, colour: int, marker: str) -> Line:
    return Line(label=label, x=[at[0]], y=[at[1]], half=[half], colour=colour, marker=marker, dash="dotted")
