"""Where an edit moves pixels: the share of it that lies where the attribute can show."""

from torch import Tensor

from facegan.evaluation.measures.about import About
from facegan.evaluation.measures.ratio import Ratio

INSIDE = About(
    name="inside",
    title="Share of the edit inside",
    unit="share of the residual, 0 to 1",
    better="higher",
    means="How much of the sum of |edited - base| lies where a style of the attribute can show.",
    blind="Whether what changes there is right; an edit that does nothing has nothing to measure.",
)


def inside(edited: Tensor, base: Tensor, may: Tensor) -> Ratio:
    """Sum of |edited - base| inside `may` over the sum everywhere. Higher is better; NaN where nothing moved.

    edited, base (the source, or the model's own reconstruction): N x 3 x H x W in [-1, 1]; may: N x H x W bool.
    """
    moved = (edited - base).abs()
    return Ratio((moved * may[:, None].to(moved.dtype)).flatten(1).sum(1), moved.flatten(1).sum(1))
