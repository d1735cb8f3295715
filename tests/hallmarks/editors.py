"""An editor that knows the answers, and a judge that never errs: what passes a hallmark, and fails it once broken."""

from dataclasses import replace
from typing import ClassVar

import torch
from torch import Tensor

from facegan.data.twinfaces.reference import style_blind_median
from facegan.evaluation.asking import VALUE
from facegan.evaluation.judges import Judge
from facegan.evaluation.twin_cases import TwinCase
from facegan.hallmarks.base import Subject
from facegan.models.base import Model, verb

SIZE = 16


class Knowing(Model):
    """Looks up the face that is nearest to what it is shown. Its pictures are a little pale, as any model's."""

    paper: ClassVar[str] = "none"
    verb_parts: ClassVar[tuple[str, ...]] = ()
    pale = 0.99

    def __init__(self, *cases: TwinCase) -> None:
        super().__init__(image_size=SIZE, attributes=(cases[0].attribute,), weights={})
        pairs = [(c.source, c.twin) if c.direction == "adding" else (c.twin, c.source) for c in cases]
        self.lacking = torch.cat([lacks for lacks, _ in pairs])
        self.having = torch.cat([has for _, has in pairs])

    @verb
    def reconstruct(self, images: Tensor) -> Tensor:
        return self.pale * images

    @verb
    def encode(self, images: Tensor) -> Tensor:
        return torch.randn(len(images), 4)

    @verb
    def edit(
        self, images: Tensor, target: Tensor, source: Tensor | None = None, strength: float = 1.0, seed: int = 0
    ) -> Tensor:
        on = (target == 1).view(-1, 1, 1, 1)
        there = torch.where(on, self._other(images, self.lacking, self.having), self._off(images))
        return (self.pale * (images + strength * (there - images))).clamp(-1, 1)

    def _off(self, images: Tensor) -> Tensor:
        """A face that lacks it already stays as it is."""
        off, known = self._other(images, self.having, self.lacking), torch.cat([self.having, self.lacking])
        lacks = nearest(images, known) >= len(self.having)
        return torch.where(lacks.view(-1, 1, 1, 1), images, off)

    @staticmethod
    def _other(images: Tensor, keys: Tensor, answers: Tensor) -> Tensor:
        return answers[nearest(images, keys)]


class KnowingStyles(Knowing):
    """Knows whose exemplar is whose; shown one exemplar for all, it knows that face's answer alone."""

    @verb
    def transfer(self, images: Tensor, exemplars: Tensor, attribute: str, strength: float = 1.0) -> Tensor:
        own = self._other(images, self.lacking, self.having)
        same = (exemplars == exemplars[:1]).all()
        return self.pale * (own[:1].expand_as(own) if same else own)


def nearest(images: Tensor, keys: Tensor) -> Tensor:
    """The number of the nearest key for each image."""
    return torch.cdist(images.flatten(1), keys.flatten(1)).argmin(1)


class Sure(Subject):
    """A subject whose judge knows the faces of the cases."""

    def judge(self, *attributes: str) -> Judge:
        return SureJudge(self.model)  # type: ignore[return-value]


class SureJudge:
    def __init__(self, model: Model) -> None:
        assert isinstance(model, Knowing)
        self.model = model

    def logits(self, images: Tensor, attribute: str) -> Tensor:
        having, lacking = self.model.having, self.model.lacking
        return 2.0 * (nearest(images, torch.cat([having, lacking])) < len(having)).float() - 1


def to_the_median(case: TwinCase) -> TwinCase:
    """The case with the style-blind twin as its answer: what a model that knows no styles should do."""
    median = style_blind_median(case.faces, case.attribute, VALUE[case.direction], image_size=SIZE, styles=16)
    return replace(case, twin=median)
