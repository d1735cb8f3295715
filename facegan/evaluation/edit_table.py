"""The table of edits that a dashboard shows: one face a row, its pictures as cells, to be sorted and filtered."""

from functools import cache
from typing import Any

from torch import Tensor

from facegan.evaluation.asking import DIRECTIONS, Asked, Direction
from facegan.evaluation.cases import Case
from facegan.evaluation.judge_data import Splits
from facegan.evaluation.measures.twin import twin_error
from facegan.evaluation.pictures import to_picture
from facegan.evaluation.twin_cases import TwinCase, cases_of
from facegan.models.base import Model

COLUMNS = ("attribute", "direction", "source", "reconstruction", "exemplar", "edited", "true twin", "twin error")
FACES = 8  # of the validation split, in each direction

Row = tuple[Any, ...]


class EditTable:
    """Edits of fixed validation faces by any model that edits, as rows under COLUMNS; pictures are PIL images.

    A cell is None where there is nothing to show: no exemplar was asked for, or nobody knows the true answer.
    twin error: the face's own, as a fraction of doing nothing; lower is better.
    """

    columns = COLUMNS

    def __init__(self, splits: Splits, *, faces: int = FACES) -> None:
        self.splits, self.faces = splits, faces
        self._case = cache(self._make_case)

    def __call__(self, model: Model) -> list[Row]:
        """The rows; none for a model that edits nothing."""
        asked = [Asked(model, attribute) for attribute in model.attributes]
        editing = [one for one in asked if one.transfers or one.edits]
        return [row for one in editing for way in DIRECTIONS for row in self._rows(one, way)]

    def _make_case(self, attribute: str, direction: Direction, known: tuple[str, ...]) -> Case:
        return cases_of(self.splits("validation"), attribute, direction, known, self.faces)

    def _rows(self, asked: Asked, direction: Direction) -> list[Row]:
        case = self._case(asked.attribute, direction, asked.model.attributes)
        edited = asked.change(direction, case.source, case.labels, case.exemplar)
        exemplar = case.exemplar if asked.uses_exemplars(direction) else None
        twin, error = None, None
        if isinstance(case, TwinCase):
            twin = case.twin
            error = twin_error(edited, case.twin, case.source, case.changed).each.tolist()
        again = asked.reconstruct(case.source, case.labels) if asked.reconstructs else None
        shown = (case.source, again, exemplar, edited, twin)
        return [
            (asked.attribute, direction, *(_cell(faces, i) for faces in shown), error[i] if error else None)
            for i in range(len(edited))
        ]


def _cell(faces: Tensor | None, number: int) -> Any:
    return None if faces is None else to_picture(faces[number])
