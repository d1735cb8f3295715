"""Persons: whether a face is found again among others after it was changed."""

import torch
from torch import Tensor

from facegan.evaluation.measures.about import About
from facegan.evaluation.measures.ratio import Ratio

OWN_PERSON = About(
    name="own_person",
    title="Own person found again",
    unit="share of faces, 0 to 1; chance is one over the number of persons",
    better="higher",
    means="The share of changed faces that are nearer to their own answer than to that of any of so many others.",
    blind="How near: persons who differ much are told apart by a blur. Doing nothing is found again as well.",
)


def own_person(shown: Tensor, answers: Tensor, *, persons: int = 20) -> Ratio:
    """1 where row i of the answers is nearer to row i shown than the next `persons` - 1 rows are, else 0.

    shown, answers: N x ... of one shape, pictures or what is read off them; distance is the mean absolute difference.
    A tie is a miss. Chance is 1 / persons; where N is smaller, all N are compared.
    """
    steps = range(min(persons, len(answers)))
    far = torch.stack([(shown - answers.roll(-step, 0)).abs().flatten(1).mean(1) for step in steps], dim=1)
    return Ratio.of((far[:, 0] < far[:, 1:].amin(1)).float())
