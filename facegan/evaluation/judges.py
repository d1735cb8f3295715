"""Judges: classifiers that say whether a face has an attribute, with their own accuracy beside every verdict.

Two roles never mix: a judge that reports does not select checkpoints. They differ in network, seed and data. Two more
report: the `second`, of another architecture, so that no edit succeeds by one network's habits alone, and the `panel`,
one judge for many attributes, by which all runs on a data set are measured.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import torch
from torch import Tensor, nn

from facegan.attributes import position
from facegan.evaluation.judge_data import Lesson, Role
from facegan.evaluation.judge_networks import Classifier
from facegan.evaluation.judge_training import Recipe
from facegan.evaluation.patch_judge import PatchRecipe
from facegan.evaluation.wear import as_seen

VERSION = 2
RECIPES: Mapping[Role, Recipe] = {
    "report": Recipe(block="residual", width=16, seed=20_260),
    "second": PatchRecipe(width=32, seed=73_110),
    "panel": Recipe(block="residual", width=16, seed=41_480, steps=2_000),
    "selection": Recipe(block="plain", width=16, seed=31_370, steps=500),
}
TRUSTED = {"twinfaces": 0.95, "photos": 0.85, "phototwins": 0.85, "headline": 0.85}
CHUNK = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Accuracy:
    """On faces that the judge never saw; all in 0 to 1, higher is better.

    sensitivity: the share of faces with the attribute that it recognises; specificity: of those without;
    balanced: the mean of the two; having, lacking: how many faces there were. gap: the mean logit of those that have
    it less that of those that do not, which makes logits of several attributes comparable.

    hits, misses, silences, alarms: in all copies of a picture (`wear.as_seen`) it says yes, or no, of a face that has
    it; no, or yes, of one that has it not.
    """

    sensitivity: float
    specificity: float
    balanced: float
    having: int
    lacking: int
    gap: float = float("nan")
    hits: float = float("nan")
    misses: float = float("nan")
    silences: float = float("nan")
    alarms: float = float("nan")

    @property
    def confusion(self) -> dict[str, int]:
        """How many faces were taken for what."""
        found, cleared = (
            round(share * count) if count else 0
            for share, count in ((self.sensitivity, self.having), (self.specificity, self.lacking))
        )
        return {
            "true_positives": found,
            "false_negatives": self.having - found,
            "true_negatives": cleared,
            "false_positives": self.lacking - cleared,
        }

    def lasting(self, value: int) -> tuple[float, float]:
        """How often verdicts for a value (0 or 1) hold in all copies: of faces that have it, of faces that do not."""
        return (self.hits, self.alarms) if value else (self.silences, self.misses)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judge:
    """A trained classifier. key: a hash of everything that made it."""

    network: Classifier
    attributes: tuple[str, ...]
    accuracy: Mapping[str, Accuracy]
    role: Role
    key: str

    def facts(self) -> dict[str, Any]:
        """Its card, as plain values. checksum: of the weights themselves, which machines round differently."""
        return {
            "key": self.key,
            "version": VERSION,
            "checksum": checksum(self.network),
            "accuracy": {name: asdict(one) | {"confusion": one.confusion} for name, one in self.accuracy.items()},
        }

    @torch.no_grad()
    def logits(self, images: Tensor, attribute: str) -> Tensor:
        """N logits, above 0 for "has it"; images N x 3 x S x S in [-1, 1]. Raises UnknownAttributeError."""
        return self.verdicts(images)[:, position(attribute, self.attributes)]

    @torch.no_grad()
    def look(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """Logits N x K and the features N x D before them, in one pass; images N x 3 x S x S in [-1, 1]."""
        features = torch.cat([self.network.features(part) for part in chunks(images)])
        return self.network.head(features), features

    @torch.no_grad()
    def verdicts(self, images: Tensor) -> Tensor:
        """N x K logits, of every attribute; images N x 3 x S x S in [-1, 1]."""
        return torch.cat([self.network(part) for part in chunks(images)])


def checksum(network: nn.Module) -> str:
    """SHA-256 of all weights, its first 16 digits."""
    found = hashlib.sha256()
    for name, value in sorted(network.state_dict().items()):
        found.update(name.encode() + value.contiguous().numpy().tobytes())
    return found.hexdigest()[:16]


def chunks(images: Tensor) -> list[Tensor]:
    """The images in portions that fit the memory of any machine."""
    return [images[start : start + CHUNK] for start in range(0, len(images), CHUNK)]


@torch.no_grad()
def examine(network: Callable[[Tensor], Tensor], exam: Lesson, attributes: tuple[str, ...]) -> dict[str, Accuracy]:
    """The accuracy for every attribute on faces that the network never saw; unknown labels count for nothing."""
    parts = chunks(exam.images())
    logits = torch.cat(
        [torch.stack([network(copy) for copy in as_seen(part.float() / 127.5 - 1)]) for part in parts], 1
    )
    return {name: accuracy_of(logits[..., k], exam.labels[:, k]) for k, name in enumerate(attributes)}


def accuracy_of(logits: Tensor, labels: Tensor) -> Accuracy:
    """Of verdicts on faces whose labels, N, are known.

    logits: V x N, of V copies of each picture, the plain one first.
    """
    having, lacking = labels == 1, labels == 0
    says, always, never = logits[0] > 0, (logits > 0).all(0), (logits <= 0).all(0)
    sensitivity, specificity = _share(says[having]), _share(~says[lacking])
    return Accuracy(
        sensitivity=sensitivity,
        specificity=specificity,
        balanced=(sensitivity + specificity) / 2,
        having=int(having.sum()),
        lacking=int(lacking.sum()),
        gap=float(logits[0, having].mean() - logits[0, lacking].mean()),
        hits=_share(always[having]),
        misses=_share(never[having]),
        silences=_share(never[lacking]),
        alarms=_share(always[lacking]),
    )


def _share(found: Tensor) -> float:
    return float(found.float().mean()) if len(found) else float("nan")
