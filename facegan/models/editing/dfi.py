"""Deep Feature Interpolation (Upchurch, Gardner, Pleiss, Pless, Snavely, Bala, Weinberger; CVPR 2017, 1611.05507).

An edit is a straight step in the space of a network's features: from the mean of the face's neighbours that lack an
attribute to that of those that have it. Source of truth: the authors' code (`demo1.py` and what it calls).

Deviations from that code, each with its reason:
- Exemplars are a sample of `fit_size` faces with, and as many without each attribute, whose features the run keeps, and
  not all photographs of a folder: a run must be usable without them.
- Neighbours are of any gender unless Male is among the attributes, where it is one of those that should agree; ties
  between equally similar faces go to the nearer features, there to the order of the files.
- The face itself is not taken out of the exemplars: it is not among them unless it was drawn.
- Channels are scaled by their mean over faces (see `feature_editing`), there by that over ImageNet.
- L-BFGS without bounds on the pixels, which are cut to their range at the end; torch's, there SciPy's.
- Pictures are of the run's own size; the code enlarges those below 200 pixels to 200.
"""

from collections.abc import Sequence
from typing import ClassVar, Literal

import torch
from torch import Tensor

from facegan.errors import UserError
from facegan.models.base import Factory, Weights
from facegan.models.editing.feature_editing import FeatureEditor
from facegan.models.inversion import Inversion


class DFI(FeatureEditor):
    """A `FeatureEditor` that goes in a straight line.

    delta: the step at strength 1. scaling: of the difference w of the means: 'none' for w itself (alpha in the paper,
    useful up to 5), 'beta' for w / mean(w^2) (useful up to 1; the same step for weak and strong attributes), 'unit' for
    w / |w|, so that delta is the distance that features move.
    Raises UserError for another scaling.
    """

    paper: ClassVar[str] = "Deep Feature Interpolation (Upchurch et al., CVPR 2017)"

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
        match: bool = True,
        delta: float = 0.4,
        scaling: Literal["none", "beta", "unit"] = "beta",
    ) -> None:
        super().__init__(
            image_size=image_size, attributes=attributes, extractor=extractor, inversion=inversion, weights=weights,
            head=head, neighbours=neighbours, fit_size=fit_size, match=match,
        )  # fmt: skip
        if scaling not in ("none", "beta", "unit"):
            raise UserError(f"DFI: model.scaling={scaling}; it must be none, beta or unit.")
        self.delta, self.scaling = delta, scaling

    def destination(self, features: Tensor, sides: Sequence[tuple[Tensor, Tensor]], strength: float) -> Tensor:
        """A step for each request; strength is a factor on it."""
        steps = [self.step(self._mean(approach) - self._mean(leave)) for leave, approach in sides]
        return features + strength * torch.stack(steps).sum(0)

    def step(self, difference: Tensor) -> Tensor:
        """The step at strength 1 along differences N x D of mean features."""
        squares = difference.square()
        size = {
            "none": torch.ones_like(squares[:, :1]),
            "beta": squares.mean(1, keepdim=True),
            "unit": squares.sum(1, keepdim=True).sqrt(),
        }[self.scaling]
        return self.delta * difference / size.clamp_min(1e-12)

    def _mean(self, numbers: Tensor) -> Tensor:
        """The mean features N x D of the exemplars of these numbers, N x neighbours."""
        weights = torch.zeros(len(numbers), len(self.exemplars)).to(self.scales)
        return self.exemplars.mixture(weights.scatter_(1, numbers, 1 / numbers.shape[1]))
