"""From figures of runs to the tables, the file of all numbers and the chart."""

import csv
import io
import math
from collections.abc import Mapping, Sequence
from pathlib import Path

from experiments.chart import Line, Panel, draw
from experiments.intervals import Interval, difference, interval
from experiments.invention.measuring import LINES, WAYS, Figure
from experiments.invention.plan import Job
from facegan.files import write_whole

Results = Mapping[tuple[str, str, str, str], Mapping[int, float]]
"""By task, way, setting and measure: the value of each seed."""

NAMES = {
    "dial": "dial", "checkpoints": "checkpoints mixed", "training": "weight in training", LINES: "–",
}  # fmt: skip
HEADS = {
    "psnr": "PSNR", "kid": "KID", "off": "worst pixel off when shrunk",
    "glasses_true": "glasses, true", "glasses_false": "glasses, false", "smile_true": "smile, true",
    "smile_false": "smile, false", "right": "letters right", "confidence": "confidence", "sure": "sure",
    "sure_wrong": "sure and wrong", "wrong_of_sure": "wrong among sure",
    "glasses_new": "glasses, new", "glasses_new_true": "of these true", "glasses_by_chance": "by lot",
    "smile_new": "smile, new", "smile_new_true": "of these true", "smile_by_chance": "by lot",
    "map_r": "map, r", "edges_r": "edges, r", "map_auc": "map, AUC", "edges_auc": "edges, AUC",
}  # fmt: skip
SPECS = {"psnr": ".2f", "kid": ".1f", "off": ".5f"}
MAIN = {
    "faces": ("psnr", "kid", "off", "glasses_true", "glasses_false", "smile_true", "smile_false"),
    "plates": ("psnr", "off", "right", "confidence", "sure", "sure_wrong", "wrong_of_sure"),
}
NEW = ("glasses_new", "glasses_new_true", "glasses_by_chance", "smile_new", "smile_new_true", "smile_by_chance")
# Way and setting, less another way and setting; the game's own answer is what checkpoints end at.
COMPARED = (
    (("dial", "0.5"), ("dial", "0")),
    (("dial", "1"), ("dial", "0")),
    (("dial", "0.5"), ("checkpoints", "0.5")),
    (("dial", "1"), ("checkpoints", "1")),
    (("checkpoints", "1"), ("checkpoints", "0")),
)
MAPS = ("map_r", "edges_r", "map_auc", "edges_auc")


def write_all(figures: Mapping[Job, Sequence[Figure]], planned: Sequence[Job], folder: Path) -> None:
    """table.md, results.csv, figure.png. planned: all games, failed ones too."""
    results = by_setting(figures)
    failed = f"Games without figures, failed or not trained: {len(planned) - len(figures)} of {len(planned)}.\n"
    write_whole(folder / "results.csv", as_csv(results).encode())
    write_whole(folder / "table.md", "\n".join([as_markdown(results), failed]).encode())
    draw(panels(results), folder / "figure.png", height=3.8)


def by_setting(figures: Mapping[Job, Sequence[Figure]]) -> dict[tuple[str, str, str, str], dict[int, float]]:
    """Seeds side by side; what could not be measured is left out."""
    found: dict[tuple[str, str, str, str], dict[int, float]] = {}
    for job, rows in figures.items():
        for row in rows:
            if not math.isnan(row.value):
                found.setdefault((job.task, row.way, row.setting, row.measure), {})[job.seed] = row.value
    return found


def as_csv(results: Results) -> str:
    """Every figure with its interval and the value of each seed."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["task", "way", "setting", "measure", "mean", "half_width", "values"])
    for key, seeds in results.items():
        found, each = interval(list(seeds.values())), " ".join(f"{value:.5f}" for value in seeds.values())
        writer.writerow([*key, f"{found.mean:.5f}", f"{found.half:.5f}", each])
    return out.getvalue()


def as_markdown(results: Results) -> str:
    """A table of each task, then of what is new on faces, then of the maps of both."""
    tasks = list(dict.fromkeys(key[0] for key in results))
    parts = [
        f"**{task.capitalize()}**\n\n{_table(results, task, MAIN[task])}\n"
        f"**{task.capitalize()}: differences, seed by seed; in bold where the interval excludes 0**\n\n"
        + _differences(results, task, MAIN[task])
        for task in tasks
    ]
    if "faces" in tasks:
        parts.append(
            "**What the dial adds to faces**: seen, and not seen in the mean's answer\n\n"
            + _table(results, "faces", NEW, only="dial")
        )
    parts += [
        f"**The map of what was invented, against the error: {task}**\n\n{_table(results, task, MAPS, only='dial')}"
        for task in tasks
    ]
    return "\n".join(parts)


def settings(results: Results, task: str, way: str) -> list[str]:
    """In rising order where they are numbers."""
    found = {key[2] for key in results if key[:2] == (task, way)}
    return sorted(found) if way == LINES else sorted(found, key=float)


def _table(results: Results, task: str, measures: Sequence[str], only: str | None = None) -> str:
    lines = [f"| way | setting | {' | '.join(HEADS[m] for m in measures)} |", "|---" * (2 + len(measures)) + "|"]
    for way in [only] if only else [*WAYS, LINES]:
        for setting in settings(results, task, way):
            cells = [_text(results.get((task, way, setting, measure), {}), measure) for measure in measures]
            if set(cells) != {"–"}:
                lines.append(f"| {NAMES[way]} | {setting} | {' | '.join(cells)} |")
    return "\n".join([*lines, ""])


def _text(seeds: Mapping[int, float], measure: str) -> str:
    return f"{interval(list(seeds.values())):{SPECS.get(measure, '.3f')}}" if seeds else "–"


def _differences(results: Results, task: str, measures: Sequence[str]) -> str:
    lines = [f"| what | less | {' | '.join(HEADS[m] for m in measures)} |", "|---" * (2 + len(measures)) + "|"]
    for one, other in COMPARED:
        cells = [_difference(results, (task, *one, m), (task, *other, m)) for m in measures]
        lines.append(f"| {NAMES[one[0]]}, {one[1]} | {NAMES[other[0]]}, {other[1]} | {' | '.join(cells)} |")
    return "\n".join([*lines, ""])


def _difference(results: Results, one: tuple[str, str, str, str], other: tuple[str, str, str, str]) -> str:
    seeds, over = results.get(one, {}), results.get(other, {})
    gaps = [seeds[seed] - over[seed] for seed in seeds if seed in over]
    return difference(gaps, SPECS.get(one[-1], ".3f"))


def panels(results: Results) -> list[Panel]:
    """Distortion against perception; what is true and false on faces; letters; the map."""
    found = []
    if any(key[0] == "faces" for key in results):
        found += [_curve(results), _dialled(results, "Is it true? Faces", "share of faces", "faces", {
            "glasses_true": ("glasses seen where they are", 0, "solid"),
            "glasses_false": ("glasses seen where none are", 0, "dashed"),
            "smile_true": ("smile seen where it is", 1, "solid"),
            "smile_false": ("smile seen where none is", 1, "dashed"),
        })]  # fmt: skip
    if any(key[0] == "plates" for key in results):
        found.append(_dialled(results, "Plates", "share of letters", "plates", {
            "right": ("letters right", 2, "solid"),
            "sure": ("letters read confidently", 3, "solid"),
            "sure_wrong": ("confidently and wrongly", 3, "dashed"),
        }))  # fmt: skip
    return found


def _curve(results: Results) -> Panel:
    lines = []
    for colour, way in enumerate(WAYS):
        points = [_at(results, "faces", way, setting, "kid") for setting in settings(results, "faces", way)]
        x = [_at(results, "faces", way, setting, "psnr").mean for setting in settings(results, "faces", way)]
        lines.append(
            Line(label=NAMES[way], x=x, y=[p.mean for p in points], half=[p.bar for p in points], colour=colour,
                 dash=("solid", "dashed", "dotted")[colour])
        )  # fmt: skip
    return Panel(title="Distortion and perception, faces", x="PSNR, dB (right is nearer)", y="KID (low is likelier)",
                 lines=lines, bottom=0)  # fmt: skip


def _dialled(results: Results, title: str, y: str, task: str, measures: Mapping[str, tuple[str, int, str]]) -> Panel:
    lines = []
    for measure, (label, colour, dash) in measures.items():
        there = settings(results, task, "dial")
        points = [_at(results, task, "dial", setting, measure) for setting in there]
        lines.append(
            Line(label=label, x=[float(s) for s in there], y=[p.mean for p in points], half=[p.bar for p in points],
                 colour=colour, dash=dash)
        )  # fmt: skip
    return Panel(title=title, x="invention", y=y, lines=lines, bottom=0)


def _at(results: Results, task: str, way: str, setting: str, measure: str) -> Interval:
    seeds = results.get((task, way, setting, measure), {})
    return interval(list(seeds.values())) if seeds else Interval(math.nan, math.nan)
