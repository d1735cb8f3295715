"""Twin error: how far an edit is from the true answer, as a fraction of the error of doing nothing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from facegan.evaluation.measures.about import About
from facegan.evaluation.measures.ratio import Ratio
from facegan.evaluation.measures.retrieval import distances

TWIN_ERROR = About(
    name="twin_error",
    title="Error to the twin",
    unit="fraction of doing nothing: 0 is perfect, 1 is doing nothing",
    better="lower",
    means="Mean absolute error to the exemplar twin (removing: to the face without the attribute) where the twin "
    "differs from the source.",
    blind="What the edit does elsewhere; sharpness, since an absolute error forgives a blur; a style as good as the "
    "exemplar's counts as an error; what of it nobody could know, which is the next line.",
)

HIDDEN_ERROR = About(
    name="hidden_error",
    title="Error to the twin, hidden part",
    unit="fraction of doing nothing: 0 is perfect, 1 is doing nothing",
    better="lower",
    means="The same where the source cannot show what the twin shows: eyes behind dark lenses, a forehead under a hat.",
    blind="That another guess may be as good: behind a hat nobody knows the hairline.",
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

STYLE_FIT = About(
    name="style_fit",
    title="Fit of the nearest style",
    unit="d1 / (d0 + d1): 0 is a valid style, 1 doing nothing",
    better="lower",
    means="For models that choose a style themselves: how far the edit has come from the source (d0) towards the "
    "nearest style of a library (d1), wherever the attribute may show.",
    blind="An edit far from both lies near 0.5: read it beside d1. Styles between those of the library.",
)

STYLE_D1 = About(
    name="style_d1",
    title="d1, to the nearest style",
    unit="share of the range, 0 to 1",
    better="lower",
    means="Mean |edited - nearest style| wherever the attribute may show.",
    blind="Styles between those of the library; a small style is near to doing nothing.",
)

STYLE_D0 = About(
    name="style_d0",
    title="d0, from the unedited face",
    unit="share of the range, 0 to 1",
    better="neither",
    means="Mean |edited - source| wherever the attribute may show.",
    blind="Whether the change is the right one.",
)

RANGE = 2.0  # images span [-1, 1]


@dataclass(frozen=True, slots=True)
class StyleFit:
    """fit: 0 to 1, lower is better; d1, d0: shares of the range."""

    fit: Ratio
    d1: Ratio
    d0: Ratio


def style_fit(edited: Tensor, twins: Sequence[Tensor], source: Tensor, may: Tensor) -> StyleFit:
    """How far the edit lies from the source and from the nearest of several twins, inside `may`.

    edited, each twin, source: N x 3 x H x W in [-1, 1]; may: N x H x W bool.
    """
    near, from_source = distances(edited, twins, may).amin(1), distances(edited, [source], may)[:, 0]
    size = may.flatten(1).sum(1) * edited.shape[1] * RANGE
    return StyleFit(fit=Ratio(near, near + from_source), d1=Ratio(near, size), d0=Ratio(from_source, size))


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
