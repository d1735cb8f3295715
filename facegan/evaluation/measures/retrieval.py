"""Whose style arrived: the nearest of several twins of the face, each in another style."""

from collections.abc import Sequence

import torch
from torch import Tensor

from facegan.evaluation.measures.about import About
from facegan.evaluation.measures.ratio import Ratio

RETRIEVAL = About(
    name="retrieval",
    title="Own style retrieved",
    unit="share of faces, 0 to 1; chance is one over the number of styles",
    better="higher",
    means="The share of edits that are nearer to the twin in the exemplar's style than to any in another style.",
    blind="How near: a faint trace of the style is enough if the other styles are farther.",
)

VARIETY = About(
    name="variety",
    title="Variety of styles",
    unit="styles, from 1 to the number in the library",
    better="higher",
    means="The effective number (exponential of the entropy) of library styles that are nearest to the edits of many "
    "faces.",
    blind="Whether a style is the right one for its face; noise alone spreads the nearest styles a little.",
)


def distances(edited: Tensor, twins: Sequence[Tensor], may: Tensor) -> Tensor:
    """Sum of |edited - twin| inside `may`, N x M for M twins of each face.

    edited and each twin: N x 3 x H x W in [-1, 1]; may: N x H x W bool.
    """
    inside = may[:, None].to(edited.dtype)
    return torch.stack([((edited - twin).abs() * inside).flatten(1).sum(1) for twin in twins], dim=1)


def retrieval(edited: Tensor, twins: Sequence[Tensor], may: Tensor) -> Ratio:
    """1 where the first of the M twins is the nearest, else 0. Higher is better; chance is 1 / M.

    Arguments as in `distances`. A tie is a miss. Cannot see how near the edit is, only which twin is nearest.
    """
    far = distances(edited, twins, may)
    return Ratio.of((far[:, 0] < far[:, 1:].amin(1)).float())


def variety(edited: Tensor, twins: Sequence[Tensor], may: Tensor) -> float:
    """The effective number of the M styles among the nearest ones of all faces: 1 to M, higher is more varied.

    Arguments as in `distances`; style number m is the same for all faces. Cannot see whether a style fits its face.
    """
    nearest = distances(edited, twins, may).argmin(1)
    shares = torch.bincount(nearest, minlength=len(twins)).double() / len(nearest)
    return float(torch.special.entr(shares).sum().exp())
