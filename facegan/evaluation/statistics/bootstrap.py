"""Paired bootstrap over seeds and faces (Efron and Tibshirani 1993; the crossed resampling of Owen 2007).

Every draw resamples the faces once, for all systems alike, since all were measured on the same faces: what makes a face
hard for every system then cancels in their differences. The training seeds of each system are resampled for it alone,
since the seeds of two systems have nothing in common.

Legend: B draws, S seeds, N faces.
"""

import zlib
from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

from facegan.evaluation.measures.ratio import Ratio
from facegan.evaluation.statistics.interval import Interval, percentile_interval

DRAWS = 2_000
SEED = 61_803

Seeds = Sequence[Ratio]  # of one system: what a measure found of each of its training seeds, on the same N faces


def pooled(seeds: Seeds) -> float:
    """The system's figure: the mean over its seeds of sum over sum."""
    return sum(ratio.pooled for ratio in seeds) / len(seeds)


def resampled(systems: Mapping[str, Seeds], *, draws: int = DRAWS, seed: int = SEED) -> dict[str, Tensor]:
    """B bootstrap draws of each system's figure; draw b sees the same faces in all of them.

    A system's draws depend on its name and the seed, not on the company it is in. Raises ValueError where the systems
    were measured on unequal numbers of faces.
    """
    counts = {len(ratio.above) for seeds in systems.values() for ratio in seeds}
    if len(counts) > 1:
        raise ValueError(f"systems measured on {sorted(counts)} faces cannot be paired.")
    weights = _face_weights(counts.pop() if counts else 0, draws, seed)
    return {name: _draws(seeds, weights, _generator(seed, name)) for name, seeds in systems.items()}


def interval_of(seeds: Seeds, draws: Tensor) -> Interval:
    """The figure with its 95 % interval. One seed on one number has no spread to learn from: no bounds."""
    if len(seeds) == 1 and len(seeds[0].above) == 1:
        draws = draws * torch.nan
    return percentile_interval(pooled(seeds), draws)


def difference(one: Seeds, other: Seeds, one_draws: Tensor, other_draws: Tensor) -> Interval:
    """One minus other, paired draw by draw. No bounds where either has none."""
    if any(len(seeds) == 1 and len(seeds[0].above) == 1 for seeds in (one, other)):
        one_draws = one_draws * torch.nan
    return percentile_interval(pooled(one) - pooled(other), one_draws - other_draws)


def best_of(systems: Mapping[str, Seeds], draws: Mapping[str, Tensor], better: str) -> str | None:
    """The system whose paired difference to every other excludes 0; None where no system can claim that.

    better: `lower` or `higher`. One claim needs all differences at once, so it needs no correction for their number
    (an intersection-union test). Alone nobody is best.
    """
    known = {name: seeds for name, seeds in systems.items() if pooled(seeds) == pooled(seeds)}
    if len(known) < 2:
        return None
    first = (min if better == "lower" else max)(known, key=lambda name: pooled(known[name]))
    others = (name for name in known if name != first)
    sure = all(difference(known[first], known[name], draws[first], draws[name]).excludes(0.0) for name in others)
    return first if sure else None


def _face_weights(count: int, draws: int, seed: int) -> Tensor:
    """How often each face is in each draw, B x N."""
    picks = torch.randint(max(count, 1), (draws, count), generator=_generator(seed, "faces"))
    return torch.zeros(draws, count, dtype=torch.float64).scatter_add_(1, picks, torch.ones_like(picks).double())


def _draws(seeds: Seeds, weights: Tensor, generator: torch.Generator) -> Tensor:
    above = torch.stack([ratio.above.double() for ratio in seeds])
    below = torch.stack([ratio.below.double() for ratio in seeds])
    each = (weights @ above.T) / (weights @ below.T)  # B x S; 0 / 0 is no number
    if len(seeds) == 1:
        return each[:, 0]
    # S - 1 of S: with S, the variance of a mean of few seeds would come out (S - 1) / S too small (Rao and Wu 1988).
    picks = torch.randint(len(seeds), (len(each), len(seeds) - 1), generator=generator)
    return each.gather(1, picks).mean(1)


def _generator(seed: int, name: str) -> torch.Generator:
    return torch.Generator().manual_seed(seed + (zlib.crc32(name.encode()) << 20))
