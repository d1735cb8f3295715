"""From accuracies to the table, the file of all numbers and the chart."""

import csv
import io
from collections.abc import Mapping
from pathlib import Path

from experiments.augmentation.measuring import Figures, Key
from experiments.augmentation.plan import ARMS, NAMES, Scale
from experiments.chart import Line, Panel, draw
from experiments.intervals import Interval, difference, interval
from facegan.files import write_whole

MEASURES = {"rare": "rare cells", "worst": "worst cell", "common": "common cells"}
FREE = ("nothing", "reweighting", "oversampling")
"""What gains are told over: doing nothing, and the remedies that cost nothing."""


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

    def gains(self, arm: str, over: str) -> list[float]:
        """Accuracy on rare cells less that of another arm on the same biased set, seed by seed; none over itself."""
        if arm == over:
            return []
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
    draw(panels(table), folder / f"figure{end}.png", width=9.4)


def as_csv(table: Table) -> str:
    """Every figure with its interval and the value of each seed."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["arm", "measure", "mean", "half_width", "values"])
    for arm in table.arms:
        gains = {f"gain over {over}": table.gains(arm, over) for over in FREE}
        rows = {**{measure: table.values(arm, measure) for measure in MEASURES}, **gains}
        for measure, values in rows.items():
            if values:
                found = interval(values)
                each = " ".join(f"{value:.4f}" for value in values)
                writer.writerow([arm, measure, f"{found.mean:.4f}", f"{found.half:.4f}", each])
    return out.getvalue()


def as_markdown(table: Table) -> str:
    """An arm a row; a gain on rare cells stands in bold where its interval excludes 0."""
    heads = ["accuracy, " + title for title in MEASURES.values()]
    heads += [f"rare cells, less {over}" for over in FREE]
    lines = [f"| the biased set and | {' | '.join(heads)} | runs |", f"|---|{'---|' * (len(heads) + 1)}"]
    for arm in table.arms:
        cells = [_percent(interval(table.values(arm, measure))) for measure in MEASURES]
        cells += [difference([100 * gain for gain in table.gains(arm, over)], ".1f") for over in FREE]
        lines.append(f"| {name_of(arm)} | {' | '.join(cells)} | {len(table.values(arm, 'rare'))} |")
    said = f"Failed runs: {table.failed} of {len(table.scale.images) * len(table.scale.seeds)}."
    return "\n".join([*lines, "", said, ""])


def _percent(found: Interval) -> str:
    return f"{100 * found.mean:.1f} ± {100 * found.half:.1f}"


def panels(table: Table) -> list[Panel]:
    """Accuracy on rare and on common cells, an arm beside the other."""
    places = [float(place) for place in range(len(table.arms))]
    lines = []
    for colour, measure in enumerate(("rare", "common")):
        found = [interval(table.values(arm, measure)) for arm in table.arms]
        half = [f.bar for f in found]
        lines.append(
            Line(label=MEASURES[measure], x=places, y=[f.mean for f in found], half=half, colour=colour, dash="none")
        )
    ticks = {_broken(name_of(arm)): place for arm, place in zip(table.arms, places, strict=True)}
    levels = {
        name: interval(table.values(arm, "rare")).mean
        for name, arm in (("nothing", "nothing"), ("true twins", "twins"))
        if arm in table.arms
    }
    return [Panel(title="Real, unedited faces", x="", y="accuracy", lines=lines, levels=levels, ticks=ticks, top=1.02)]


def _broken(name: str) -> str:
    """In short lines, as it stands below a chart."""
    return name.replace(" ", "\n").replace("reweighting", "re-\nweighting").replace("oversampling", "over-\nsampling")
