"""GeneGAN's hallmark: the exemplar's own glasses arrive, in styles never trained on, and nothing else comes along."""

from collections.abc import Sequence

import torch
from PIL import Image
from torch import Tensor

from facegan.data.twinfaces import Faces, exemplar_twin, render, sample, style_library, with_attribute
from facegan.data.twinfaces.reference import style_blind_median
from facegan.evaluation.measures.outside import outside
from facegan.evaluation.measures.ratio import Ratio
from facegan.evaluation.measures.retrieval import retrieval
from facegan.evaluation.measures.twin import twin_error
from facegan.evaluation.pictures import Column, grid
from facegan.evaluation.twin_cases import TwinCase, TwinCases, split_by
from facegan.hallmarks.base import Hallmark, Measured, Subject

BLOCK, ROWS, LIBRARY_SEED = 4096, 6, 551_117


class GeneGANHallmark(Hallmark):
    """attribute: the one that is transferred. faces: how many. gallery: the styles, all held out of training, among
    which the exemplar's own has to be found. eyes_aligned: whether the faces are, in training and here.
    """

    def __init__(self, *, attribute: str, faces: int, gallery: int = 20, eyes_aligned: bool = False) -> None:
        self.attribute, self.faces, self.gallery, self.eyes_aligned = attribute, faces, gallery, eyes_aligned

    def measure(self, subject: Subject) -> Sequence[Measured]:
        """Retrieval of the style, what the code of a face without the attribute holds, and what happens outside."""
        cases, case, asked = *self.cases(subject, self.faces), subject.asked(self.attribute)
        put_on = asked.change("adding", case.source, case.labels, case.exemplar)
        again = asked.reconstruct(case.source, case.labels)
        nulled = asked.change("removing", case.source, case.labels, case.exemplar)
        floor = asked.reconstruct(case.twin, case.labels)
        return [
            *self._retrievals(subject, cases, case, {"model": put_on, "own reconstruction of the true twin": floor}),
            Measured(
                name="nulled", count=len(put_on), value=_over(again - nulled, put_on - nulled),
                means="|J(B, e) - J(B, 0)| over |J(B, x) - J(B, 0)|: what a face that lacks it holds of the attribute",
            ),
            self._outside(case, put_on, again),
            self._twin_error(subject, case, put_on),
        ]  # fmt: skip

    def cases(self, subject: Subject, count: int) -> tuple[TwinCases, TwinCase]:
        """Faces that lack the attribute, and exemplars that wear it in styles held out of training."""
        lacking = split_by(self._sample(torch.arange(4 * count + 64), subject.seed), self.attribute, 0)
        cases = TwinCases(
            faces=lacking[:count], exemplars=self._held_out(subject.seed + 1, count), attribute=self.attribute,
            direction="adding", attributes=subject.model.attributes, image_size=subject.image_size,
        )  # fmt: skip
        return cases, cases.at(slice(0, count))

    def _held_out(self, seed: int, count: int) -> Faces:
        """The first `count` test faces that wear a held-out style."""
        found, start = list[Tensor](), 0
        while sum(map(len, found)) < count:
            faces = split_by(self._sample(torch.arange(start, start + BLOCK), seed), self.attribute, 1)
            found.append(faces.index[faces.held_out(self.attribute)])
            start += BLOCK
        return self._sample(torch.cat(found)[:count], seed)

    def _sample(self, index: Tensor, seed: int) -> Faces:
        return sample(index, seed=seed, split="test", eyes_aligned=self.eyes_aligned)

    def _retrievals(
        self, subject: Subject, cases: TwinCases, case: TwinCase, edits: dict[str, Tensor]
    ) -> list[Measured]:
        """Each face in its exemplar's style, among others of the held-out ones, and among others of all."""
        number, size = torch.arange(len(case.source)), subject.image_size
        alike = [
            render(exemplar_twin(case.faces, cases.exemplars[number.roll(-step)], self.attribute), image_size=size)
            for step in range(1, self.gallery)
        ]
        library = style_library(self.attribute, 1, self.gallery - 1, seed=LIBRARY_SEED)
        others = [render(with_attribute(case.faces, self.attribute, 1, style), image_size=size) for style in library]
        return [
            self._retrieval("retrieval", "all held out of training", edits, [case.twin, *alike], case),
            self._retrieval("retrieval_any", "of all kinds but the exemplar's", edits, [case.twin, *others], case),
        ]

    def _retrieval(
        self, name: str, kind: str, edits: dict[str, Tensor], twins: list[Tensor], case: TwinCase
    ) -> Measured:
        found = {line: retrieval(image, twins, case.may).pooled for line, image in edits.items()}
        return Measured(
            name=name, unit="share", count=len(case.source), value=found.pop("model"),
            means=f"edits nearest to the twin in the exemplar's own style, of {self.gallery} styles, {kind}",
            lines={"chance": 1 / self.gallery, **found},
        )  # fmt: skip

    def _outside(self, case: TwinCase, put_on: Tensor, again: Tensor) -> Measured:
        edit, own = (outside(image, case.source, case.may) for image in (put_on, again))
        return Measured(
            name="outside", count=edit.count, value=edit.pooled / own.pooled if own.pooled > 0 else float("nan"),
            means="|J(B, x) - B| over |J(B, e) - B| where no glasses can show: what the edit drags along",
        )  # fmt: skip

    def _twin_error(self, subject: Subject, case: TwinCase, put_on: Tensor) -> Measured:
        median = style_blind_median(case.faces, self.attribute, 1, image_size=subject.image_size, styles=16)
        found: list[Ratio] = [twin_error(image, case.twin, case.source, case.changed) for image in (put_on, median)]
        return Measured(
            name="twin_error", count=found[0].count, value=found[0].pooled,
            means="error to the exemplar's twin, as a fraction of doing nothing",
            lines={"style-blind median": found[1].pooled},
        )  # fmt: skip

    def picture(self, subject: Subject) -> Image.Image:
        """Faces, exemplars, and what came of both."""
        case, asked = self.cases(subject, ROWS)[1], subject.asked(self.attribute)
        edits = Column("J(B, x)", asked.change("adding", case.source, case.labels, case.exemplar))
        return grid(
            [
                [Column("B", case.source), Column("exemplar A", case.exemplar), edits, Column("TRUE TWIN", case.twin)],
                [
                    Column("J(B, e)", asked.reconstruct(case.source, case.labels)),
                    Column("J(B, 0)", asked.change("removing", case.source, case.labels, case.exemplar)),
                ],
            ],
            title=f"{self.attribute} of an exemplar, in styles never trained on",
        )


def _over(above: Tensor, below: Tensor) -> float:
    """Mean |above| over mean |below|; NaN where nothing was done."""
    done = float(below.abs().mean())
    return float(above.abs().mean()) / done if done > 1e-6 else float("nan")
