"""The hallmark of CycleGAN and DiscoGAN: the cycle closes, and not by a hidden message.

GeneGAN's authors (Zhou et al., BMVC 2017) blame such systems for glasses that are all alike and for backgrounds that
change; both are figures without a threshold.
"""

from collections.abc import Sequence

from PIL import Image
from torch import Tensor

from facegan.data.twinfaces import render, style_library, with_attribute
from facegan.data.twinfaces.reference import random_style, style_blind_median
from facegan.evaluation.asking import DIRECTIONS
from facegan.evaluation.measures.leftover import leftover, with_noise
from facegan.evaluation.measures.outside import outside
from facegan.evaluation.measures.retrieval import variety
from facegan.hallmarks.base import Hallmark, Measured, Subject
from facegan.hallmarks.two_way import BACK, Trip, move, success, trip, trips_picture

LIBRARY_SEED, MEDIAN_STYLES = 551_117, 16


class CycleHallmark(Hallmark):
    """attribute: the one that is put on and taken off. faces: in each direction. styles: of the library by which the
    variety is counted.
    """

    def __init__(self, *, attribute: str, faces: int, styles: int = 20) -> None:
        self.attribute, self.faces, self.styles = attribute, faces, styles

    def measure(self, subject: Subject) -> Sequence[Measured]:
        """In each direction: success, closure, and closure with noise in between; then variety and drift."""
        figures: list[Measured] = []
        for direction in DIRECTIONS:
            one = trip(subject, self.attribute, direction, self.faces)
            figures += [success(subject, self.attribute, one), *self._closes(subject, one), self._drift(one)]
            figures += [self._variety(subject, one)] if direction == "adding" else []
        return figures

    def _closes(self, subject: Subject, one: Trip) -> list[Measured]:
        noisy = with_noise(one.there, seed=subject.seed)
        back = move(subject, self.attribute, BACK[one.direction], one.case, noisy)
        alone = leftover(with_noise(one.case.source, seed=subject.seed), one.there, one.case.source).pooled
        lines = {} if one.direction == "adding" else {"style-blind median": self._median(subject, one)}
        noise = {"the noise alone": alone, **lines}
        said = f"{one.direction} and back: what is left of the edit"
        return [
            _leftover(f"closes_{one.direction}", said, one, one.back, lines),
            _leftover(f"closes_noisy_{one.direction}", f"{said}, with noise of 2/255 in between", one, back, noise),
        ]

    def _median(self, subject: Subject, one: Trip) -> float:
        """Of the way back to a face with the attribute: the least error without knowing its style."""
        median = style_blind_median(
            one.case.faces, self.attribute, 1, image_size=subject.image_size, styles=MEDIAN_STYLES
        )
        return leftover(median, one.there, one.case.source).pooled

    def _drift(self, one: Trip) -> Measured:
        moved = outside(one.there, one.case.source, one.case.may)
        return Measured(
            name=f"drift_{one.direction}", count=moved.count, value=moved.pooled,
            means=f"{one.direction}: the background's drift, mean |edited - source| outside, as a share of the range",
        )  # fmt: skip

    def _variety(self, subject: Subject, one: Trip) -> Measured:
        case, size = one.case, subject.image_size
        library = style_library(self.attribute, 1, self.styles, seed=LIBRARY_SEED)
        twins = [render(with_attribute(case.faces, self.attribute, 1, style), image_size=size) for style in library]
        true = random_style(case.faces, self.attribute, 1, image_size=size)
        return Measured(
            name="variety", count=len(true), value=variety(one.there, twins, case.may),
            means=f"effective number of styles that are put on, of {self.styles}",
            lines={"true twins in random styles": variety(true, twins, case.may)},
        )  # fmt: skip

    def picture(self, subject: Subject) -> Image.Image:
        """Faces there and back, both ways."""
        return trips_picture(subject, self.attribute)


def _leftover(name: str, means: str, one: Trip, back: Tensor, lines: dict[str, float]) -> Measured:
    stays = leftover(back, one.there, one.case.source)
    return Measured(name=name, means=means, value=stays.pooled, count=stays.count, unit="share", lines=lines)
