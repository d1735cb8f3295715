"""Diversity of a model that looks at exemplars: does it follow their style, as far as the truth does, and nothing else?

Legend: F faces, E exemplars, each face edited by each exemplar; H x W pixels.
"""

from torch import Tensor

from facegan.evaluation.measures.about import About
from facegan.evaluation.measures.ratio import Ratio

SPREAD = About(
    name="spread",
    title="Variance between exemplars",
    unit="fraction of the true twins' variance: 0 is one look for all, 1 as varied as the truth",
    better="higher",
    means="The variance of a face's edits by many exemplars over the variance of the true twins, wherever the "
    "attribute may show.",
    blind="Whether the variance follows the exemplar's style: noise and the exemplar's person count as well, and may "
    "bring it above 1.",
)

WEARER = About(
    name="wearer",
    title="Difference between exemplars alike in style",
    unit="fraction of the difference between styles: 0 is style alone, 1 the wearer counts as much",
    better="lower",
    means="Mean |difference| of a face's edits by two persons who wear the same style, over that by persons of "
    "different styles.",
    blind="Whether the style that arrives is the right one; where all edits look the same there is nothing to measure.",
)

STILL = 1e-4
"""A mean difference in [-1, 1] below which edits count as the same: far below one step of 8 bits."""


def spread(edits: Tensor, twins: Tensor, may: Tensor) -> Ratio:
    """Variance of the edits over the exemplars, over that of the twins, both summed inside `may`: F ratios, 1 is right.

    edits, twins: F x E x 3 x H x W in [-1, 1]; may: F x H x W bool.
    """
    above, below = ((images.var(1) * may[:, None]).flatten(1).sum(1) for images in (edits, twins))
    return Ratio(above, below)


def wearer(edits: Tensor, alike: Tensor) -> Ratio:
    """|edit - edit by another wearer of the same style| over |edit - edit in another style|: F ratios, 0 is best.

    edits, alike: F x E x 3 x H x W in [-1, 1], the e-th of both by exemplars of the same style.
    """
    above = (edits - alike).abs().flatten(1).mean(1)
    below = (edits - edits.roll(1, 1)).abs().flatten(1).mean(1)
    moved = below > STILL
    return Ratio(above * moved, below * moved)
