"""How far a code tells an attribute, given others: what a penalty lowers so that edits stop dragging attributes along.

A batch holds few faces, so even an independent code costs a little: about 1/N for `PartialCorrelation` over N faces.
Nothing is learnt about an attribute that the others determine in a batch: it costs 0 there.
"""

from abc import ABC, abstractmethod

import torch
from torch import Tensor

_LEAST = 1e-6  # the variance of a label, at most 1/4, below which the given labels determine it
_EPS = 1e-8


class Dependence(ABC):
    """An unweighted scalar in [0, 1]: 0 where the code does not depend on the attribute, given the others.

    It does not change when the code is scaled or shifted as a whole.
    """

    def __call__(self, code: Tensor, label: Tensor, given: Tensor) -> Tensor:
        """The dependence. code: N x ...; label: N in {0, 1}; given: N x J in {0, 1}, J = 0 for none.

        NaN is unknown: such a face is left out; fewer than 3 faces cost 0. Computed in float32 or wider, also under
        autocast. Raises ValueError where the three do not speak of the same faces.
        """
        if not len(code) == len(label) == len(given):
            raise ValueError(f"{len(code)} codes, {len(label)} labels and {len(given)} given: the faces do not match")
        with torch.autocast(code.device.type, enabled=False):
            known = ~(label.isnan() | given.isnan().any(dim=1))
            flat = code.flatten(1).to(torch.promote_types(code.dtype, torch.float32))[known]
            facts, centred = given[known].to(flat), self._left_over(label[known].to(flat)[:, None], given[known])
            if len(flat) < 3 or centred.square().mean() < _LEAST:
                return 0 * flat.sum()
            return self._measure(flat, centred, facts)

    @abstractmethod
    def _left_over(self, values: Tensor, given: Tensor) -> Tensor:
        """Values N x D without what the given labels N x J tell of them."""

    @abstractmethod
    def _measure(self, code: Tensor, label: Tensor, given: Tensor) -> Tensor:
        """The dependence between code N x D and what is left over of the label, N x 1."""


class PartialCorrelation(Dependence):
    """The squared partial correlation of each element of the code with the attribute, given the others; their mean.

    Both are regressed on the given labels, linearly, before they are correlated; so many labels may be given. It sees
    linear dependence only, and can be lowered to 0 by a code that tells the attribute in another way.
    """

    def _left_over(self, values: Tensor, given: Tensor) -> Tensor:
        columns = torch.cat([torch.ones_like(values[:, :1]), given.to(values)], dim=1)
        told: Tensor = columns @ (torch.linalg.pinv(columns) @ values)
        return values - told

    def _measure(self, code: Tensor, label: Tensor, given: Tensor) -> Tensor:
        left = self._left_over(code, given)
        shared = (left * label).mean(dim=0).square()
        return (shared / ((left.square().mean(dim=0) + _EPS) * label.square().mean())).mean()


class StratifiedHSIC(Dependence):
    """The Hilbert-Schmidt independence criterion of code and attribute among faces that share all given labels.

    Gretton et al. 2005, with a Gaussian kernel on codes as wide as their mean squared distance and a linear one on
    labels, centred within strata; divided by the norms of both kernels as in Cortes et al. 2012. It sees dependence of
    any form. A stratum of one face adds nothing, so give few labels: each doubles the strata.
    """

    def _left_over(self, values: Tensor, given: Tensor) -> Tensor:
        return self._centring(self._together(given).to(values)) @ values

    @staticmethod
    def _together(given: Tensor) -> Tensor:
        """N x N: whether two faces share all given labels."""
        return (given[:, None] == given[None]).all(dim=2)

    @staticmethod
    def _centring(together: Tensor) -> Tensor:
        return torch.eye(len(together)).to(together) - together / together.sum(dim=1, keepdim=True)

    @staticmethod
    def _squares(code: Tensor) -> Tensor:
        """N x N mean squared distances, by the products of what is left of codes without their mean."""
        centred = code - code.mean(dim=0)
        products = centred @ centred.T / code.shape[1]
        return (products.diag()[:, None] + products.diag()[None] - 2 * products).clamp_min(0)

    def _measure(self, code: Tensor, label: Tensor, given: Tensor) -> Tensor:
        together = self._together(given)
        squares = self._squares(code)
        width = squares[together].mean() + _EPS
        centring = self._centring(together.to(code))
        kernel = centring @ (together * (-squares / width).exp()) @ centring
        norm = (kernel.square().sum() + _EPS).sqrt() * label.square().sum()
        return (label.T @ kernel @ label).squeeze() / norm
