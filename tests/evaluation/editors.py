"""Editors whose worth is known, and judges that need no training."""

from collections.abc import Callable
from typing import ClassVar

import torch
from torch import Tensor, nn

from facegan.evaluation.judge_networks import JudgeNetwork
from facegan.evaluation.judges import Accuracy, Judge
from facegan.evaluation.twin_cases import fresh_cases
from facegan.models.base import Model, verb

Change = Callable[[Tensor], Tensor]
SIZE = 16


class Editor(Model):
    """Does to every face what it is told. Its dropout, batch norm and random numbers betray a careless caller."""

    paper: ClassVar[str] = "none"
    verb_parts: ClassVar[tuple[str, ...]] = ("part",)

    def __init__(
        self, change: Change, *, attributes: tuple[str, ...] = ("Eyeglasses",), again: Change | None = None
    ) -> None:
        super().__init__(image_size=SIZE, attributes=attributes, weights={})
        self.part = nn.Sequential(nn.Linear(2, 2), nn.Dropout(), nn.BatchNorm1d(2))
        self.change, self.again = change, again or (lambda images: images)

    @verb
    def reconstruct(self, images: Tensor) -> Tensor:
        self.part(torch.rand(4, 2))
        return self.again(images)

    @verb
    def edit(self, images: Tensor, target: Tensor, source: Tensor | None = None, strength: float = 1.0) -> Tensor:
        self.part(torch.rand(4, 2))
        return self.change(images)


class Transferer(Editor):
    """The same with the verb that looks at exemplars."""

    @verb
    def transfer(self, images: Tensor, exemplars: Tensor, attribute: str) -> Tensor:
        self.part(torch.rand(4, 2))
        return self.change(images)


def knowing_twins(count: int, seed: int, *, attribute: str = "Eyeglasses") -> Change:
    """The perfect edit of the protocol's faces: it looks the answer up. Other faces stay as they are."""
    answers: dict[bytes, Tensor] = {}
    for direction in ("adding", "removing"):
        case = fresh_cases(
            attribute=attribute, direction=direction, attributes=(attribute,), count=count, image_size=SIZE, seed=seed
        ).at(slice(0, count))
        answers |= {face.numpy().tobytes(): twin for face, twin in zip(case.source, case.twin, strict=True)}
    return lambda images: torch.stack([answers.get(face.contiguous().numpy().tobytes(), face) for face in images])


def untrained_judge(attributes: tuple[str, ...] = ("Eyeglasses",), *, balanced: float = 0.99) -> Judge:
    """Verdicts without meaning, at once; its accuracy is claimed."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(5)
        network = JudgeNetwork(block="plain", width=8, image_size=SIZE, outputs=len(attributes)).eval()
    claimed = Accuracy(sensitivity=balanced, specificity=balanced, balanced=balanced, having=10, lacking=10)
    return Judge(
        network=network, attributes=attributes, accuracy=dict.fromkeys(attributes, claimed), role="report", key="0" * 16
    )
