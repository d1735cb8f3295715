"""The biased set of a seed, and the unedited faces on which classifiers are examined.

Legend: N faces, S pixels.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from experiments.augmentation.plan import PHI, Pair, Scale
from facegan.attributes import positions
from facegan.data.source import FaceSource
from facegan.data.twinfaces import TwinFaces, with_attribute
from facegan.data.twinfaces.source import to_bytes

# Far from any seed that a run would be given.
TEST_SEED = 881_207
HALF = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Set:
    """images: N x 3 x S x S uint8. task, bias: N, 0 or 1: what is to be recognised, and what goes with it."""

    images: Tensor
    task: Tensor
    bias: Tensor

    def __len__(self) -> int:
        return len(self.task)

    @property
    def rare(self) -> Tensor:
        """The faces of the two rare cells, N bool."""
        return self.task != self.bias

    @property
    def cell(self) -> Tensor:
        """The number of each face's cell, N from 0 to 3."""
        return (2 * self.task + self.bias).long()

    def __getitem__(self, which: Tensor) -> "Set":
        return Set(images=self.images[which], task=self.task[which], bias=self.bias[which])

    def joined(self, other: "Set") -> "Set":
        """Both sets' faces."""
        pairs = ((getattr(self, name), getattr(other, name)) for name in ("images", "task", "bias"))
        images, task, bias = (torch.cat(pair) for pair in pairs)
        return Set(images=images, task=task, bias=bias)


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What one seed has to do with.

    biased: the training set. exam: unedited faces of other persons, half of them rare. twins: faces of
    the biased set by number, with a value of the task's attribute, as they truly look, n x 3 x S x S uint8; None where
    nobody knows. data: the biased set as overrides of `facegan train`.
    """

    pair: Pair
    biased: Set
    exam: Set
    twins: Callable[[Tensor, int], Tensor] | None
    data: tuple[str, ...]


def drawn_source(scale: Scale, pair: Pair, seed: int) -> TwinFaces:
    """The biased set as a data set; no other seed has any face of it."""
    return TwinFaces(image_size=scale.image_size, size=scale.size, seed=seed, **biased(pair))


def drawn_overrides(scale: Scale, pair: Pair, seed: int) -> tuple[str, ...]:
    """The same set as overrides of `facegan train`."""
    return (
        "data=twinfaces",
        f"data.image_size={scale.image_size}",
        f"data.size={scale.size}",
        f"+data.seed={seed}",
        f"+data.phi={{{'-'.join(pair)}: {PHI}}}",
        f"+data.marginals={{{pair.task}: {HALF}, {pair.bias}: {HALF}}}",
    )


def biased(pair: Pair) -> dict[str, dict[str, float]]:
    """How TwinFaces are told that two attributes go together."""
    return {"phi": {"-".join(pair): PHI}, "marginals": dict.fromkeys(pair, HALF)}


def drawn_world(scale: Scale, pair: Pair, seed: int) -> World:
    """TwinFaces; the exam shows styles that no training set has, and is the same for all seeds."""
    source = drawn_source(scale, pair, seed)
    exam = TwinFaces(
        image_size=scale.image_size, size=2 * scale.tests, seed=TEST_SEED, split="test",
        marginals=dict.fromkeys(pair, HALF),
    )  # fmt: skip

    def twins(numbers: Tensor, value: int) -> Tensor:
        return to_bytes(source.render(with_attribute(source.faces(numbers), pair.task, value)))

    return World(
        pair=pair,
        biased=set_of(source, pair),
        exam=set_of(exam, pair),
        twins=twins,
        data=drawn_overrides(scale, pair, seed),
    )


def set_of(source: FaceSource, pair: Pair, numbers: Tensor | None = None) -> Set:
    """The faces of a data set, or those of these numbers."""
    numbers = torch.arange(len(source)) if numbers is None else numbers
    labels = source.labels[numbers]
    task, bias = positions(pair, source.attributes)
    return Set(images=source.images(numbers).clone().contiguous(), task=labels[:, task], bias=labels[:, bias])
