"""The score that chooses a run's best checkpoint (higher is better); no judge that reports has a say in it."""

from collections.abc import Mapping
from functools import cache

from torch import Tensor

from facegan.evaluation.asking import DIRECTIONS, VALUE, Asked, Verbs
from facegan.evaluation.cases import Case, any_faces
from facegan.evaluation.judge_cache import find_judge
from facegan.evaluation.judge_data import Splits
from facegan.evaluation.measures.outside import RANGE
from facegan.evaluation.measures.ratio import Ratio
from facegan.evaluation.measures.reconstruction import psnr
from facegan.evaluation.measures.success import judged_success
from facegan.evaluation.measures.twin import twin_error
from facegan.evaluation.settings import OPTIMISED_FACES
from facegan.evaluation.twin_cases import TwinCase, cases_of
from facegan.models.base import Model

FACES = 128  # of the validation split, in each direction


class Validation:
    """Scores models of one run on fixed validation faces; rendered, and judged where needed, from the first call on.

    With twins and `transfer`: 1 - mean twin error of adding and removing, without any judge. Else: the judged success
    of the weaker direction minus the mean reconstruction error (share of the range), by the selection judge. A model
    that edits no attribute has the reconstruction error alone; one whose edits are optimised is shown fewer faces.
    """

    def __init__(self, splits: Splits, *, faces: int = FACES) -> None:
        self.faces = faces
        self.splits = splits
        self._cases = cache(self._make_cases)
        self._faces = cache(lambda known: any_faces(self.splits("validation"), known, self.faces))
        self._judge = cache(lambda attributes: find_judge(self.splits, attributes, "selection", live=False))

    def __call__(self, model: Model) -> Mapping[str, float]:
        """`score`, and what it is made of; nothing for a model that edits nothing."""
        if not {"edit", "transfer"} & set(model.verbs):
            return {}
        if not model.attributes:
            return self._kept(Verbs(model))
        figures: dict[str, float] = {}
        scores = [self._score(Asked(model, attribute), figures) for attribute in model.attributes]
        return {"score": sum(scores) / len(scores), **figures}

    def _kept(self, model: Verbs) -> Mapping[str, float]:
        """The score of a model that was told no attribute: what it keeps of a face."""
        if not model.reconstructs:
            return {}
        source, labels = self._faces(())
        again = model.reconstruct(source, labels)
        return {"score": -float((again - source).abs().mean()) / RANGE, "psnr": psnr(again, source).pooled}

    def _make_cases(self, attribute: str, known: tuple[str, ...], faces: int) -> list[Case]:
        source = self.splits("validation")
        return [cases_of(source, attribute, direction, known, faces) for direction in DIRECTIONS]

    def _score(self, asked: Asked, figures: dict[str, float]) -> float:
        """The score for one attribute; adds its parts to the figures."""
        faces = min(self.faces, OPTIMISED_FACES) if asked.model.optimises else self.faces
        cases = self._cases(asked.attribute, asked.model.attributes, faces)
        name, good, again = asked.attribute, [], []
        for case in cases:
            again.append((asked.reconstruct(case.source, case.labels), case.source))
            if not (asked.transfers or asked.edits):
                continue
            edited = asked.change(case.direction, case.source, case.labels, case.exemplar)
            if asked.transfers and isinstance(case, TwinCase):
                error = twin_error(edited, case.twin, case.source, case.changed).pooled
                figures[f"{name}/twin_error_{case.direction}"] = error
                good.append(1 - error)
            else:
                figures[f"{name}/success_{case.direction}"] = self._success(asked, case, edited)
                good.append(figures[f"{name}/success_{case.direction}"])
        if asked.reconstructs:
            figures[f"{name}/psnr"] = Ratio.join([psnr(*pair) for pair in again]).pooled
        if asked.transfers and isinstance(cases[0], TwinCase):
            return sum(good) / len(good)
        lost = sum(float((image - source).abs().mean()) / RANGE for image, source in again) / len(again)
        return min(good, default=0.0) - lost

    def _success(self, asked: Asked, case: Case, edited: Tensor) -> float:
        judge = self._judge(asked.model.attributes)
        return judged_success(judge.logits(edited, asked.attribute), VALUE[case.direction]).pooled
