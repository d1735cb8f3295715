"""Realism: how far the edits, as a crowd, are from real faces that have the wanted value.

Legend: N edits, M real faces, D features.
"""

import torch
from torch import Tensor

from facegan.evaluation.measures.about import About

KID = About(
    name="kid",
    title="Realism, KID on the panel's features",
    unit="squared discrepancy x 1000, about 0 up; may fall a little below 0",
    better="lower",
    means="Kernel distance (cubic, unbiased) between what was made and real faces (of edits: those with the wanted "
    "value), on the features of the panel, scaled so that real faces have mean square 1. Features of another panel "
    "give other numbers.",
    blind="A single face: it compares crowds. What the panel does not look at; it is no Inception KID.",
    source="Binkowski et al. 2018, on features of this project's own.",
)

FID = About(
    name="fid",
    title="Realism, FID on the panel's features",
    unit="squared distance, 0 up",
    better="lower",
    means="Frechet distance between Gaussians fitted to the same features; only from 2,000 real faces on.",
    blind="As KID; moreover it is biased, the more the fewer faces there are.",
    source="Heusel et al. 2017, on features of this project's own.",
)

ENOUGH = 2_000
"""Real faces without which no FID is given: below, its bias is larger than what it measures."""
SCALE = 1_000.0


def kid(edits: Tensor, real: Tensor, *, made_of_it: bool = False) -> float:
    """The unbiased squared MMD with the kernel (x.y / D + 1)^3, times 1000: 0 for the same crowd, lower is better.

    edits: N x D, real: M x D; all pairs at once, at least 2 of each, else NaN. made_of_it: row i of the edits was made
    of row i of the real faces. The estimate takes any two for strangers; such two are not, and are left out.
    Raises ValueError where the crowds then differ in size.
    """
    if made_of_it and len(edits) != len(real):
        raise ValueError(f"{len(edits)} answers were not made of {len(real)} faces")
    if min(len(edits), len(real)) < 2:
        return float("nan")
    scale = real.double().square().mean().sqrt().clamp_min(1e-12)
    x, y = edits.double() / scale, real.double() / scale
    within = sum(_without_diagonal(_kernel(crowd, crowd)) for crowd in (x, y))
    between = _kernel(x, y)
    return float(SCALE * (within - 2 * (_without_diagonal(between) if made_of_it else between.mean())))


def fid(edits: Tensor, real: Tensor) -> float:
    """The distance of the two crowds' Gaussians; NaN for ENOUGH real faces or fewer."""
    if len(real) <= ENOUGH or len(edits) < 2:
        return float("nan")
    one, other = ((crowd.double().mean(0), torch.cov(crowd.double().T)) for crowd in (edits, real))
    return frechet(one, other)


def frechet(one: tuple[Tensor, Tensor], other: tuple[Tensor, Tensor]) -> float:
    """|m - n|^2 + tr(A + B - 2 (A B)^1/2) of two Gaussians, each a mean of D and a covariance of D x D."""
    (m, a), (n, b) = one, other
    values, vectors = torch.linalg.eigh(a)
    root = (vectors * values.clamp_min(0).sqrt()) @ vectors.T
    # The eigenvalues of A B are those of the symmetric root(A) B root(A).
    mixed = torch.linalg.eigvalsh(root @ b @ root).clamp_min(0).sqrt().sum()
    return float((m - n).square().sum() + a.trace() + b.trace() - 2 * mixed)


def _kernel(one: Tensor, other: Tensor) -> Tensor:
    return (one @ other.T / one.shape[1] + 1) ** 3


def _without_diagonal(values: Tensor) -> Tensor:
    count = len(values)
    return (values.sum() - values.trace()) / (count * (count - 1))
