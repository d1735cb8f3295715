"""The one form in which measures answer: a numerator and a denominator per face."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True, slots=True)
class Ratio:
    """above, below: N each. Pooling adds both up first, so that a face with nothing to measure weighs nothing."""

    above: Tensor
    below: Tensor

    @classmethod
    def of(cls, values: Tensor) -> "Ratio":
        """Plain figures per face, N, of equal weight."""
        return cls(values, torch.ones_like(values))

    @classmethod
    def join(cls, parts: Sequence["Ratio"]) -> "Ratio":
        """The faces of several chunks as one."""
        return cls(torch.cat([part.above for part in parts]), torch.cat([part.below for part in parts]))

    @property
    def pooled(self) -> float:
        """Sum over sum; NaN where there was nothing to measure."""
        below = self.below.double().sum()
        return float(self.above.double().sum() / below) if below > 0 else float("nan")

    @property
    def each(self) -> Tensor:
        """The figure of every face, N; NaN for a face with nothing to measure."""
        return torch.where(self.below > 0, self.above / self.below.clamp_min(1e-12), torch.nan)

    @property
    def count(self) -> int:
        """The faces with something to measure."""
        return int((self.below > 0).sum())
