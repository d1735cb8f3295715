"""Edits of uncorrelated faces, and what moves along with the wanted attribute."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from functools import cache, partial
from typing import Any

import torch
from torch import Tensor

from experiments.correlation.plan import PAIRS, Run, Scale
from experiments.examiner import PROTOCOL
from experiments.kept import kept
from facegan.assemble import open_model
from facegan.data.source import FaceSource
from facegan.data.twinfaces import TwinFaces, render, style_library, with_attribute
from facegan.evaluation.asking import DIRECTIONS, VALUE, Asked, Direction
from facegan.evaluation.judges import Judge
from facegan.evaluation.measures.entanglement import ENOUGH, entanglement, others, pull
from facegan.evaluation.measures.success import judged_success
from facegan.evaluation.measures.twin import nearest_style_error, twin_error
from facegan.evaluation.settings import Settings
from facegan.evaluation.twin_cases import FRESH_SEED, TwinCase
from facegan.evaluation.wear import as_seen, eight_bits
from facegan.evaluation.witnesses import TELLS, find_panel, in_gaps
from facegan.models.base import Model

FORMAT = 1
STYLES = 16
STYLE_SEED = 440_203
EDIT, TWIN = "edit", "twin"  # what a figure is of: the model's edits, or the true twins
TOLD = "panel accuracy"  # a measure whose line is the attribute that the panel tells
NAN = float("nan")


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of one run. line: EDIT or TWIN; of TOLD, the attribute. NaN where nothing can be said."""

    measure: str
    direction: Direction
    line: str
    value: float


@dataclass(frozen=True, kw_only=True, eq=False)
class Exam:
    """What all runs of one edited attribute are measured by. library: the N faces to add to, in STYLES styles each."""

    attribute: str
    cases: Mapping[Direction, TwinCase]
    library: list[Tensor]
    panel: Judge

    @cache  # noqa: B019  there is one for each attribute
    def twins(self, direction: Direction) -> Mapping[str, float]:
        """What the panel sees of a perfect edit."""
        return seen(self.cases[direction].twin, self.cases[direction], self)


def make_exam(attribute: str, *, faces: int, image_size: int) -> Exam:
    """Fresh uncorrelated faces, known by the attribute and its neighbour."""

    def splits(split: str) -> FaceSource:
        return TwinFaces(image_size=image_size, split=split, size=1)

    known, settings = (attribute, PAIRS[attribute]), Settings(faces=faces, seed=FRESH_SEED)
    cases: dict[Direction, TwinCase] = {}
    for direction in DIRECTIONS:
        case = PROTOCOL.cases(splits("test"), attribute, direction, known, settings).at(slice(0, faces))
        assert isinstance(case, TwinCase)
        cases[direction] = case
    wearing = [
        with_attribute(cases["adding"].faces, attribute, 1, style)
        for style in style_library(attribute, 1, STYLES, seed=STYLE_SEED)
    ]
    library = [render(worn, image_size=image_size) for worn in wearing]
    return Exam(attribute=attribute, cases=cases, library=library, panel=find_panel(splits, known))


def exams(scale: Scale) -> Callable[[str], Exam]:
    """By edited attribute; faces and panel are made once for each, where they are needed."""
    return cache(partial(make_exam, faces=scale.faces, image_size=scale.image_size))


def measured(run: Run, exam: Callable[[str], Exam]) -> list[Figure]:
    """The figures of a trained run, which are kept in its folder; `exam` is asked for where there are none yet."""
    rows = kept(
        run.folder.evaluation / "correlation.json",
        _asked(run),
        lambda: [asdict(figure) for figure in figures_of(open_model(run.folder)[0], exam(run.attribute))],
    )
    return [Figure(**row) for row in rows]


def _asked(run: Run) -> dict[str, Any]:
    return {"format": FORMAT, "images": run.scale.images, "faces": run.scale.faces}


@torch.no_grad()
def figures_of(model: Model, exam: Exam) -> list[Figure]:
    """All figures of one model."""
    asked, result = Asked(model, exam.attribute), []
    for direction, case in exam.cases.items():
        labels = case.labels[:, : len(model.attributes)]
        edited = asked.change(direction, case.source, labels, case.exemplar)
        for line, found in ((EDIT, seen(edited, case, exam)), (TWIN, exam.twins(direction))):
            result += [Figure(name, direction, line, value) for name, value in found.items()]
        accuracy = {name: exam.panel.accuracy[name].balanced for name in (exam.attribute, PAIRS[exam.attribute])}
        result += [Figure(TOLD, direction, name, value) for name, value in accuracy.items()]
        styled = asked.uses_exemplars("adding")
        result += [Figure(n, direction, EDIT, v) for n, v in _errors(edited, case, exam, styled=styled).items()]
    return result


def seen(images: Tensor, case: TwinCase, exam: Exam) -> dict[str, float]:
    """What the panel sees of edits: the success, and what moved along."""
    panel, value = exam.panel, VALUE[case.direction]
    place, beside = (panel.attributes.index(name) for name in (exam.attribute, PAIRS[exam.attribute]))
    success = judged_success(torch.stack([panel.logits(copy, exam.attribute) for copy in as_seen(images)]), value)
    before, after, wanted = (panel.look(eight_bits(one))[0] for one in (case.source, images, case.exemplar))
    found = pull(in_gaps(after, panel), in_gaps(before, panel), in_gaps(wanted, panel), place)
    off = others(place, [panel.accuracy[name].balanced for name in panel.attributes], least=TELLS)
    enough = success.pooled >= ENOUGH
    return {
        "success": success.pooled,
        "pulled along": pulled_along(before[:, beside], after[:, beside], value),
        "drag": float(found.drag[beside]) if enough else NAN,
        "entanglement": entanglement(found, off) if enough else NAN,
    }


def pulled_along(before: Tensor, after: Tensor, value: int) -> float:
    """Of the faces without the value of the neighbour that goes with the edit (N logits), the share that gained it."""
    lacking = (before > 0) != bool(value)
    return float(((after > 0) == bool(value))[lacking].double().mean())


def _errors(edited: Tensor, case: TwinCase, exam: Exam, *, styled: bool) -> dict[str, float]:
    """Against the true twin where there is one, else against the nearest style: never under one name."""
    if case.direction == "removing" or styled:
        return {"twin error": twin_error(edited, case.twin, case.source, case.changed).pooled}
    return {"nearest style error": nearest_style_error(edited, exam.library, case.source, case.may).pooled}
