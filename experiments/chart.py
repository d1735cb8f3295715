"""Charts for experiments: panels of lines with intervals, in one look, as a light PNG."""

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from PIL import Image

COLOURS = ("#1f5eff", "#d9480f", "#2b8a3e", "#7048e8", "#495057")
DASHES = {"solid": "-", "dashed": (0, (5, 2)), "dotted": (0, (1.2, 1.6)), "none": ""}
LOOK = {
    "font.size": 10, "axes.titlesize": 11, "axes.titleweight": "bold", "axes.titlelocation": "left",
    "axes.spines.top": False, "axes.spines.right": False, "axes.grid": True, "grid.color": "#e4e7ec",
    "axes.edgecolor": "#98a2b3", "legend.frameon": False,
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Line:
    """x, y: its points. half: half widths of their intervals. colour: a number among COLOURS. dash: of DASHES."""

    label: str
    x: Sequence[float]
    y: Sequence[float]
    half: Sequence[float] = ()
    colour: int = 0
    dash: str = "solid"
    marker: str = "o"


@dataclass(frozen=True, kw_only=True)
class Panel:
    """levels: horizontal lines to read the others against, by label. ticks: the places on the x axis, by label."""

    title: str
    x: str
    y: str
    lines: Sequence[Line]
    levels: dict[str, float] = field(default_factory=dict)
    ticks: dict[str, float] = field(default_factory=dict)
    bottom: float | None = None
    top: float | None = None


def draw(panels: Sequence[Panel], path: Path, *, width: float = 4.4, height: float = 3.6, dpi: int = 110) -> None:
    """Writes the panels side by side, with one legend of all labels below."""
    with rc_context(LOOK):
        figure = Figure(figsize=(width * len(panels), height + 0.9))
        axes = figure.subplots(1, len(panels), squeeze=False)
        for panel, place in zip(panels, axes[0], strict=True):
            _fill(place, panel)
        found = {label: h for place in axes[0] for h, label in zip(*place.get_legend_handles_labels(), strict=True)}
        figure.legend(found.values(), found.keys(), loc="lower center", ncols=min(len(found), 3), fontsize=9)
        rows = -(-len(found) // 3)
        figure.tight_layout(rect=(0, 0.02 + 0.055 * rows, 1, 1), w_pad=2.5)
        _save(figure, path, dpi)


def _fill(place: Axes, panel: Panel) -> None:
    for line in panel.lines:
        style = {"color": COLOURS[line.colour], "linestyle": DASHES[line.dash], "marker": line.marker, "markersize": 4}
        place.errorbar(line.x, line.y, yerr=line.half or None, label=line.label, capsize=2.5, elinewidth=1, **style)
    for label, value in panel.levels.items():
        place.axhline(value, color="#98a2b3", linewidth=1)
        place.annotate(label, (1, value), xycoords=("axes fraction", "data"), xytext=(0, 3),
                       textcoords="offset points", ha="right", fontsize=8, color="#667085")  # fmt: skip
    if panel.ticks:
        place.set_xticks(list(panel.ticks.values()), list(panel.ticks))
    place.set(title=panel.title, xlabel=panel.x, ylabel=panel.y)
    place.set_ylim(panel.bottom, panel.top)


def _save(figure: Figure, path: Path, dpi: int) -> None:
    """In 64 colours, which no line chart misses, and with nothing of the day or the machine in the file."""
    raw = io.BytesIO()
    figure.savefig(raw, format="png", dpi=dpi)
    light = Image.open(raw).convert("RGB").quantize(64, dither=Image.Dither.NONE)
    path.parent.mkdir(parents=True, exist_ok=True)
    light.save(path, optimize=True)
