"""Deep Manifold Traversal (Gardner, Upchurch, Kusner, Li, Weinberger, Bala, Hopcroft; arXiv 1511.06421).

The kernel ancestor of Deep Feature Interpolation: features move down the witness function of the maximum mean
discrepancy between faces without and with an attribute, but only within the span of the exemplars and of the face
itself, and within a budget of change. Source of truth: the authors' code (`dmt.py`, `matchmmd.py`, March 2016).

Deviations from that code, each with its reason:
- The kernel's width and the budget are set face by face in units of each other (see the class), there by hand for each
  experiment; the code has the former as an option (`initialize_KQ`).
- Source and target are the face's neighbours, as in Deep Feature Interpolation, there sets given by hand; all of them
  with a large `neighbours`.
- L-BFGS for the coefficients, there conjugate gradients with as many line searches.
- Several attributes are one set of coefficients over all their exemplars, the witness functions added up.
- The optional layer regulariser and z-scores, both off by default in the code, are left out.
"""

from collections.abc import Sequence
from typing import ClassVar

import torch
from torch import Tensor

from facegan.models.base import Factory, Weights
from facegan.models.editing.feature_editing import FeatureEditor
from facegan.models.inversion import Inversion, minimise

ROUNDING = 1e-6  # of inner products of float32 features, as a share of the largest


class ManifoldTraversal(FeatureEditor):
    """A `FeatureEditor` that goes down the witness function mean k(source, z) - mean k(target, z).

    likeness: the kernel exp(-|a - b|^2 / 2v) has the width v at which a face's mean likeness to the target is this,
    between 0 and 1. budget: the weight of |z - x|^2 / 2v, of how far features move; strength divides it, so that an
    edit grows with strength and levels off where the target is reached. steps: at most so many, of L-BFGS.
    """

    paper: ClassVar[str] = "Deep Manifold Traversal (Gardner et al., arXiv 1511.06421, 2015)"

    def __init__(
        self,
        *,
        image_size: int,
        attributes: tuple[str, ...],
        extractor: Factory,
        inversion: Inversion,
        weights: Weights,
        head: Factory | None = None,
        neighbours: int = 100,
        fit_size: int = 250,
        match: bool = False,
        likeness: float = 0.4,
        budget: float = 0.2,
        steps: int = 25,
    ) -> None:
        super().__init__(
            image_size=image_size, attributes=attributes, extractor=extractor, inversion=inversion, weights=weights,
            head=head, neighbours=neighbours, fit_size=fit_size, match=match,
        )  # fmt: skip
        self.likeness, self.budget, self.steps = likeness, budget, steps

    def destination(self, features: Tensor, sides: Sequence[tuple[Tensor, Tensor]], strength: float) -> Tensor:
        """Every face by itself; strength 0 leaves it where it is."""
        if strength <= 0:
            return features
        products, norms = self.exemplars.products(features), features.square().sum(1)
        mixture = torch.zeros_like(products)
        own = torch.ones_like(norms)
        for face in range(len(features)):
            pairs = [(leave[face], approach[face]) for leave, approach in sides]
            numbers = torch.cat([torch.cat(pair) for pair in pairs]).unique()
            gram = _bordered(self.exemplars.gram[numbers][:, numbers], products[face, numbers], norms[face])
            places = [tuple(torch.searchsorted(numbers, side) for side in pair) for pair in pairs]
            change = self.coefficients(gram.double(), places, strength).to(mixture)
            mixture[face, numbers], own[face] = change[:-1], 1 + change[-1]
        return own[:, None] * features + self.exemplars.mixture(mixture)

    def coefficients(self, gram: Tensor, places: Sequence[tuple[Tensor, ...]], strength: float) -> Tensor:
        """What is added of each of E exemplars and, last, of the face itself: E + 1 figures.

        gram: their inner products, (E + 1) x (E + 1). places: source and target of each request.
        """
        # A ridge: without it, faces that look alike to the features are nearer than nothing, and the price of going far
        # is negative.
        gram = gram + ROUNDING * gram.diagonal().max() * torch.eye(len(gram)).to(gram)
        start = torch.zeros(len(gram)).to(gram)
        far = torch.stack([_distances(gram, start)[target].mean() for _, target in places]).mean()
        width = far / (-2 * torch.tensor(self.likeness).log()).to(far)
        with torch.enable_grad():
            change = start.requires_grad_()
            price = self.budget / strength / (2 * width)
            minimise(change, lambda: witness(change, gram, places, width=width, budget=price), self.steps)
        return change.detach()


def witness(
    change: Tensor, gram: Tensor, places: Sequence[tuple[Tensor, ...]], *, width: Tensor | float, budget: Tensor | float
) -> Tensor:
    """mean k(source, z) - mean k(target, z), added up over requests, plus budget * |z - x|^2. See `coefficients`."""
    likeness = (-_distances(gram, change) / (2 * width)).exp()
    gaps = [likeness[source].mean() - likeness[target].mean() for source, target in places]
    return torch.stack(gaps).sum() + budget * (change @ gram @ change)


def _distances(gram: Tensor, change: Tensor) -> Tensor:
    """Squared distances of the moved face to the exemplars, and to the face: E + 1."""
    place = change.clone()
    place[-1] = place[-1] + 1
    products = gram @ place
    return place @ products + gram.diagonal() - 2 * products


def _bordered(gram: Tensor, products: Tensor, norm: Tensor) -> Tensor:
    """The inner products of the exemplars and, last, of the face itself."""
    column = products[:, None]
    return torch.cat([torch.cat([gram, column], 1), torch.cat([column.T, norm.reshape(1, 1)], 1)])
