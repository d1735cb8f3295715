"""The mean of a few runs and how well it is known."""

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

# Student's t, 97.5 %, by degrees of freedom.
T = (12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262)


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean and the half width of its 95 % interval by Student's t, NaN for a single value."""

    mean: float
    half: float

    @property
    def told(self) -> bool:
        """Whether it excludes 0; never for a single value."""
        return abs(self.mean) > self.half

    @property
    def bar(self) -> float:
        """The half width as a chart draws it: nothing for a single value."""
        return 0.0 if math.isnan(self.half) else self.half

    def __format__(self, spec: str) -> str:
        """With a sign before the mean alone, where the spec asks for one."""
        return f"{self.mean:{spec}} ± {self.half:{spec.lstrip('+')}}"


def interval(values: Sequence[float]) -> Interval:
    """Of up to ten independent values, at least one."""
    if len(values) == 1:
        return Interval(values[0], float("nan"))
    spread = statistics.stdev(values) / len(values) ** 0.5
    return Interval(statistics.fmean(values), T[len(values) - 2] * spread)


def difference(values: Sequence[float], spec: str) -> str:
    """Of a table: the interval of paired differences with their sign, bold where it is told from 0; a dash for none."""
    if not values:
        return "–"
    found = interval(values)
    return f"**{found:+{spec}}**" if found.told else f"{found:+{spec}}"
