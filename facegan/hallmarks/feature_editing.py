"""The hallmark of feature interpolation: no generator, and yet a step in feature space changes what a face shows."""

import time
from collections.abc import Sequence

from PIL import Image
from torch import Tensor

from facegan.evaluation.asking import DIRECTIONS, VALUE, Direction
from facegan.evaluation.measures.outside import outside
from facegan.evaluation.measures.success import judged_success
from facegan.evaluation.pictures import Column, grid
from facegan.evaluation.twin_cases import TwinCase
from facegan.hallmarks.base import Hallmark, Measured, Subject

ROWS = 3


class FeatureHallmark(Hallmark):
    """attributes: those that are looked at. faces: in each direction; an edit is optimised and takes seconds."""

    def __init__(self, *, attributes: Sequence[str] = ("Eyeglasses", "Smiling"), faces: int = 64) -> None:
        self.attributes, self.faces = tuple(attributes), faces

    def measure(self, subject: Subject) -> Sequence[Measured]:
        """For each attribute and direction what the step turns, and what it drags along; and the time of an edit."""
        figures, spent = [], 0.0
        for attribute in self.attributes:
            for direction in DIRECTIONS:
                case = subject.cases(attribute, direction, self.faces)
                began = time.perf_counter()
                edited = self._edited(subject, case)
                spent += time.perf_counter() - began
                figures += self._figures(subject, case, edited)
        count = len(figures) // 2 * self.faces
        time_each = Measured(
            name="seconds", value=spent / count, count=count,
            means="seconds per image at strength 1, pictures of a batch together; of this machine and this moment",
        )  # fmt: skip
        return [*figures, time_each]

    def _figures(self, subject: Subject, case: TwinCase, edited: Tensor) -> list[Measured]:
        judge, name, value = subject.judge(*self.attributes), case.attribute, VALUE[case.direction]

        def turned(images: Tensor) -> tuple[float, int]:
            """Of the faces in which the judge does not see the wanted value yet."""
            before = judged_success(judge.logits(case.source, name), value).each == 0
            after = judged_success(judge.logits(images, name), value).each[before]
            return (float(after.mean()) if len(after) else float("nan")), len(after)

        share, count = turned(edited)
        dragged = outside(edited, case.source, case.may)
        return [
            Measured(
                name=f"turned_{case.direction}_{name}", unit="share", value=share, count=count,
                means=f"{case.direction} {name}: faces judged otherwise at first that the step turns",
                lines={"true twins": turned(case.twin)[0]},
            ),
            Measured(
                name=f"outside_{case.direction}_{name}", value=dragged.pooled, count=dragged.count,
                means=f"{case.direction} {name}: change outside the attribute's place, share of the range",
            ),
        ]  # fmt: skip

    def _edited(self, subject: Subject, case: TwinCase) -> Tensor:
        return subject.asked(case.attribute).change(case.direction, case.source, case.labels, case.exemplar)

    def picture(self, subject: Subject) -> Image.Image:
        """The first faces, edited, and their true twins."""
        return grid(
            [self._group(subject, name, way) for name in self.attributes for way in DIRECTIONS], title=self._title
        )

    @property
    def _title(self) -> str:
        return "; ".join(f"adding and removing {name}" for name in self.attributes)

    def _group(self, subject: Subject, attribute: str, direction: Direction) -> list[Column]:
        case = subject.cases(attribute, direction, ROWS)
        return [
            Column("source", case.source),
            Column(direction, self._edited(subject, case)),
            Column("twin", case.twin),
        ]
