"""The identity-guided Conditional CycleGAN's hallmark: a small face becomes the person who was asked for."""

from collections.abc import Sequence

from PIL import Image
from torch import Tensor
from torch.nn import functional as F

from facegan.evaluation.measures.persons import own_person
from facegan.evaluation.measures.recovered import TRUSTED, gauge
from facegan.evaluation.pictures import Column, coarse, grid
from facegan.evaluation.twin_cases import TwinCase
from facegan.hallmarks.base import Hallmark, Measured, Subject

ROWS = 4


class IdentityCycleGANHallmark(Hallmark):
    """faces: as many exemplars, other persons. persons: among whom the asked one is sought. low: a face's side.

    steps: of the training of the network that reads factors off faces.
    """

    def __init__(self, *, faces: int = 256, persons: int = 20, low: int = 8, steps: int = 500) -> None:
        self.faces, self.persons, self.low, self.steps = faces, persons, low, steps

    def measure(self, subject: Subject) -> Sequence[Measured]:
        """By what a network reads off faces that was trained on TwinFaces alone, never by the model's own embedder."""
        case = self._case(subject, self.faces)
        swapped = own_person(
            self._read(subject, self._swapped(subject, case)), self._read(subject, case.exemplar), persons=self.persons
        )
        small = F.interpolate(F.adaptive_avg_pool2d(case.exemplar, self.low), size=subject.image_size, mode="bilinear")
        blurred = own_person(self._read(subject, small), self._read(subject, case.exemplar), persons=self.persons)
        return [
            Measured(
                name="asked_person", unit="share", value=swapped.pooled, count=swapped.count,
                means=f"small faces that became the asked person: nearest to the exemplar of {self.persons}",
                lines={"chance": 1 / self.persons, "the exemplar itself, small and enlarged": blurred.pooled},
            )
        ]  # fmt: skip

    def _read(self, subject: Subject, images: Tensor) -> Tensor:
        """The factors of a face that the gauge can be trusted with."""
        read = gauge(subject.image_size, steps=self.steps)
        return read(images)[:, read.trust >= min(TRUSTED, float(read.trust.max()))]

    def _case(self, subject: Subject, count: int) -> TwinCase:
        """Faces and other persons; the attribute by which they are drawn is of no matter."""
        return subject.cases("Eyeglasses", "adding", count)

    @staticmethod
    def _swapped(subject: Subject, case: TwinCase) -> Tensor:
        return subject.verb("transfer")(case.source, case.exemplar, "identity").clamp(-1.0, 1.0)

    def picture(self, subject: Subject) -> Image.Image:
        """Faces as the model gets them, exemplars, and what came of both."""
        case = self._case(subject, ROWS)
        small = coarse(F.adaptive_avg_pool2d(case.source, self.low), subject.image_size)
        swapped, again = self._swapped(subject, case), subject.verb("reconstruct")(case.source)
        return grid(
            [
                [Column("face", case.source), Column("given", small), Column("own\nidentity", again)],
                [Column("exemplar", case.exemplar), Column("exemplar's\nidentity", swapped)],
            ],
            title="Persons exchanged",
        )
