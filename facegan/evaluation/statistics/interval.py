"""An estimate with what bounds it."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

Z = 1.959963984540054  # the normal's two-sided 95 %
TAILS = (0.025, 0.975)


@dataclass(frozen=True, slots=True)
class Interval:
    """value: the estimate; low, high: 95 % bounds, NaN where nothing can be said."""

    value: float
    low: float
    high: float

    def excludes(self, number: float) -> bool:
        """Whether the number lies outside the bounds; never, where there are none."""
        return self.low > number or self.high < number


def percentile_interval(value: float, draws: Tensor) -> Interval:
    """The bounds that leave 2.5 % of bootstrap draws, B, on either side; draws without a number count for nothing."""
    known = draws.double()[~draws.isnan()]
    if not len(known) or math.isnan(value):
        return Interval(value, math.nan, math.nan)
    low, high = torch.quantile(known, torch.tensor(TAILS, dtype=torch.float64)).tolist()
    return Interval(value, low, high)


def share_interval(hits: int, count: int) -> Interval:
    """A share of independent trials with Wilson's score interval (1927), good near 0 and 1 and for few trials."""
    if count == 0:
        return Interval(math.nan, math.nan, math.nan)
    share, z2 = hits / count, Z**2
    middle = (share + z2 / (2 * count)) / (1 + z2 / count)
    half = Z / (1 + z2 / count) * math.sqrt(share * (1 - share) / count + z2 / (4 * count**2))
    return Interval(share, max(0.0, middle - half), min(1.0, middle + half))
