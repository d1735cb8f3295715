"""From figures of runs to the tables, the file of all numbers and the chart."""

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path

from experiments.chart import Line, Panel, draw
from experiments.intervals import difference, interval
from experiments.losses.choosing import Results, best_game, comparisons
from experiments.losses.measuring import Figures
from experiments.losses.plan import MODELS, Cell, cells
from facegan.files import write_whole

SPECS = {"success": ".2f", "weaker": ".2f", "twin_error": ".2f", "kid": ".1f", "psnr": ".2f", "cpu_seconds": ".0f"}
HEADS = {
    "success": "success", "weaker": "weaker direction", "twin_error": "twin error, removing", "kid": "KID",
    "psnr": "PSNR", "cpu_seconds": "CPU seconds",
}  # fmt: skip
COMPARED = ("success", "twin_error", "kid", "psnr")
NAMES = {
    "none": "none", "nonsaturating": "non-saturating", "least_squares": "least squares", "hinge": "hinge",
    "relativistic": "relativistic", "wasserstein_clip": "Wasserstein, clipped", "wasserstein_gp": "Wasserstein GP",
    "wasserstein_gp_onesided": "Wasserstein GP, one-sided", "r1": "R1", "l1": "L1", "l2": "L2", "ms_ssim": "MS-SSIM",
    "perceptual": "perceptual",
}  # fmt: skip


def write_all(results: Results, levels: Mapping[str, Figures], folder: Path) -> None:
    """table.md, results.csv, figure.png. levels: what figures are read against, by name."""
    write_whole(folder / "results.csv", as_csv(results).encode())
    write_whole(folder / "table.md", as_markdown(results, levels).encode())
    draw(panels(results, levels), folder / "figure.png", height=4.2)


def as_csv(results: Results) -> str:
    """Every figure with its interval and the value of each seed."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["model", "adversarial", "reconstruction", "rate", "measure", "mean", "half_width", "values"])
    for (model, cell), rate in results.rates.items():
        for measure in SPECS:
            if values := results.values(model, cell, measure):
                found, each = interval(values), " ".join(f"{value:.4f}" for value in values)
                key = [model, cell.adversary, cell.reconstruction, f"{rate:g}", measure]
                writer.writerow([*key, f"{found.mean:.4f}", f"{found.half:.4f}", each])
    return out.getvalue()


def as_markdown(results: Results, levels: Mapping[str, Figures]) -> str:
    """All cells, then the comparisons, then which adversary is best and which are not told from it."""
    return "\n".join([_cells(results, levels), _answers(results), _best(results)])


def _cells(results: Results, levels: Mapping[str, Figures]) -> str:
    seeds = len(results.scale.seeds)
    lines = [f"| model | adversary | distance | {' | '.join(HEADS.values())} | runs |", f"|---|---|---|{'---|' * 7}"]
    for model, cell in results.rates:
        found = {measure: results.values(model, cell, measure) for measure in SPECS}
        shown = [f"{interval(values):{SPECS[measure]}}" if values else "–" for measure, values in found.items()]
        runs = f"{len(found['success'])} of {seeds}"
        lines.append(f"| {MODELS[model].name} | {_name(cell)} | {' | '.join(shown)} | {runs} |")
    for name, figures in levels.items():
        shown = [f"{figures[m]:{spec}}" if m in figures else "–" for m, spec in SPECS.items()]
        lines.append(f"| – {name} | | | {' | '.join(shown)} | |")
    return "\n".join([*lines, "", f"Failed runs: {results.failed} of {results.planned}.", ""])


def _answers(results: Results) -> str:
    """Differences whose interval excludes 0 stand in bold."""
    heads = " | ".join(HEADS[measure] for measure in COMPARED)
    lines = [f"| question | model | adversary | distance | {heads} |", f"|---|---|---|---|{'---|' * len(COMPARED)}"]
    for asked in comparisons(results.scale):
        shown = [difference(results.differences(asked, measure), SPECS[measure]) for measure in COMPARED]
        lines.append(f"| {asked.why} | {MODELS[asked.model].name} | {_name(asked.cell)} | {' | '.join(shown)} |")
    return "\n".join(["**Differences, seed by seed; in bold where the interval excludes 0**", "", *lines, ""])


def _best(results: Results) -> str:
    lines = ["| model | best success at L1 | not told from it |", "|---|---|---|"]
    for model in results.scale.images:
        if MODELS[model].game:
            best, rest = (", ".join(NAMES[c.adversary] for c in found) or "–" for found in best_game(results, model))
            lines.append(f"| {MODELS[model].name} | {best} | {rest} |")
    return "\n".join(["**Which adversary?**", "", *lines, ""])


def _name(cell: Cell) -> str:
    return f"{NAMES[cell.adversary]} | {NAMES[cell.reconstruction]}"


def panels(results: Results, levels: Mapping[str, Figures]) -> list[Panel]:
    """Success by adversary at L1; KID and PSNR by distance, without an adversary and at hinge."""
    return [
        _panel(results, "Adversary, at L1", "success", "adversary", ["l1"], levels),
        _panel(results, "Distance: realism", "kid", "reconstruction", ["none", "hinge"], levels),
        _panel(results, "Distance: likeness", "psnr", "reconstruction", ["none", "hinge"], {}),
    ]


def _panel(
    results: Results, title: str, measure: str, by: str, fixed: Sequence[str], levels: Mapping[str, Figures]
) -> Panel:
    """by: what varies along x, adversary or reconstruction; fixed: the values of the other, a line each."""
    other = "reconstruction" if by == "adversary" else "adversary"
    found = [cell for model in results.scale.images for cell in cells(model, results.scale)]
    kinds = list(dict.fromkeys(getattr(cell, by) for cell in found if getattr(cell, other) in fixed))
    lines = [
        _line(results, model, measure, [Cell(**{by: kind, other: value}) for kind in kinds], colour, place)
        for colour, model in enumerate(results.scale.images)
        for place, value in enumerate(fixed)
        if not (place and MODELS[model].game is None)
    ]
    shown = {name: figures[measure] for name, figures in levels.items() if measure in figures}
    ticks = {NAMES[kind].replace(" ", "\n").replace("-", "-\n"): float(place) for place, kind in enumerate(kinds)}
    return Panel(title=title, x="", y=HEADS[measure], lines=lines, levels=shown, ticks=ticks)


def _line(results: Results, model: str, measure: str, row: Sequence[Cell], colour: int, place: int) -> Line:
    """Points that no run came to are left out. place: 0 solid, 1 dashed."""
    there = [(float(x), results.values(model, cell, measure)) for x, cell in enumerate(row)]
    kept = [(x, interval(values)) for x, values in there if values]
    half = [found.bar for _, found in kept]
    label = MODELS[model].name + (", hinge" if place else "")
    return Line(label=label, x=[x for x, _ in kept], y=[f.mean for _, f in kept], half=half, colour=colour,
                dash="dashed" if place else "solid")  # fmt: skip
