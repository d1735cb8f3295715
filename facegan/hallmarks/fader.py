"""Fader's hallmark: the code does not know the attribute, and so the slider does; beyond 1 too, and both ways."""

from collections.abc import Sequence

import torch
from PIL import Image
from torch import Tensor

from facegan.attributes import position
from facegan.data.twinfaces import ATTRIBUTES, render, sample
from facegan.data.twinfaces.reference import style_blind_median
from facegan.evaluation.asking import DIRECTIONS, VALUE, Direction
from facegan.evaluation.measures.degree import degree
from facegan.evaluation.measures.probe import probe
from facegan.evaluation.measures.ratio import Ratio
from facegan.evaluation.measures.success import judged_success
from facegan.evaluation.pictures import Column, grid
from facegan.evaluation.twin_cases import TwinCase
from facegan.hallmarks.base import Hallmark, Measured, Subject

STRENGTHS = (0.0, 0.5, 1.0, 1.5, 2.0)
STYLES = 16  # of the style-blind twin, to which the way is measured
ROWS = 4


class FaderHallmark(Hallmark):
    """attribute: the one that is looked at. faces: in each direction. codes: from which the probe learns in so many
    steps; half as many others examine it.
    """

    def __init__(self, *, attribute: str, faces: int, codes: int = 4000, steps: int = 1000) -> None:
        self.attribute, self.faces, self.codes, self.steps = attribute, faces, codes, steps

    def measure(self, subject: Subject) -> Sequence[Measured]:
        """The probe, and in each direction how the degree follows the strength."""
        figures = [self._probe(subject)]
        for direction in DIRECTIONS:
            figures += self._slider(subject, direction)
        return figures

    def _probe(self, subject: Subject) -> Measured:
        faces = sample(torch.arange(self.codes * 3 // 2), seed=subject.seed, split="test")
        labels = faces.labels[:, position(self.attribute, ATTRIBUTES)]
        encode = subject.verb("encode")
        codes = torch.cat([encode(render(faces[part], image_size=subject.image_size)) for part in _parts(len(faces))])
        learn, exam = slice(None, self.codes), slice(self.codes, None)
        right = probe(codes[learn], labels[learn], codes[exam], labels[exam], seed=subject.seed, steps=self.steps)
        return Measured(
            name="probe", means=f"a fresh probe on frozen codes finds {self.attribute} (balanced accuracy)",
            value=right.pooled, count=right.count, unit="share", lines={"chance": 0.5},
        )  # fmt: skip

    def _slider(self, subject: Subject, direction: Direction) -> list[Measured]:
        case = subject.cases(self.attribute, direction, self.faces)
        edits = self._edits(subject, case)
        twin = style_blind_median(
            case.faces, self.attribute, VALUE[direction], image_size=subject.image_size, styles=STYLES
        )
        degrees = [degree(edit, edits[0], twin, case.source, case.may) for edit in edits]
        judge, true = subject.judge(self.attribute), degree(case.twin, case.source, twin, case.source, case.may)
        success = [
            judged_success(judge.logits(image, self.attribute), VALUE[direction]) for image in (edits[2], case.twin)
        ]
        count = degrees[0].count
        return [
            Measured(
                name=f"follows_{direction}", unit="share", count=count, value=_rising(degrees),
                means=f"{direction}: faces whose degree grows at each step of strength 0, 0.5, 1, 1.5, 2",
            ),
            Measured(
                name=f"degree_{direction}", count=count, value=degrees[2].pooled, lines={"true twin": true.pooled},
                means=f"{direction}: degree at strength 1 (0 the source, 1 its style-blind twin)",
            ),
            Measured(
                name=f"beyond_{direction}", count=count, value=_over(degrees[4], degrees[2]),
                means=f"{direction}: degree at strength 2 over degree at 1",
            ),
            Measured(
                name=f"success_{direction}", unit="share", count=success[0].count, value=success[0].pooled,
                means=f"{direction}: judged success at strength 1", lines={"judge on true twins": success[1].pooled},
            ),
        ]  # fmt: skip

    def _edits(self, subject: Subject, case: TwinCase) -> list[Tensor]:
        asked = subject.asked(self.attribute)
        return [asked.change(case.direction, case.source, case.labels, case.exemplar, s) for s in STRENGTHS]

    def picture(self, subject: Subject) -> Image.Image:
        """Faces that lack the attribute, and some that have it, at all strengths."""
        groups = []
        for direction in DIRECTIONS:
            case = subject.cases(self.attribute, direction, ROWS)
            edits = zip(STRENGTHS, self._edits(subject, case), strict=True)
            groups.append([Column("source", case.source), *(Column(f"x{s:g}", faces) for s, faces in edits)])
        return grid(groups, title=f"{self.attribute}: adding, removing")


def _rising(degrees: Sequence[Ratio]) -> float:
    """The share of faces whose degree is larger at each step than at the one before."""
    each = torch.stack([one.each for one in degrees])
    known = each[0].isfinite()
    return float((each.diff(dim=0) > 0).all(dim=0)[known].float().mean())


def _over(above: Ratio, below: Ratio) -> float:
    """NaN where nothing was done at all."""
    return above.pooled / below.pooled if below.pooled > 1e-6 else float("nan")


def _parts(count: int) -> Sequence[slice]:
    return [slice(start, start + 500) for start in range(0, count, 500)]
