"""Models that draw what is asked for, since a face is a formula, and mark it; and a judge that reads the mark.

The mark is the attribute's value, 1 or -1, in the first pixels of the first row. What bears none is a real face, which
the judge knows.
"""

from dataclasses import replace
from typing import ClassVar

import torch
from torch import Tensor

from facegan.attributes import positions
from facegan.data.twinfaces import ATTRIBUTES, render, sample
from facegan.data.twinfaces.look import LOOK
from facegan.evaluation.judges import Accuracy, Judge
from facegan.hallmarks.base import Subject
from facegan.models.base import Model, verb
from facegan.models.codes import Codes
from tests.hallmarks.editors import SIZE, nearest

REAL = 900  # faces of the stream that a hallmark looks at
LIGHT = [column.name for column in LOOK].index("light_x")


class Drawer(Model):
    """Edits, enlarges and exchanges faces at once; knows the real faces of a stream."""

    paper: ClassVar[str] = "none"
    verb_parts: ClassVar[tuple[str, ...]] = ()

    def __init__(self, attributes: tuple[str, ...], *, seed: int) -> None:
        super().__init__(image_size=SIZE, attributes=attributes, weights={})
        faces = sample(torch.arange(REAL), seed=seed, split="test")
        self.columns = positions(attributes, ATTRIBUTES)
        self.real, self.labels = render(faces, image_size=SIZE), faces.labels[:, self.columns]

    def marked(self, images: Tensor, values: Tensor) -> Tensor:
        images = images.clone()
        images[:, 0, 0, : values.shape[1]] = 2 * values - 1
        return images

    def shown(self, images: Tensor) -> Tensor:
        """The attributes that a face shows, N x K in {0, 1}."""
        mark = images[:, 0, 0, : len(self.attributes)]
        bears = (mark.abs() == 1).all(1, keepdim=True)
        return torch.where(bears, (mark > 0).float(), self.labels[nearest(images, self.real)])

    @verb
    def reconstruct(self, images: Tensor) -> Tensor:
        return images

    @verb
    def edit(self, images: Tensor, target: Tensor, source: Tensor, strength: float = 1.0, seed: int = 0) -> Tensor:
        values = torch.where(target.isnan(), source, target)
        return self.marked(images, values if strength > 0 else source)


class Enlarger(Drawer):
    """Knows which face a small one was; asked for nothing it gives that very face."""

    @verb
    def upscale(self, low: Tensor, attributes: Tensor) -> Tensor:
        side = low.shape[-1]
        found = nearest(low, torch.nn.functional.adaptive_avg_pool2d(self.real, side))
        return self.marked(self.real[found], torch.where(attributes.isnan(), self.labels[found], attributes))


class Exchanger(Drawer):
    """Gives the exemplar back."""

    @verb
    def transfer(self, images: Tensor, exemplars: Tensor, attribute: str) -> Tensor:
        return exemplars


class Generator(Drawer):
    """Draws new faces, lit from where the continuous code says; the code of a real face is its labels and noise."""

    def __init__(self, attributes: tuple[str, ...], *, seed: int) -> None:
        super().__init__(attributes, seed=seed)
        self.codes = Codes(categorical=(2,), continuous=1, prior="normal")

    @verb
    def encode(self, images: Tensor) -> Tensor:
        noise = torch.randn(len(images), 8, generator=torch.Generator().manual_seed(len(images)))
        return torch.cat([self.shown(images), noise], dim=1)

    @verb
    def generate(self, attributes: Tensor, seed: int = 0, codes: Tensor | None = None) -> Tensor:
        drawn = self.codes.numbers(len(attributes), torch.Generator().manual_seed(seed))
        numbers = drawn if codes is None else self.codes.filled(codes, drawn)
        faces = sample(torch.arange(len(attributes)), seed=seed + 1, split="train")
        labels, look = faces.labels.clone(), faces.look.clone()
        labels[:, self.columns] = torch.where(attributes.isnan(), labels[:, self.columns], attributes)
        look[:, LIGHT] = torch.special.ndtr(numbers[:, 1])
        return self.marked(render(replace(faces, labels=labels, look=look), image_size=SIZE), labels[:, self.columns])


class Coder(Generator):
    """The same by codes alone."""

    @verb
    def generate(self, attributes: Tensor, seed: int = 0) -> Tensor:
        drawn = Generator.generate.__wrapped__  # type: ignore[attr-defined]
        images: Tensor = drawn(self, torch.full((len(attributes), len(self.columns)), torch.nan), seed, attributes)
        return images


class Marked(Subject):
    """A subject whose judge reads marks."""

    def judge(self, *attributes: str) -> Judge:
        return MarkJudge(self.model)  # type: ignore[return-value]


class MarkJudge:
    def __init__(self, model: Model) -> None:
        assert isinstance(model, Drawer)
        self.model = model
        sure = Accuracy(sensitivity=1.0, specificity=1.0, balanced=1.0, having=1, lacking=1)
        self.accuracy = dict.fromkeys(model.attributes, sure)

    def logits(self, images: Tensor, attribute: str) -> Tensor:
        return 2 * self.model.shown(images)[:, self.model.attributes.index(attribute)] - 1
