"""Degree: how far an edit went along the way from the source to its true twin, as the renderer draws both."""

from torch import Tensor

from facegan.evaluation.measures.about import About
from facegan.evaluation.measures.ratio import Ratio

DEGREE = About(
    name="degree",
    title="Degree of the attribute",
    unit="0 is the source, 1 its twin, beyond 1 overdone",
    better="higher",
    means="The edit's move, projected on the move from the source to its style-blind twin, inside `may`.",
    blind="What the edit does across that way: another style counts by its share along it alone.",
)


def degree(edited: Tensor, base: Tensor, twin: Tensor, source: Tensor, may: Tensor) -> Ratio:
    """<edited - base, twin - source> / |twin - source|^2 inside `may`: 0 for no edit, 1 for the twin, not bounded.

    edited, base (the edit at strength 0), twin, source: N x 3 x H x W in [-1, 1]; may: N x H x W bool. It never
    saturates as a classifier's verdict does. Cannot see what the edit does across the way to the twin.
    """
    inside = may[:, None].to(edited.dtype)
    way = (twin - source) * inside
    return Ratio(((edited - base) * way).flatten(1).sum(1), way.square().flatten(1).sum(1))
