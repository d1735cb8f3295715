"""Table, numbers and chart."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from experiments.by_seed import BySeed
from experiments.chart import Line, Panel, draw
from experiments.intervals import difference, interval
from experiments.video.measuring import FACE, SPEEDS
from experiments.video.plan import WAYS
from facegan.files import write_whole

TESTS = (*(f"{speed:g}" for speed in SPEEDS), FACE)
HEADS = {test: f"camera {float(test):.0%} a frame" if test != FACE else "moving face" for test in TESTS}
BASE = "bicubic interpolation"


def write_all(results: BySeed, folder: Path) -> None:
    """table.md, results.csv, figure.png."""
    write_whole(folder / "results.csv", as_csv(results).encode())
    write_whole(folder / "table.md", as_markdown(results).encode())
    draw(panels(results), folder / "figure.png")


def as_csv(results: BySeed) -> str:
    """Every figure with its interval and the value of each seed."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["way", "test", "measure", "mean", "half_width", "values"])
    for way in WAYS:
        for test in TESTS:
            for measure in ("psnr", "flow"):
                if values := results.values(way, f"{test}/{measure}"):
                    found, each = interval(values), " ".join(f"{value:.4f}" for value in values)
                    writer.writerow([way, test, measure, f"{found.mean:.4f}", f"{found.half:.4f}", each])
    return out.getvalue()


def as_markdown(results: BySeed) -> str:
    """PSNR of all ways on all clips, what VESPCN gains over each, and the error of its flow."""
    heads = f"| {' | '.join(HEADS.values())} |"
    lines = [f"| PSNR of the middle frame, dB {heads} CPU s | runs |", f"|---|{'---|' * (len(TESTS) + 2)}"]
    for way, about in WAYS.items():
        shown = [_text(results.values(way, f"{test}/psnr"), ".2f") for test in TESTS]
        seconds = results.values(way, "cpu_seconds")
        cost = f"{sum(seconds) / len(seconds):.0f}" if seconds else "–"
        lines.append(f"| {about.title} | {' | '.join(shown)} | {cost} | {len(seconds)} of {len(results.seeds)} |")
    base = " | ".join(f"{results.base[f'{test}/psnr']:.2f}" for test in TESTS)
    lines += [f"| – {BASE} | {base} | | |", "", f"Failed runs: {results.failed} of {results.planned}.", ""]
    lines += ["**VESPCN's gain, dB, seed by seed; in bold where the interval excludes 0**", ""]
    lines += [f"| over {heads}", f"|---|{'---|' * len(TESTS)}"]
    for way in [way for way in WAYS if way != "moved"]:
        gains = [difference(results.differences("moved", way, f"{test}/psnr"), ".2f") for test in TESTS]
        lines.append(f"| {WAYS[way].title} | {' | '.join(gains)} |")
    return "\n".join([*lines, "", *_flow(results)]) + "\n"


def _flow(results: BySeed) -> list[str]:
    """The error of VESPCN's flow and what a flow of nothing errs by."""
    tests = [test for test in TESTS if test != FACE]
    found = " | ".join(_text(results.values("moved", f"{test}/flow"), ".3f") for test in tests)
    still = " | ".join(f"{results.base[f'{test}/still']:.3f}" for test in tests)
    return [
        "**Error of the flow, pixels of the small frame**",
        "",
        f"| | {' | '.join(HEADS[test] for test in tests)} |",
        f"|---|{'---|' * len(tests)}",
        f"| VESPCN | {found} |",
        f"| – no motion at all | {still} |",
    ]


def _text(values: Sequence[float], spec: str) -> str:
    return f"{interval(values):{spec}}" if values else "–"


def panels(results: BySeed) -> list[Panel]:
    """What neighbours are worth by the camera's speed, and how wrong the flow is."""
    percent = [100 * speed for speed in SPEEDS]
    tests = [f"{speed:g}" for speed in SPEEDS]
    worth = [
        _line(
            WAYS[way].title,
            percent,
            [results.differences(way, "alone", f"{test}/psnr") for test in tests],
            colour=place,
        )
        for place, way in enumerate(way for way in WAYS if way != "alone")
        if results.differences(way, "alone", f"{FACE}/psnr")
    ]
    flows = [results.values("moved", f"{test}/flow") for test in tests]
    wrong = [_line(WAYS["moved"].title, percent, flows, colour=2)] if all(flows) else []
    still = Line(label="no motion at all", x=percent, y=[results.base[f"{t}/still"] for t in tests], colour=4,
                 dash="dashed")  # fmt: skip
    x = "camera's fastest shift, % of the side in a frame"
    return [
        Panel(title="What neighbours are worth", x=x, y="dB over VESPCN, one frame", lines=worth, levels={"": 0.0}),
        Panel(title="Error of the flow", x=x, y="small pixels", lines=[*wrong, still], bottom=0.0),
    ]


def _line(label: str, x: Sequence[float], values: Sequence[Sequence[float]], *, colour: int) -> Line:
    found = [interval(each) for each in values]
    return Line(label=label, x=x, y=[e.mean for e in found], half=[e.bar for e in found], colour=colour)
