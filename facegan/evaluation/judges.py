"""Judges: classifiers that say whether a face has an attribute, with their own accuracy beside every verdict.

Two roles never mix: the judge that reports does not select checkpoints. They differ in network, seed and data.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from facegan.attributes import position
from facegan.evaluation.judge_data import Lesson, Role
from facegan.evaluation.judge_networks import JudgeNetwork
from facegan.evaluation.judge_training import Recipe

VERSION = 1
RECIPES: Mapping[Role, Recipe] = {
    "report": Recipe(block="residual", width=16, seed=20_260),
    "selection": Recipe(block="plain", width=16, seed=31_370, steps=500),
}
TRUSTED = {"twinfaces": 0.95, "photos": 0.85}
CHUNK = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Accuracy:
    """On faces that the judge never saw; all in 0 to 1, higher is better.

    sensitivity: the share of faces with the attribute that it recognises; specificity: of those without;
    balanced: the mean of the two; having, lacking: how many faces there were.
    """

    sensitivity: float
    specificity: float
    balanced: float
    having: int
    lacking: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Judge:
    """A trained classifier. key: a hash of everything that made it."""

    network: JudgeNetwork
    attributes: tuple[str, ...]
    accuracy: Mapping[str, Accuracy]
    role: Role
    key: str

    @torch.no_grad()
    def logits(self, images: Tensor, attribute: str) -> Tensor:
        """N logits, above 0 for "has it"; images N x 3 x S x S in [-1, 1]. Raises UnknownAttributeError."""
        place = position(attribute, self.attributes)
        return torch.cat([self.network(part)[:, place] for part in chunks(images)])


def chunks(images: Tensor) -> list[Tensor]:
    """The images in portions that fit the memory of any machine."""
    return [images[start : start + CHUNK] for start in range(0, len(images), CHUNK)]


@torch.no_grad()
def examine(network: JudgeNetwork, exam: Lesson, attributes: tuple[str, ...]) -> dict[str, Accuracy]:
    """The accuracy for every attribute on faces that the network never saw; unknown labels count for nothing."""
    parts = chunks(exam.images())
    says = torch.cat([network(part.float() / 127.5 - 1) for part in parts]) > 0
    return {name: _accuracy(says[:, k], exam.labels[:, k]) for k, name in enumerate(attributes)}


def _accuracy(says: Tensor, labels: Tensor) -> Accuracy:
    having, lacking = labels == 1, labels == 0
    sensitivity = float(says[having].float().mean()) if having.any() else float("nan")
    specificity = float((~says[lacking]).float().mean()) if lacking.any() else float("nan")
    return Accuracy(
        sensitivity=sensitivity,
        specificity=specificity,
        balanced=(sensitivity + specificity) / 2,
        having=int(having.sum()),
        lacking=int(lacking.sum()),
    )
