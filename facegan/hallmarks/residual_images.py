"""The hallmark of residual images: what an edit adds lies where the attribute is, and the other generator undoes it."""

from collections.abc import Sequence

from PIL import Image

from facegan.evaluation.asking import DIRECTIONS, VALUE
from facegan.evaluation.measures.degree import degree
from facegan.evaluation.measures.inside import inside
from facegan.evaluation.measures.leftover import leftover
from facegan.hallmarks.base import Hallmark, Measured, Subject
from facegan.hallmarks.two_way import BACK, Trip, success, trip, trips_picture


class ResidualImagesHallmark(Hallmark):
    """attribute: the one that is put on and taken off. faces: in each direction."""

    def __init__(self, *, attribute: str, faces: int) -> None:
        self.attribute, self.faces = attribute, faces

    def measure(self, subject: Subject) -> Sequence[Measured]:
        """In each direction: success, where the residual lies, and what stays after the other generator."""
        figures: list[Measured] = []
        for direction in DIRECTIONS:
            one = trip(subject, self.attribute, direction, self.faces)
            figures += [success(subject, self.attribute, one), _inside(one), *_undone(one), self._again(subject, one)]
        return figures

    def _again(self, subject: Subject, one: Trip) -> Measured:
        """Judged edited after one generator, and as before after both."""
        judge, wanted = subject.judge(self.attribute), bool(VALUE[one.direction])
        there, back = (judge.logits(image, self.attribute) > 0 for image in (one.there, one.back))
        both = (there == wanted) & (back != wanted)
        return Measured(
            name=f"again_{one.direction}", unit="share", count=len(both), value=float(both.float().mean()),
            means=f"{one.direction}: judged as edited, and after {BACK[one.direction]} as it was",
        )  # fmt: skip

    def picture(self, subject: Subject) -> Image.Image:
        """Faces, residuals, edits and the way back."""
        return trips_picture(subject, self.attribute, residuals=True)


def _inside(one: Trip) -> Measured:
    share = inside(one.there, one.case.source, one.case.may)
    area = float(one.case.may.float().mean())
    return Measured(
        name=f"inside_{one.direction}", unit="share", count=share.count, value=share.pooled,
        means=f"{one.direction}: share of the residual where the attribute can show",
        lines={"share of the pixels there": area},
    )  # fmt: skip


def _undone(one: Trip) -> list[Measured]:
    """Of the first residual, the part that the second takes away: other changes that it makes are told apart."""
    case = one.case
    stays = degree(one.back, case.source, one.there, case.source, case.may)
    apart = leftover(one.back, one.there, case.source)
    said = f"after {one.direction} and {BACK[one.direction]}"
    return [
        Measured(
            name=f"undone_{one.direction}", unit="share", count=stays.count, value=stays.pooled,
            means=f"{said}: what stays of the first residual (projected on it, where the attribute can show)",
        ),
        Measured(
            name=f"apart_{one.direction}", unit="share", count=apart.count, value=apart.pooled,
            means=f"{said}: distance from the source, as a share of the first residual",
        ),
    ]  # fmt: skip
