"""The figures of all runs, and what they answer: against bicubic, and against the mean of the same network and seed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from experiments.intervals import interval
from experiments.superresolution.measuring import Figures
from experiments.superresolution.plan import MEAN, Run, Task

BETTER = {"kid": -1, "swd": -1, "features": -1, "psnr": 1}  # the direction in which a difference is a gain


@dataclass(frozen=True, kw_only=True)
class Results:
    """planned: all runs. figures: of those that came to their end. bicubic: of interpolation, by task."""

    planned: Sequence[Run]
    figures: Mapping[Run, Figures]
    bicubic: Mapping[Task, Figures]

    @property
    def tasks(self) -> list[Task]:
        return list(self.bicubic)

    @property
    def systems(self) -> list[str]:
        return list(self.planned[0].scale.images)

    @property
    def failed(self) -> int:
        return len(self.planned) - len(self.figures)

    def runs(self, task: Task, system: str) -> list[Run]:
        """Those that were measured, by seed."""
        return [run for run in self.figures if (run.task, run.system) == (task, system)]

    def values(self, task: Task, system: str, measure: str) -> list[float]:
        """One for each run that has the figure."""
        found = (self.figures[run] for run in self.runs(task, system))
        return [figures[measure] for figures in found if measure in figures]

    def gains(self, task: Task, system: str, measure: str = "psnr") -> list[float]:
        """Over bicubic, by seed."""
        return [value - self.bicubic[task][measure] for value in self.values(task, system, measure)]

    def differences(self, task: Task, system: str, measure: str) -> list[float]:
        """From the regression of the same network, task and seed; of the seeds that both came to their end in."""
        means = {run.seed: self.figures[run][measure] for run in self.runs(task, MEAN) if measure in self.figures[run]}
        there = [run for run in self.runs(task, system) if run.seed in means]
        return [self.figures[run][measure] - means[run.seed] for run in there]


def verdict(values: Sequence[float], *, enough: float, way: int = 1) -> str:
    """`yes` where the whole interval is at least so much of a gain; `in the mean` where its middle is; `no`; `–`.

    way: -1 where less is better.
    """
    if not values:
        return "–"
    found = interval([way * value for value in values])
    if found.mean - found.half >= enough:
        return "yes"
    return "in the mean" if found.mean >= enough else "no"
