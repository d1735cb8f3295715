"""Recognition: how well logits name a face's attributes.

Labels are N x K in {0, 1}; NaN is unknown and masked: it adds nothing to the loss and nothing to the gradient, so a
batch of unknown labels costs 0. Weights say what each face counts: its terms are multiplied by them and the divisor
stays, so that weights of mean 1 over a data set estimate, without bias, the loss over the faces that they stand for.
"""

from abc import ABC, abstractmethod
from typing import ClassVar, Literal

import torch
from torch import Tensor
from torch.nn import functional as F


class Recognition(ABC):
    """A cross-entropy between logits and labels: an unweighted scalar >= 0, in nats."""

    logits_per_attribute: ClassVar[int]
    """How many outputs a recognizer under this loss needs for each attribute."""

    def __call__(self, logits: Tensor, labels: Tensor, weights: Tensor | None = None) -> Tensor:
        """The loss. logits: N x (K * logits_per_attribute); labels: N x K; weights: N, >= 0, None for 1 each.

        Raises ValueError where they do not fit.
        """
        wanted = (len(labels), labels.shape[1] * self.logits_per_attribute)
        if logits.shape != wanted:
            raise ValueError(f"labels {tuple(labels.shape)} need logits {wanted}, got {tuple(logits.shape)}")
        known = ~labels.isnan()
        entropy = self._cross_entropy(logits, torch.where(known, labels, 0))
        if weights is not None:
            entropy = entropy * _per_face(weights, len(labels))
        return self._reduce(torch.where(known, entropy, 0), known)

    @abstractmethod
    def evidence(self, logits: Tensor) -> Tensor:
        """One number for each attribute, N x K, from such logits: above 0 it is seen, the log of its odds."""

    @abstractmethod
    def _cross_entropy(self, logits: Tensor, labels: Tensor) -> Tensor:
        """N x K cross-entropies; labels hold no NaN."""

    def _reduce(self, entropy: Tensor, known: Tensor) -> Tensor:
        """Sum over attributes, mean over the batch, faces with unknown labels included."""
        return entropy.sum() / len(entropy)


def _per_face(weights: Tensor, count: int) -> Tensor:
    if weights.shape != (count,):
        raise ValueError(f"{count} faces need as many weights, got {tuple(weights.shape)}")
    return weights[:, None]


class BinaryRecognition(Recognition):
    """Binary cross-entropy, one logit per attribute; a positive logit says that the face has it.

    reduction: 'mean' over all known labels (AttGAN); 'sum' over attributes, then mean over the batch (StarGAN).
    Raises ValueError for another reduction.
    """

    logits_per_attribute: ClassVar[int] = 1

    def __init__(self, *, reduction: Literal["mean", "sum"] = "mean") -> None:
        if reduction not in ("mean", "sum"):
            raise ValueError(f"recognition is reduced by 'mean' or 'sum', not {reduction!r}")
        self.reduction = reduction

    def evidence(self, logits: Tensor) -> Tensor:
        """The logits themselves."""
        return logits

    def _cross_entropy(self, logits: Tensor, labels: Tensor) -> Tensor:
        return F.binary_cross_entropy_with_logits(logits, labels.to(logits.dtype), reduction="none")

    def _reduce(self, entropy: Tensor, known: Tensor) -> Tensor:
        if self.reduction == "sum":
            return super()._reduce(entropy, known)
        return entropy.sum() / known.sum().clamp_min(1)


class CategoricalRecognition(Recognition):
    """Cross-entropy over two logits per attribute: columns 2k (absent) and 2k + 1 (present) speak of attribute k.

    Sum over attributes, mean over the batch, as Fader Networks (Lample et al. 2017, arXiv 1706.00409).
    """

    logits_per_attribute: ClassVar[int] = 2

    def evidence(self, logits: Tensor) -> Tensor:
        """Present less absent."""
        return logits[:, 1::2] - logits[:, ::2]

    def _cross_entropy(self, logits: Tensor, labels: Tensor) -> Tensor:
        choices = logits.reshape(-1, self.logits_per_attribute)
        return F.cross_entropy(choices, labels.reshape(-1).long(), reduction="none").view(labels.shape)
