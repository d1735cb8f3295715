"""Kendall's tau-b: whether two protocols put the same systems in the same order (Kendall 1945, ties corrected).

Legend: B draws, M systems.
"""

from collections.abc import Sequence

import torch
from torch import Tensor

from facegan.evaluation.statistics.bootstrap import DRAWS, SEED
from facegan.evaluation.statistics.interval import Interval, percentile_interval


def kendall(first: Tensor, second: Tensor) -> Tensor:
    """Tau-b along the last dimension, ... x M each: -1 reversed, 0 unrelated, 1 the same order; NaN if one is flat."""
    one, other = _orders(first), _orders(second)
    together = (one * other).sum((-2, -1))
    return together / (one.square().sum((-2, -1)) * other.square().sum((-2, -1))).sqrt()


def rank_agreement(
    first: Sequence[float],
    second: Sequence[float],
    *,
    first_draws: Tensor | None = None,
    second_draws: Tensor | None = None,
    draws: int = DRAWS,
    seed: int = SEED,
) -> Interval:
    """Tau-b of M systems under two measures or protocols, with its 95 % interval; M at least 2.

    The systems are resampled, and with first_draws and second_draws (B x M, from `resampled`) each system's figures
    too, so that the interval covers which systems there happen to be, their seeds and the faces.
    """
    values = torch.tensor([list(first), list(second)], dtype=torch.float64)
    count = values.shape[1]
    one, other = (
        values[row].expand(draws, count) if given is None else given.double()
        for row, given in enumerate((first_draws, second_draws))
    )
    if not count or one.shape != other.shape or one.shape[1] != count:
        raise ValueError(f"figures of {count} systems with draws of {tuple(one.shape)} and {tuple(other.shape)}.")
    picks = torch.randint(count, one.shape, generator=torch.Generator().manual_seed(seed))
    taus = kendall(one.gather(1, picks), other.gather(1, picks))
    return percentile_interval(float(kendall(values[0], values[1])), taus)


def prediction(one: str, other: str, agreement: Interval) -> str:
    """What a rank agreement allows one to say."""
    figures = f"Kendall's tau {agreement.value:.2f} [{agreement.low:.2f}, {agreement.high:.2f}]"
    if agreement.excludes(0.0) and agreement.value > 0:
        return f"The order on {one} predicts the order on {other}: {figures}."
    if agreement.excludes(0.0):
        return f"The order on {one} is the reverse of that on {other}: {figures}."
    return f"The order on {one} does not predict the order on {other}: {figures} includes 0."


def _orders(values: Tensor) -> Tensor:
    """Who is above whom: ... x M x M in {-1, 0, 1}."""
    return (values[..., :, None] - values[..., None, :]).sign()
