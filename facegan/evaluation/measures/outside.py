"""Outside `may`, where no style of the attribute can show: what changed there although nothing should."""

from torch import Tensor

from facegan.evaluation.measures.about import About
from facegan.evaluation.measures.ratio import Ratio

OUTSIDE_EDIT = About(
    name="outside_edit",
    title="Outside, moved by the edit",
    unit="share of the range, 0 to 1",
    better="lower",
    means="Mean |edited - own reconstruction| where no style of the attribute can show: what the edit drags along.",
    blind="What reconstruction alone loses there, which is the next line.",
)

OUTSIDE_RECONSTRUCTION = About(
    name="outside_reconstruction",
    title="Outside, lost by reconstruction",
    unit="share of the range, 0 to 1",
    better="lower",
    means="Mean |own reconstruction - source| where no style of the attribute can show.",
    blind="What the edit adds to it.",
)

RANGE = 2.0  # images span [-1, 1]


def outside(image: Tensor, base: Tensor, may: Tensor) -> Ratio:
    """Mean |image - base| outside `may`, as a share of the range: 0 to 1, lower is better.

    image, base: N x 3 x H x W in [-1, 1]; may: N x H x W bool. Cannot see shifts of a pixel's value that cancel in
    the eye, nor tell a moved edge from a changed colour.
    """
    beyond = (~may)[:, None].to(image.dtype)
    moved = ((image - base).abs() * beyond).flatten(1).sum(1) / RANGE
    return Ratio(moved, beyond.flatten(1).sum(1) * image.shape[1])
