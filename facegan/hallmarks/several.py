"""The hallmark of systems that edit by attribute vector: on and off, several at once, the same person after it."""

from collections.abc import Sequence

import torch
from PIL import Image
from torch import Tensor

from facegan.evaluation.asking import DIRECTIONS, VALUE, Direction
from facegan.evaluation.measures.outside import outside
from facegan.evaluation.measures.persons import own_person
from facegan.evaluation.measures.ratio import Ratio
from facegan.evaluation.measures.success import judged_success
from facegan.evaluation.pictures import Column, grid
from facegan.evaluation.twin_cases import TwinCase
from facegan.hallmarks.base import Hallmark, Measured, Subject

ROWS = 3


class SeveralHallmark(Hallmark):
    """faces: in each direction of each attribute. persons: among whom an edited face has to be found again."""

    def __init__(self, *, faces: int = 128, persons: int = 20) -> None:
        self.faces, self.persons = faces, persons

    def measure(self, subject: Subject) -> Sequence[Measured]:
        """Each attribute by itself, the worst of them in each direction; then all of them together."""
        return [*(figure for way in DIRECTIONS for figure in self._single(subject, way)), self._together(subject)]

    def _single(self, subject: Subject, direction: Direction) -> list[Measured]:
        found = {name: self._one(subject, name, direction) for name in subject.model.attributes}
        success = {name: shown for name, (shown, _, _) in found.items()}
        kept = {name: Ratio.of(shown.above * own.above) for name, (shown, own, _) in found.items()}
        worst, lost = (min(ratios, key=lambda name: ratios[name].pooled) for ratios in (success, kept))
        return [
            Measured(
                name=f"success_{direction}", unit="share", value=success[worst].pooled, count=self.faces,
                means=f"{direction}: judged success of the attribute that fares worst ({worst})",
            ),
            Measured(
                name=f"kept_{direction}", unit="share", value=kept[lost].pooled, count=self.faces,
                means=f"{direction}: faces that show it and are nearest to their own twin, of {self.persons} persons "
                f"({lost}, the worst)", lines={"chance": 1 / self.persons},
            ),
            Measured(
                name=f"outside_{direction}", unit="share", count=self.faces,
                value=Ratio.join([ratio for _, _, ratio in found.values()]).pooled,
                means=f"{direction}: mean change where the attribute cannot show, as a share of the range",
            ),
        ]  # fmt: skip

    def _one(self, subject: Subject, name: str, direction: Direction) -> tuple[Ratio, Ratio, Ratio]:
        """Judged success, whether the person is found again, and the change outside."""
        case = subject.cases(name, direction, self.faces)
        edited = subject.asked(name).change(direction, case.source, case.labels, case.exemplar)
        logits = subject.judge(*subject.model.attributes).logits(edited, name)
        own = own_person(edited, case.twin, persons=self.persons)
        return judged_success(logits, VALUE[direction]), own, outside(edited, case.source, case.may)

    def _together(self, subject: Subject) -> Measured:
        names = subject.model.attributes
        case = subject.cases(names[0], "adding", self.faces)
        edited, judge = self._turned(subject, case), subject.judge(*names)
        wanted = 1 - case.labels
        right = [judged_success(judge.logits(edited, name), wanted[:, k]).above for k, name in enumerate(names)]
        return Measured(
            name="together", unit="share", value=float(torch.stack(right).amin(0).mean()), count=self.faces,
            means=f"faces with all {len(names)} attributes turned at once that show every one as asked",
        )  # fmt: skip

    @staticmethod
    def _turned(subject: Subject, case: TwinCase) -> Tensor:
        """Every attribute of the faces turned into its opposite."""
        edited = subject.verb("edit")(case.source, 1 - case.labels, source=case.labels)
        return edited.clamp(-1.0, 1.0)

    def picture(self, subject: Subject) -> Image.Image:
        """Each attribute put on and taken off, and all turned at once."""
        groups = []
        for name in subject.model.attributes:
            columns = []
            for direction in DIRECTIONS:
                case = subject.cases(name, direction, ROWS)
                edited = subject.asked(name).change(direction, case.source, case.labels, case.exemplar)
                columns += [Column("source", case.source), Column(direction, edited)]
            groups.append(columns)
        case = subject.cases(subject.model.attributes[0], "adding", ROWS)
        groups.append([Column("source", case.source), Column("all\nturned", self._turned(subject, case))])
        return grid(groups, title=", ".join(subject.model.attributes))
