"""Table, numbers, chart and faces."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from PIL import Image

from experiments.by_seed import BySeed
from experiments.chart import Line, Panel, draw
from experiments.intervals import difference, interval
from experiments.pairs.measuring import TIMES, Bench
from experiments.pairs.plan import TESTS, WAYS, Job, of_seed
from facegan.assemble import open_model
from facegan.data.degradations import enlarged
from facegan.evaluation.pictures import Column, coarse, grid
from facegan.files import write_whole

SPECS = {"psnr": ".2f", "ssim": ".3f", "kid": ".1f"}
HEADS = {"psnr": "PSNR, dB ↑", "ssim": "SSIM ↑", "kid": "KID ↓"}
SEEN = {"camera": "small faces of the camera", "bicubic": "small faces by bicubic shrinking"}
BASE = "bicubic interpolation"
SHOWN = 6


def write_all(results: BySeed, jobs: Sequence[Job], bench: Bench, folder: Path) -> None:
    """table.md, results.csv, figure.png, faces.jpg."""
    write_whole(folder / "results.csv", as_csv(results).encode())
    write_whole(folder / "table.md", as_markdown(results).encode())
    draw(panels(results), folder / "figure.png", height=4.0)
    raw = io.BytesIO()
    faces(of_seed(jobs, jobs[0].seed), bench).save(raw, format="JPEG", quality=90)
    write_whole(folder / "faces.jpg", raw.getvalue())


def as_csv(results: BySeed) -> str:
    """Every figure with its interval and the value of each seed."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["way", "test", "measure", "mean", "half_width", "values"])
    for way in WAYS:
        for test in TESTS:
            for measure in SPECS:
                if values := results.values(way, f"{test}/{measure}"):
                    found, each = interval(values), " ".join(f"{value:.4f}" for value in values)
                    writer.writerow([way, test, measure, f"{found.mean:.4f}", f"{found.half:.4f}", each])
    return out.getvalue()


def as_markdown(results: BySeed) -> str:
    """All ways under both tests, then the differences that the question asks for."""
    heads = [f"{HEADS[measure]}, {test}" for test in TESTS for measure in SPECS]
    lines = [f"| trained by | {' | '.join(heads)} | CPU s | runs |", f"|---|{'---|' * (len(heads) + 2)}"]
    for way, about in WAYS.items():
        shown = [_text(results.values(way, f"{t}/{m}"), SPECS[m]) for t in TESTS for m in SPECS]
        seconds = results.values(way, "cpu_seconds")
        cost = f"{sum(seconds) / len(seconds):.0f}" if seconds else "–"
        lines.append(f"| {about.title} | {' | '.join(shown)} | {cost} | {len(seconds)} of {len(results.seeds)} |")
    base = [f"{results.base[f'{test}/{measure}']:{SPECS[measure]}}" for test in TESTS for measure in SPECS]
    lines += [f"| – {BASE} | {' | '.join(base)} | | |", "", f"Failed runs: {results.failed} of {results.planned}.", ""]
    return "\n".join([*lines, *_differences(results)]) + "\n"


def _differences(results: BySeed) -> list[str]:
    """On small faces of the camera; those whose interval excludes 0 stand in bold."""
    lines = [f"| of the camera, less {WAYS['wrong'].title} | {' | '.join(HEADS.values())} |", "|---|---|---|---|"]
    for way in [way for way in WAYS if way != "wrong"]:
        gaps = {measure: results.differences(way, "wrong", f"camera/{measure}") for measure in SPECS}
        shown = [difference(values, SPECS[measure]) for measure, values in gaps.items()]
        lines.append(f"| {WAYS[way].title} | {' | '.join(shown)} |")
    return ["**Differences, seed by seed; in bold where the interval excludes 0**", "", *lines]


def _text(values: Sequence[float], spec: str) -> str:
    return f"{interval(values):{spec}}" if values else "–"


def panels(results: BySeed) -> list[Panel]:
    """A panel a measure: the ways side by side, a line for each test."""
    return [_panel(results, measure) for measure in SPECS]


def _panel(results: BySeed, measure: str) -> Panel:
    ways = [way for way in WAYS if results.values(way, f"camera/{measure}")]
    lines = [_line(results, ways, test, measure, place) for place, test in enumerate(TESTS)]
    ticks = {
        WAYS[way].title.replace(", ", ",\n").replace("of large", "of\nlarge"): float(x) for x, way in enumerate(ways)
    }
    level = {BASE: results.base[f"camera/{measure}"]}
    return Panel(title=HEADS[measure].rstrip(" ↑↓"), x="", y=HEADS[measure], lines=lines, levels=level, ticks=ticks)


def _line(results: BySeed, ways: Sequence[str], test: str, measure: str, place: int) -> Line:
    found = [interval(results.values(way, f"{test}/{measure}")) for way in ways]
    half = [each.bar for each in found]
    return Line(label=SEEN[test], x=[float(x) for x in range(len(ways))], y=[each.mean for each in found], half=half,
                colour=place, dash="dashed" if place else "solid")  # fmt: skip


def faces(jobs: Sequence[Job], bench: Bench) -> Image.Image:
    """A few faces of the camera, as each way of one seed makes them."""
    small, large = bench.small("camera")[::16][:SHOWN], bench.faces[::16][:SHOWN]
    columns = [Column("small", coarse(small, large.shape[-1])), Column("bicubic", enlarged(small, TIMES))]
    for job in jobs:
        made = getattr(open_model(job.folder)[0], "upscale")(small)  # noqa: B009
        columns.append(Column(WAYS[job.way].title.replace(", ", ",\n").replace("critic of ", "critic\nof "), made))
    return grid([[*columns, Column("face", large)]])
