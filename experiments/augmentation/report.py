"""From accuracies to the table, the file of all numbers and the chart."""

import csv
import io
from collections.abc import Mapping
from pathlib import Path

from experiments.augmentation.measuring import Figures, Key
from experiments.augmentation.plan import ARMS, NAMES, Scale
from experiments.chart import Line, Panel, draw
from experiments.intervals import Interval, interval
from facegan.files import write_whole

MEASURES = {"rare": "rare cells", "worst": "worst cell", "common": "common cells"}


class Table:
    """Accuracies by arm, over seeds."""

    def __init__(self, figures: Mapping[Key, Figures], scale: Scale) -> None:
        self.figures, self.scale = figures, scale
        order = [*(arm for arm in ARMS if arm != "twins"), *scale.images, "twins"]
        self.arms = [arm for arm in order if any(found == arm for found, _ in figures)]
        self.lost = {arm: len(scale.seeds) - len(self.values(arm, "rare")) for arm in order if arm != "twins"}

    def values(self, arm: str, measure: str) -> list[float]:
        """One for each seed whose run came to its end."""
        return [self.figures[arm, seed][measure] for seed in self.scale.seeds if (arm, seed) in self.figures]

    def gains(self, arm: str, over: str = "nothing") -> list[float]:
        """Accuracy on rare cells less that of another arm on the same biased set, seed by seed."""
        both = [seed for seed in self.scale.seeds if {(arm, seed), (over, seed)} <= set(self.figures)]
        return [self.figures[arm, seed]["rare"] - self.figures[over, seed]["rare"] for seed in both]

    @property
    def failed(self) -> int:
        """Runs of systems that never came to their end."""
        return sum(count for arm, count in self.lost.items() if arm in self.scale.images)


def name_of(arm: str) -> str:
    """How a reader calls an arm."""
    return ARMS.get(arm) or f"edits by {NAMES[arm]}"


def write_all(table: Table, folder: Path, data: str) -> None:
    """table, results and figure; on photographs these have the name of the data beside them."""
    end = "" if data == "drawings" else f"-{data}"
    write_whole(folder / f"results{end}.csv", as_csv(table).encode())
    write_whole(folder / f"table{end}.md", as_markdown(table).encode())
    draw(panels(table), folder / f"figure{end}.png", width=8.6)


def as_csv(table: Table) -> str:
    """Every figure with its interval and the value of each seed."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["arm", "measure", "mean", "half_width", "values"])
    for arm in table.arms:
        rows = {**{measure: table.values(arm, measure) for measure in MEASURES}, "gain": table.gains(arm)}
        for measure, values in rows.items():
            if values:
                found = interval(values)
                each = " ".join(f"{value:.4f}" for value in values)
                writer.writerow([arm, measure, f"{found.mean:.4f}", f"{found.half:.4f}", each])
    return out.getvalue()


def as_markdown(table: Table) -> str:
    """An arm a row; a gain is told from chance where its interval excludes 0."""
    heads = ["accuracy, " + title for title in MEASURES.values()]
    lines = [
        f"| the biased set and | {' | '.join(heads)} | gain on rare cells | told from 0 | runs |",
        f"|---|{'---|' * (len(heads) + 3)}",
    ]
    for arm in table.arms:
        cells = [_percent(interval(table.values(arm, measure))) for measure in MEASURES]
        runs = len(table.values(arm, "rare"))
        lines.append(f"| {name_of(arm)} | {' | '.join(cells)} | {' | '.join(_gain(table, arm))} | {runs} |")
    said = f"Failed runs: {table.failed} of {len(table.scale.images) * len(table.scale.seeds)}."
    return "\n".join([*lines, "", said, ""])


def _gain(table: Table, arm: str) -> tuple[str, str]:
    gains = table.gains(arm)
    if arm == "nothing" or not gains:
        return "–", "–"
    found = interval(gains)
    return _percent(found, "+.1f"), "yes" if found.told else "no"


def _percent(found: Interval, spec: str = ".1f") -> str:
    return f"{100 * found.mean:{spec}} ± {100 * found.half:.1f}"


def panels(table: Table) -> list[Panel]:
    """Accuracy on rare and on common cells, an arm beside the other."""
    places = [float(place) for place in range(len(table.arms))]
    lines = []
    for colour, (measure, dash) in enumerate((("rare", "solid"), ("common", "dotted"))):
        found = [interval(table.values(arm, measure)) for arm in table.arms]
        half = [f.bar for f in found]
        lines.append(
            Line(label=MEASURES[measure], x=places, y=[f.mean for f in found], half=half, colour=colour, dash=dash)
        )
    ticks = {name_of(arm).replace(" ", "\n"): place for arm, place in zip(table.arms, places, strict=True)}
    levels = {
        name: interval(table.values(arm, "rare")).mean
        for name, arm in (("nothing", "nothing"), ("true twins", "twins"))
        if arm in table.arms
    }
    return [Panel(title="Real, unedited faces", x="", y="accuracy", lines=lines, levels=levels, ticks=ticks)]
