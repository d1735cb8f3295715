"""Renderer fit: whether a picture is nearer to its own face drawn with the attribute or without. Nothing is learned."""

from collections.abc import Sequence

from torch import Tensor

from facegan.evaluation.measures.about import About
from facegan.evaluation.measures.retrieval import distances

FIT_SUCCESS = About(
    name="fit_success",
    title="Success by renderer fit",
    unit="share of faces, 0 to 1",
    better="higher",
    means="The renderer draws the very same face without the attribute and with it, in many styles each; the nearest "
    "drawing inside `may` has the wanted value: in 8 bits, as a JPEG, and slightly blurred, all three. No judge is "
    "asked and nothing is learned.",
    blind="How near: the better of two bad fits decides, so a blur or a wrong colour may count as either. Styles "
    "between those drawn; faces that cannot be drawn, so photographs.",
)


def fit_margin(image: Tensor, having: Sequence[Tensor], lacking: Sequence[Tensor], may: Tensor) -> Tensor:
    """How much nearer the picture is to the nearest drawing with the attribute than to that without, N in [-1, 1].

    Above 0: it has the attribute; a tie, as in an empty `may`, is no success. image, each drawing: N x 3 x H x W in
    [-1, 1]; may: N x H x W bool. The margin is (l - h) / (l + h) of the two least sums of absolute differences.
    """
    near, far = (distances(image, drawings, may).amin(1) for drawings in (having, lacking))
    return (far - near) / (far + near).clamp_min(1e-12)
