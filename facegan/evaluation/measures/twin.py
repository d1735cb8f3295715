"""Twin error: how far an edit is from the true answer, as a fraction of the error of doing nothing."""

from collections.abc import Iterable

import torch
from torch import Tensor

from facegan.evaluation.measures.about import About
from facegan.evaluation.measures.ratio import Ratio

TWIN_ERROR = About(
    name="twin_error",
    title="Error to the twin",
    unit="fraction of doing nothing: 0 is perfect, 1 is doing nothing",
    better="lower",
    means="Mean absolute error to the exemplar twin (removing: to the face without the attribute) where the twin "
    "differs from the source.",
    blind="What the edit does elsewhere; sharpness, since an absolute error forgives a blur; a style as good as the "
    "exemplar's counts as an error.",
)

NEAREST_STYLE = About(
    name="nearest_style_error",
    title="Error to the nearest style",
    unit="fraction of doing nothing: 0 is perfect, 1 is doing nothing",
    better="lower",
    means="For models that choose a style themselves: the least error to any style of a library, wherever the "
    "attribute may show.",
    blind="Styles between those of the library; never to be compared with the error to the exemplar twin.",
)


def twin_error(edited: Tensor, twin: Tensor, source: Tensor, region: Tensor) -> Ratio:
    """|edited - twin| over |source - twin|, both summed inside the region. Lower is better; 0 perfect, 1 doing nothing.

    edited, twin, source: N x 3 x H x W in [-1, 1]; region: N x H x W bool. Cannot see what happens outside the region.
    """
    inside = region[:, None].to(edited.dtype)
    above, below = ((image - twin).abs() * inside for image in (edited, source))
    return Ratio(above.flatten(1).sum(1), below.flatten(1).sum(1))


def nearest_style_error(edited: Tensor, twins: Iterable[Tensor], source: Tensor, may: Tensor) -> Ratio:
    """The least `twin_error` of each face to any of several twins, each N x 3 x H x W in [-1, 1]. Lower is better.

    The region is `may` for all of them: inside its own changed pixels alone, a small style would look near to any
    edit that covers more than it.
    """
    best = Ratio(torch.full((len(edited),), torch.inf), torch.ones(len(edited)))
    for twin in twins:
        ratio = twin_error(edited, twin, source, may)
        nearer = ratio.each < best.each
        best = Ratio(torch.where(nearer, ratio.above, best.above), torch.where(nearer, ratio.below, best.below))
    # A face that no style changes has nothing to measure.
    found = best.above.isfinite()
    return Ratio(torch.where(found, best.above, 0.0), torch.where(found, best.below, 0.0))
