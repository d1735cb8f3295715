"""Asks a model that looks at exemplars for many edits of the same faces.

Legend: F faces, E exemplars, S pixels.
"""

import torch
from torch import Tensor

from facegan.data.twinfaces import exemplar_twin
from facegan.data.twinfaces.styles import STYLES
from facegan.evaluation.asking import VALUE, Asked
from facegan.evaluation.measures.diversity import spread, wearer
from facegan.evaluation.measures.retrieval import retrieval
from facegan.evaluation.result import Tally
from facegan.evaluation.twin_cases import TwinCase, TwinCases

FACES, EXEMPLARS = 24, 20


def add_diversity(asked: Asked, cases: TwinCases, tally: Tally) -> None:
    """Adds the figures of diversity; none for a model that looks at no exemplar, or a value that has one look only."""
    styled = STYLES.get((cases.attribute, VALUE[cases.direction]))
    if not styled or not asked.uses_exemplars(cases.direction) or not asked.asks_more:
        return
    count = min(EXEMPLARS, len(cases))
    worn = cases.exemplars[slice(0, count)]
    # The same styles on other persons: each exemplar's on its neighbour.
    others = exemplar_twin(worn[torch.arange(count).roll(1)], worn, cases.attribute)
    for start in range(0, min(FACES, len(cases)), max(1, 64 // count)):
        case = cases.at(slice(start, min(start + max(1, 64 // count), FACES)))
        _add(asked, cases, case, tally, cases.draw(worn), cases.draw(others))


def _add(asked: Asked, cases: TwinCases, case: TwinCase, tally: Tally, worn: Tensor, others: Tensor) -> None:
    faces, count = len(case.source), len(worn)
    edits, alike = (_edited(asked, case, exemplars) for exemplars in (worn, others))
    styles = cases.exemplars[torch.arange(count).repeat(faces)]
    twins = cases.draw(cases.twins(case.faces.repeat(count), styles)).unflatten(0, (faces, count))
    tally.add("spread", "model", spread(edits, twins, case.may))
    tally.add("wearer", "model", wearer(edits, alike))
    # Each edit against the twin in its own exemplar's style first, then against those in all the others'.
    shelf = [twins.roll(-step, 1).flatten(0, 1) for step in range(count)]
    may = case.may.repeat_interleave(count, 0)
    same = case.source.repeat_interleave(count, 0)
    for line, image in {"model": edits.flatten(0, 1), "nothing": same}.items():
        tally.add("retrieval", line, retrieval(image, shelf, may))


def _edited(asked: Asked, case: TwinCase, exemplars: Tensor) -> Tensor:
    """Every face by every exemplar, F x E x 3 x S x S."""
    faces, count = len(case.source), len(exemplars)
    images, labels = (tensor.repeat_interleave(count, 0) for tensor in (case.source, case.labels))
    edits = asked.change(case.direction, images, labels, exemplars.repeat(faces, 1, 1, 1))
    return edits.reshape(faces, count, *edits.shape[1:])
