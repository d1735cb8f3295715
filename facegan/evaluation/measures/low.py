"""Low-resolution error: whether a face, shrunk again, is the small face that it was made of."""

from collections.abc import Callable

import torch.nn.functional as F
from torch import Tensor

from facegan.evaluation.measures.about import About
from facegan.evaluation.measures.ratio import Ratio
from facegan.evaluation.measures.reconstruction import RANGE

LOW_ERROR = About(
    name="low_error",
    title="Error at low resolution",
    unit="share of the range, 0 to 1",
    better="lower",
    means="Mean |shrunk answer - given small face|; shrunk as the small face was.",
    blind="Everything finer than a small pixel; an enlarged small face has none of it.",
)


def low_error(image: Tensor, low: Tensor, *, shrink: Callable[[Tensor], Tensor] | None = None) -> Ratio:
    """Mean |shrunk image - low| of each face, as a share of the range: 0 to 1, lower is better.

    image: N x 3 x S x S in [-1, 1]; low: N x 3 x l x l, where l divides S. shrink: how the one became the other, by
    area where nothing is said. Cannot see anything finer than a small pixel: enlarging without any detail is perfect,
    so it belongs beside a figure that asks for detail.
    """
    shrunk = shrink(image) if shrink else F.adaptive_avg_pool2d(image, low.shape[-1])
    return Ratio.of((shrunk - low).abs().flatten(1).mean(1) / RANGE)
