"""Figures of runs by way and seed, and differences that pair seeds."""

from collections.abc import Mapping, Sequence
from typing import Any

Figures = Mapping[str, float]


class BySeed:
    """jobs: all that were planned, failed ones too; each has a way and a seed. base: figures of what is not trained."""

    def __init__(self, jobs: Sequence[Any], figures: Mapping[Any, Figures], base: Figures) -> None:
        self.figures, self.base = {(job.way, job.seed): found for job, found in figures.items()}, base
        self.seeds = tuple(dict.fromkeys(job.seed for job in jobs))
        self.planned, self.failed = len(jobs), len(jobs) - len(figures)

    def values(self, way: str, figure: str) -> list[float]:
        """One for each seed whose run came to its end; none where the way has no such figure."""
        found = (self.figures.get((way, seed), {}) for seed in self.seeds)
        return [each[figure] for each in found if figure in each]

    def differences(self, way: str, over: str, figure: str) -> list[float]:
        """Seed by seed, where both runs came to their end."""
        both = [seed for seed in self.seeds if {(way, seed), (over, seed)} <= set(self.figures)]
        return [self.figures[way, seed][figure] - self.figures[over, seed][figure] for seed in both]
