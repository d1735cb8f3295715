"""Entanglement: how much else moves with the wanted attribute, in a judge's eyes.

Legend: N faces, J attributes that the judge knows. Logits are given in units of the judge's own distance between faces
with and without the attribute, so that 1 is a whole change of any attribute.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from facegan.evaluation.measures.about import About

ENTANGLEMENT = About(
    name="entanglement",
    title="Entanglement",
    unit="off-target per on-target change, from 0 up; undefined below 50 % success",
    better="lower",
    means="Mean |change| of the judge's logits of all other attributes over the change of the wanted one, each in "
    "units of the distance between faces with and without the attribute.",
    blind="What the judge has no attribute for. A perfect edit is not at 0 either, since a judge looks at hair to tell "
    "a hat: read it beside the perfect edit.",
    source="After the attribute preservation error of He et al. 2019 (AttGAN) and the residual correlations of Shen et "
    "al. 2020 (InterFaceGAN); this form is this project's.",
)

EXCESS = About(
    name="entanglement_excess",
    title="Entanglement beyond the data's own",
    unit="off-target per on-target change; below 0: less than the faces themselves; undefined below 50 % success",
    better="lower",
    means="How much more the edit pulls the other attributes one way, over all faces, than they differ between real "
    "faces with and without the wanted one.",
    blind="Changes that go one way in some faces and the other way in others; a model may drag its own data's "
    "correlation along, which shows only where these faces have less of it.",
)

ENOUGH = 0.5
"""The success below which nothing can be said per on-target change."""


@dataclass(frozen=True, slots=True)
class Pull:
    """J each, per on-target change. drag: the mean change, with its sign. moved: the mean |change|.

    data: the difference between faces with and without the wanted attribute, per its own difference.
    """

    drag: Tensor
    moved: Tensor
    data: Tensor


def pull(edited: Tensor, source: Tensor, wanted: Tensor, place: int) -> Pull:
    """What an edit of attribute `place` does to all.

    edited, source: N x J logits of the same faces; wanted: M x J, of real faces that have the wanted value.
    """
    way, natural = edited - source, wanted.mean(0) - source.mean(0)
    target = way[:, place].mean()
    return Pull(drag=way.mean(0) / target, moved=way.abs().mean(0) / target.abs(), data=natural / natural[place])


def entanglement(found: Pull, others: Tensor) -> float:
    """Mean |change| of the other attributes (J bool) per on-target change; 0 is best, NaN where there are no others."""
    return float(found.moved[others].mean())


def excess(found: Pull, others: Tensor) -> float:
    """Mean over the other attributes (J bool) of |drag| less |data|: lower is better, below 0 less than in the data."""
    return float((found.drag.abs() - found.data.abs())[others].mean())


def others(place: int, accuracies: list[float], *, least: float) -> Tensor:
    """Which of J attributes count as off-target, J bool: those that the judge tells with this balanced accuracy."""
    return torch.tensor([k != place and accuracy >= least for k, accuracy in enumerate(accuracies)])
