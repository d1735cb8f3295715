"""The protocol `superresolution`: the first faces of the test split, shrunk by the model and made large again.

One table: a column for the model, for bicubic interpolation, for doing nothing but agree, and for the mean that a model
may keep. There is neither attribute nor direction: figures are of `faces`, asked to be made large.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from PIL import Image
from torch import Tensor

from facegan.data.degradations import enlarged
from facegan.data.sampling import to_network
from facegan.data.source import FaceSource
from facegan.errors import UserError
from facegan.evaluation.asking import Verbs
from facegan.evaluation.cases import FIRST, any_faces, digest
from facegan.evaluation.embedders import Embedder
from facegan.evaluation.judges import Judge
from facegan.evaluation.measures.identity import likeness
from facegan.evaluation.measures.low import low_error
from facegan.evaluation.measures.patches import SMALLEST, swd
from facegan.evaluation.measures.realism import kid
from facegan.evaluation.measures.reconstruction import psnr, ssim
from facegan.evaluation.measures.upscaling import psnr_y, ssim_y
from facegan.evaluation.perceptual import Perceptual
from facegan.evaluation.pictures import Column, coarse, grid
from facegan.evaluation.result import Figure, Tally
from facegan.evaluation.settings import Settings
from facegan.evaluation.values import Values
from facegan.models.base import Model

NAME, VERSION = "superresolution", 2
TRUTH = "truth"  # the crowd that the others are held against
FACES = "faces"  # what stands where other protocols name an attribute
DETAILED = 256  # faces whose patches are compared


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What was found: numbers, the figures of each face of the model, a picture, and what was asked.

    task: the `scale` and the `degradation`; only runs that have both in common can be compared.
    """

    figures: tuple[Figure, ...]
    values: Values
    grid: Image.Image
    task: Mapping[str, Any]


def check_upscales(model: Model) -> None:
    """Raises UserError for a model that does not upscale, or only as a person whom this protocol does not name."""
    model.require("upscale")
    if model.takes("upscale", "exemplars"):
        raise UserError(f"{type(model).__name__} upscales to another person's face, which {NAME!r} does not ask for.")


def check_truths(source: FaceSource) -> None:
    """Raises UserError for a data set whose small pictures have no large ones that an answer could be held against."""
    if source.unpaired is not None:
        raise UserError(
            f"nobody knows the large faces of {source.unpaired.name}, the small pictures of this data set, so that "
            f"{NAME!r} cannot say how well they are enlarged; evaluate with data=div2k data.root=FOLDER for pairs, or "
            "data=folder data.root=FOLDER for large faces that the model's degradation shrinks."
        )


def measure(
    model: Model,
    source: FaceSource,
    settings: Settings,
    *,
    panel: Judge | None = None,
    embedder: Embedder | None = None,
    lpips: Perceptual | None = None,
    tick: Callable[[int, int], None] = lambda done, total: None,
) -> Measured:
    """Measures a model on the first faces of a data set; without panel, embedder or lpips nothing is said of what
    needs it.

    Leaves modes and random numbers alone; a degradation that draws random numbers draws the same ones every time.
    Raises UserError as `check_upscales` and `check_truths` do.
    """
    check_upscales(model)
    check_truths(source)
    images, labels = any_faces(source, model.attributes, settings.faces)
    table, own = _Table(model, panel, embedder, lpips), source.lows(torch.arange(len(images)))
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
        how = degradation_of(model, images[:FIRST], settings) if own is None else "the data set's own small faces"
    task = {"scale": model.image_size // model.low, "degradation": how}
    first = source.images(torch.arange(min(FIRST, len(images))))
    cases = {f"{FACES}/enlarging": digest(first, *(() if own is None else [own[:FIRST]]), str(len(images)), str(task))}
    values = Values(each=table.tally.values(), cases=cases)
    return Measured(figures=table.figures(), values=values, grid=grid([shown]), task=task)


def degradation_of(model: Model, images: Tensor, settings: Settings) -> str:
    """The degradation by name; one that draws with all that its draws depend on, without which nothing is paired."""
    first, second = (model.shrunk(images) for _ in range(2))
    drawn = f", drawn with seed {settings.seed} for {settings.chunk} faces at a time"
    return model.shrunk_by + ("" if torch.equal(first, second) else drawn)


class _Table:
    def __init__(self, model: Model, panel: Judge | None, embedder: Embedder | None, lpips: Perceptual | None) -> None:
        self.model, self.asked, self.panel, self.embedder, self.lpips = model, Verbs(model), panel, embedder, lpips
        self.tally, self.seen = Tally(FACES, "enlarging"), 0

    def lines(self, low: Tensor, labels: Tensor) -> dict[str, Tensor]:
        scale = self.model.image_size // self.model.low
        with torch.random.fork_rng(devices=range(torch.cuda.device_count())):  # what a model draws moves no small face
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
        self._keep(TRUTH, images)
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
            if self.lpips:
                found["lpips"] = self.lpips.distance(made, images)
            for name, ratio in found.items():
                self.tally.add(name, line, ratio)
            self._keep(line, made)
        self.seen += len(images)

    def pictures(self, images: Tensor, labels: Tensor, own: Tensor | None) -> list[Column]:
        low = self.model.shrunk(images) if own is None else own
        return [
            Column("small", coarse(low, images.shape[-1])),
            *(Column(line, made) for line, made in self.lines(low, labels).items()),
            Column("face", images),
        ]

    def figures(self) -> tuple[Figure, ...]:
        crowds = self.tally.kept("features")
        for line in [line for line in crowds if line != TRUTH]:
            found = kid(crowds[line], crowds[TRUTH], made_of_it=True)
            self.tally.add_whole("kid", line, found, len(crowds[line]))
        pictures = self.tally.kept("pictures")
        for line in [line for line in pictures if line != TRUTH]:
            self.tally.add_whole("swd", line, swd(pictures[line], pictures[TRUTH]), len(pictures[line]))
        return tuple(self.tally.figures())

    def _keep(self, line: str, images: Tensor) -> None:
        if self.panel:
            self.tally.keep("features", line, self.panel.look(images)[1])
        if self.seen < DETAILED and images.shape[-1] >= SMALLEST:
            self.tally.keep("pictures", line, images[: DETAILED - self.seen])
