"""The protocol `superresolution`: the first faces of the test split, shrunk by the model and made large again.

One table: a column for the model, for bicubic interpolation, for doing nothing but agree, and for the mean that a
model may keep. There is neither attribute nor direction, so that its results are of a form of their own.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch
from PIL import Image
from rich import box
from rich.console import Console
from rich.table import Table
from torch import Tensor

from facegan.data.degradations import enlarged
from facegan.data.sampling import to_network
from facegan.data.source import FaceSource
from facegan.errors import UserError
from facegan.evaluation.asking import Verbs
from facegan.evaluation.cases import any_faces, digest
from facegan.evaluation.embedders import Embedder
from facegan.evaluation.judges import Judge
from facegan.evaluation.measures.about import About
from facegan.evaluation.measures.identity import IDENTITY, likeness
from facegan.evaluation.measures.low import LOW_ERROR, low_error
from facegan.evaluation.measures.ratio import Ratio
from facegan.evaluation.measures.realism import KID, kid
from facegan.evaluation.measures.reconstruction import PSNR, SSIM, psnr, ssim
from facegan.evaluation.measures.upscaling import PSNR_Y, SSIM_Y, psnr_y, ssim_y
from facegan.evaluation.pictures import Column, coarse, grid
from facegan.evaluation.settings import Settings
from facegan.evaluation.values import Key, Values
from facegan.files import as_json, write_text
from facegan.models.base import Model

NAME, VERSION, FORMAT = "superresolution", 1, 1
LINES = {
    "model": "the model's answer",
    "bicubic": "bicubic interpolation",
    "agreeing": "the model's answer, brought to agree with the small face (invention 1)",
    "mean": "the answer of the mean that the model keeps (invention 0)",
}
ABOUT: tuple[About, ...] = (PSNR, SSIM, PSNR_Y, SSIM_Y, LOW_ERROR, IDENTITY, KID)
DIGITS = {"psnr": 2, "psnr_y": 2, "low_error": 5, "kid": 2}
ARROWS = {"lower": "↓", "higher": "↑", "neither": " "}


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One number: a measure, a key of LINES, its value, the faces behind it."""

    measure: str
    line: str
    value: float
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """A run under this protocol. training: what made the system; witnesses: who looked at persons and realism."""

    run: str
    model: str
    data: str
    image_size: int
    scale: int
    degradation: str
    faces: int
    figures: tuple[Figure, ...]
    training: Mapping[str, Any] = field(default_factory=dict)
    witnesses: Mapping[str, Any] = field(default_factory=dict)

    def value(self, measure: str, line: str = "model") -> float:
        """A figure; NaN where there is none."""
        found = (each.value for each in self.figures if (each.measure, each.line) == (measure, line))
        return next(found, float("nan"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What was found: numbers, the figures of each face of the model, and a picture."""

    figures: tuple[Figure, ...]
    values: Values
    grid: Image.Image


def check_upscales(model: Model) -> None:
    """Raises UserError for a model that does not upscale, or only as a person whom this protocol does not name."""
    model.require("upscale")
    if model.takes("upscale", "exemplars"):
        raise UserError(f"{type(model).__name__} upscales to another person's face, which {NAME!r} does not ask for.")


def measure(
    model: Model,
    source: FaceSource,
    settings: Settings,
    *,
    panel: Judge | None = None,
    embedder: Embedder | None = None,
    tick: Callable[[int, int], None] = lambda done, total: None,
) -> Measured:
    """Measures a model on the first faces of a data set; without panel or embedder nothing is said of what needs it.

    Leaves modes and random numbers alone; a degradation that draws random numbers draws the same ones every time.
    """
    check_upscales(model)
    images, labels = any_faces(source, model.attributes, settings.faces)
    table, own = _Table(model, panel, embedder), source.lows(torch.arange(len(images)))
    pairs = None if own is None else to_network(own)
    with torch.random.fork_rng(devices=range(torch.cuda.device_count())), torch.no_grad():
        torch.manual_seed(settings.seed)
        for start in range(0, len(images), settings.chunk):
            part = slice(start, start + settings.chunk)
            table.add(images[part], labels[part], None if pairs is None else pairs[part])
            tick(min(start + settings.chunk, len(images)), len(images))
        torch.manual_seed(settings.seed)
        rows = slice(settings.rows)
        shown = table.pictures(images[rows], labels[rows], None if pairs is None else pairs[rows])
    values = Values(each=table.each(), cases={"faces/enlarging": digest(model.shrunk(images[:8]), str(len(images)))})
    return Measured(figures=table.figures(), values=values, grid=grid([shown]))


class _Table:
    def __init__(self, model: Model, panel: Judge | None, embedder: Embedder | None) -> None:
        self.model, self.asked, self.panel, self.embedder = model, Verbs(model), panel, embedder
        self.ratios: dict[tuple[str, str], list[Ratio]] = {}
        self.features: dict[str, list[Tensor]] = {}

    def lines(self, low: Tensor, labels: Tensor) -> dict[str, Tensor]:
        scale = self.model.image_size // self.model.low
        lines = {"model": self.asked.upscale(low, labels), "bicubic": enlarged(low, scale).clamp(-1.0, 1.0)}
        if getattr(self.model, "keep_mean", False):
            dial = {"agreeing": 1.0, "mean": 0.0}
            lines |= {name: self.asked.upscale(low, labels, invention) for name, invention in dial.items()}
        return lines

    def add(self, images: Tensor, labels: Tensor, own: Tensor | None) -> None:
        """own: the data set's small faces, where it has pairs; else the model shrinks the large ones."""
        low = self.model.shrunk(images) if own is None else own
        border = self.model.image_size // self.model.low
        persons = self.embedder.embed(images) if self.embedder else None
        self._keep("real", images)
        for line, made in self.lines(low, labels).items():
            found = {
                "psnr": psnr(made, images),
                "ssim": ssim(made, images),
                "psnr_y": psnr_y(made, images, border=border),
                "ssim_y": ssim_y(made, images, border=border),
            }
            if own is None:
                found["low_error"] = low_error(made, low, shrink=self.model.shrunk)
            if self.embedder and persons is not None:
                found["identity"] = likeness(self.embedder.embed(made), persons)
            for name, ratio in found.items():
                self.ratios.setdefault((name, line), []).append(ratio)
            self._keep(line, made)

    def pictures(self, images: Tensor, labels: Tensor, own: Tensor | None) -> list[Column]:
        low = self.model.shrunk(images) if own is None else own
        return [
            Column("small", coarse(low, images.shape[-1])),
            *(Column(line, made) for line, made in self.lines(low, labels).items()),
            Column("face", images),
        ]

    def figures(self) -> tuple[Figure, ...]:
        joined = {key: Ratio.join(parts) for key, parts in self.ratios.items()}
        found = [Figure(measure=m, line=li, value=r.pooled, count=r.count) for (m, li), r in joined.items()]
        crowds = {line: torch.cat(parts) for line, parts in self.features.items()}
        found += [
            Figure(measure="kid", line=line, value=kid(crowd, crowds["real"]), count=len(crowd))
            for line, crowd in crowds.items()
            if line != "real"
        ]
        return tuple(found)

    def each(self) -> dict[Key, Ratio]:
        return {
            ("faces", "enlarging", name): Ratio.join(parts)
            for (name, line), parts in self.ratios.items()
            if line == "model"
        }

    def _keep(self, line: str, images: Tensor) -> None:
        if self.panel:
            self.features.setdefault(line, []).append(self.panel.look(images)[1])


def write_result(path: Path, result: Result) -> None:
    """The result as one JSON file, written whole; what could not be measured is null."""
    write_text(path, as_json({"format": FORMAT, "protocol": NAME, "version": VERSION, **asdict(result)}))


def print_result(result: Result, console: Console) -> None:
    """The table on a terminal."""
    console.print(
        f"{result.model} on {result.data}, {result.scale} times to {result.image_size} pixels by {result.degradation}, "
        f"protocol {NAME} v{VERSION}, {result.faces} faces"
    )
    lines = [line for line in LINES if any(figure.line == line for figure in result.figures)]
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("↓ lower, ↑ higher is better")
    for line in lines:
        table.add_column(line, justify="right", style="bold cyan" if line == "model" else None)
    for about in ABOUT:
        values = [result.value(about.name, line) for line in lines]
        if any(value == value for value in values):
            cells = (f"{value:.{DIGITS.get(about.name, 3)}f}" if value == value else "–" for value in values)
            table.add_row(f"{ARROWS[about.better]} {about.title}", *cells)
    console.print(table)
    console.print("; ".join(f"{line}: {LINES[line]}" for line in lines), style="dim", highlight=False)
