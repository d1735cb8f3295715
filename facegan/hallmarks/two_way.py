"""What the hallmarks of systems with a way there and a way back share."""

from dataclasses import dataclass

from PIL import Image
from torch import Tensor

from facegan.evaluation.asking import DIRECTIONS, VALUE, Direction
from facegan.evaluation.measures.success import judged_success
from facegan.evaluation.pictures import Column, grid
from facegan.evaluation.twin_cases import TwinCase
from facegan.hallmarks.base import Measured, Subject

ROWS = 4
BACK: dict[Direction, Direction] = {"adding": "removing", "removing": "adding"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Trip:
    """Faces that were edited, and edited back. there, back: N x 3 x S x S in [-1, 1]."""

    direction: Direction
    case: TwinCase
    there: Tensor
    back: Tensor


def trip(subject: Subject, attribute: str, direction: Direction, faces: int) -> Trip:
    """Fresh faces there and back. Models without exemplars only, since there are none for the way back."""
    case = subject.cases(attribute, direction, faces)
    there = move(subject, attribute, direction, case, case.source)
    return Trip(
        direction=direction, case=case, there=there, back=move(subject, attribute, BACK[direction], case, there)
    )


def move(subject: Subject, attribute: str, direction: Direction, case: TwinCase, images: Tensor) -> Tensor:
    """Images of the case's faces, edited in a direction."""
    return subject.asked(attribute).change(direction, images, case.labels, case.exemplar)


def success(subject: Subject, attribute: str, one: Trip) -> Measured:
    """How many faces the report judge sees edited, beside what it sees in the true twins."""
    judge, value = subject.judge(attribute), VALUE[one.direction]
    edited, true = (judged_success(judge.logits(image, attribute), value) for image in (one.there, one.case.twin))
    return Measured(
        name=f"success_{one.direction}", unit="share", count=edited.count, value=edited.pooled,
        means=f"{one.direction}: judged success", lines={"judge on true twins": true.pooled},
    )  # fmt: skip


def trips_picture(subject: Subject, attribute: str, *, residuals: bool = False) -> Image.Image:
    """Faces there and back, in both directions. residuals: what the edit adds, too, on grey."""
    groups = []
    for direction in DIRECTIONS:
        one = trip(subject, attribute, direction, ROWS)
        added = [Column("residual", one.there - one.case.source)] if residuals else []
        groups.append(
            [
                Column("source", one.case.source), *added, Column(direction, one.there), Column("and back", one.back),
                Column("A TRUE\nTWIN" if direction == "adding" else "TRUE TWIN", one.case.twin),
            ]
        )  # fmt: skip
    return grid(groups, title=attribute)
