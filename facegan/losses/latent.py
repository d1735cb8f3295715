"""Losses on codes, and on what changing codes does to pictures. All return unweighted scalars."""

import math
from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional as F

from facegan.losses.recognition import CategoricalRecognition


class Nulling:
    """mean |e|: the attribute code of a face without the attribute should be zero (GeneGAN, arXiv 1705.04932)."""

    def __call__(self, code: Tensor) -> Tensor:
        """code: any shape; the mean runs over all elements."""
        return code.abs().mean()


class Parallelogram:
    """mean |Ax + Be - Bx - Ae|: an attribute exchanged between two faces should cancel out of their sum (GeneGAN).

    A unit trap: the official weight 0.01 meets pixels in 0..255, while reconstruction (weight 1) divides by 255.
    On images in [-1, 1], as here, the same balance is weight 1.275 with reconstruction 0.5 (on [0, 1]: 2.55 and 1).
    A literal 0.01 beside reconstruction 1 makes this term 127.5 times too weak and reconstruction twice too strong.
    """

    def __call__(self, having: Tensor, lacking: Tensor, added: Tensor, removed: Tensor) -> Tensor:
        """Images N x 3 x H x W in [-1, 1]; mean over all elements, in [0, 4].

        having, lacking: the faces with (Ax) and without (Be) the attribute.
        added, removed: the face that got it (Bx) and the face that lost it (Ae).
        Raises ValueError unless the four have one shape.
        """
        shapes = [tuple(images.shape) for images in (having, lacking, added, removed)]
        if len(set(shapes)) > 1:
            raise ValueError(f"a parallelogram's four corners need one shape, got {shapes}")
        return (having + lacking - added - removed).abs().mean()


class KL:
    """Divergence, in nats, from N(mean, variance) to N(0, I): sum over latent dimensions, mean over the batch.

    Kingma and Welling 2014 (arXiv 1312.6114), appendix B.
    """

    def __call__(self, mean: Tensor, log_variance: Tensor) -> Tensor:
        """mean, log_variance: N x ..., of one shape. Raises ValueError where their shapes differ."""
        if mean.shape != log_variance.shape:
            raise ValueError(f"mean {tuple(mean.shape)} and log variance {tuple(log_variance.shape)} differ in shape")
        return 0.5 * (mean.square() + log_variance.exp() - 1 - log_variance).sum() / len(mean)


class CategoricalKL:
    """Divergence, in nats, of categorical codes from the uniform prior: sum over the codes, mean over the batch.

    sizes: how many values each code has; their logits stand side by side in that order. Between 0 and sum log size.
    """

    def __init__(self, *, sizes: Sequence[int]) -> None:
        self.sizes = list(sizes)

    def __call__(self, logits: Tensor) -> Tensor:
        """logits: N x sum(sizes). Raises ValueError for another width."""
        if logits.shape[1] != sum(self.sizes):
            raise ValueError(f"codes of {sum(self.sizes)} values, got logits {tuple(logits.shape)}")
        return torch.stack([self._one(code) for code in logits.split(self.sizes, 1)]).sum() / len(logits)

    @staticmethod
    def _one(logits: Tensor) -> Tensor:
        return (logits.softmax(1) * (logits.log_softmax(1) + math.log(logits.shape[1]))).sum()


class WrongClass:
    """What a Fader encoder lowers: the cross-entropy of the latent discriminator's logits with the flipped labels.

    Logits, reduction and unknown labels as in `CategoricalRecognition`, which is what the latent discriminator lowers.
    """

    logits_per_attribute = CategoricalRecognition.logits_per_attribute

    def __init__(self) -> None:
        self._recognition = CategoricalRecognition()

    def __call__(self, logits: Tensor, labels: Tensor, weights: Tensor | None = None) -> Tensor:
        """logits: N x 2K; labels: N x K in {0, 1}, the true ones, NaN where unknown; weights: N or None.

        Raises ValueError as there.
        """
        return self._recognition(logits, 1 - labels, weights)


class Contrast:
    """Two codes of one face belong together, those of different faces do not (InfoNCE, arXiv 1807.03748).

    Cross-entropy, in nats, of finding the partner among the other batch's codes by cosine similarity; the mean of both
    directions. temperature: divides the similarities. At random codes about log N.
    """

    def __init__(self, *, temperature: float = 0.1) -> None:
        self.temperature = temperature

    def __call__(self, first: Tensor, second: Tensor) -> Tensor:
        """first, second: N x K; row i of both belongs to face i. Raises ValueError where their shapes differ."""
        if first.shape != second.shape:
            raise ValueError(f"codes to contrast differ in shape: {tuple(first.shape)} and {tuple(second.shape)}")
        alike = F.normalize(first, dim=1) @ F.normalize(second, dim=1).T / self.temperature
        partner = torch.arange(len(first), device=first.device)
        return (F.cross_entropy(alike, partner) + F.cross_entropy(alike.T, partner)) / 2
