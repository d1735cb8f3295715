"""VAE/GAN's hallmark: the difference of two mean codes is an attribute, and moves the judge both ways."""

from collections.abc import Sequence

from PIL import Image
from torch import Tensor

from facegan.evaluation.asking import DIRECTIONS, VALUE, Direction
from facegan.evaluation.measures.success import judged_success
from facegan.evaluation.pictures import Column, grid
from facegan.evaluation.twin_cases import TwinCase
from facegan.hallmarks.base import Hallmark, Measured, Subject

ROWS = 4


class VAEGANHallmark(Hallmark):
    """attribute: the one that is looked at. faces: in each direction. strength: times the difference of mean codes."""

    def __init__(self, *, attribute: str = "Eyeglasses", faces: int = 256, strength: float = 2.0) -> None:
        self.attribute, self.faces, self.strength = attribute, faces, strength

    def measure(self, subject: Subject) -> Sequence[Measured]:
        """In each direction, how many more faces have the wanted value for the judge after the step than before."""
        return [self._moved(subject, direction) for direction in DIRECTIONS]

    def _moved(self, subject: Subject, direction: Direction) -> Measured:
        case, judge = subject.cases(self.attribute, direction, self.faces), subject.judge(self.attribute)
        shown = {
            strength: judged_success(
                judge.logits(self._step(subject, case, strength), self.attribute), VALUE[direction]
            ).pooled
            for strength in (0.0, 1.0, self.strength)
        }
        return Measured(
            name=f"moved_{direction}", unit="share", value=shown[self.strength] - shown[0.0], count=self.faces,
            means=f"{direction}: judged success of {self.strength:g} times the attribute vector, above that of none",
            lines={"success with none": shown[0.0], "with one": shown[1.0]},
        )  # fmt: skip

    def _step(self, subject: Subject, case: TwinCase, strength: float) -> Tensor:
        asked = subject.asked(self.attribute)
        return asked.change(case.direction, case.source, case.labels, case.exemplar, strength)

    def picture(self, subject: Subject) -> Image.Image:
        """Faces, themselves again, and some steps along the attribute vector."""
        groups = []
        for direction in DIRECTIONS:
            case = subject.cases(self.attribute, direction, ROWS)
            steps = [Column(f"x{s:g}", self._step(subject, case, s)) for s in (0.0, 1.0, self.strength)]
            groups.append([Column("source", case.source), *steps])
        return grid(groups, title=f"{self.attribute}: adding, removing")
