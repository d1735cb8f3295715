"""Values that change while a model trains: loss weights and learning-rate factors.

A schedule names its clock: `images` (training faces drawn, over all phases), `rounds`, or a phase (its plays).
"""

from collections.abc import Mapping
from typing import Protocol

from facegan.errors import UserError

Clocks = Mapping[str, int]


class Schedule(Protocol):
    """A value as a function of the clocks."""

    clock: str

    def __call__(self, clocks: Clocks) -> float:
        """The value at this moment."""
        ...


class Linear:
    """From `first` to `last` in a straight line over `over` ticks, beginning at tick `begin`; constant outside."""

    def __init__(self, *, clock: str, first: float, last: float, over: int, begin: int = 0) -> None:
        if over < 1:
            raise UserError(f"Linear schedule: over={over} ticks; at least 1 is needed.")
        self.clock, self.first, self.last, self.over, self.begin = clock, first, last, over, begin

    def __call__(self, clocks: Clocks) -> float:
        """The value at this moment."""
        done = min(max((clocks[self.clock] - self.begin) / self.over, 0.0), 1.0)
        return self.first + (self.last - self.first) * done


class Step:
    """`value`, multiplied by `factor` each time another `each` ticks have passed."""

    def __init__(self, *, clock: str, value: float = 1.0, factor: float = 0.5, each: int) -> None:
        self.clock, self.value, self.factor, self.each = clock, value, factor, each

    def __call__(self, clocks: Clocks) -> float:
        """The value at this moment."""
        return self.value * self.factor ** (clocks[self.clock] // self.each)


def value_at(value: float | Schedule, clocks: Clocks) -> float:
    """A plain number as it is, a schedule at this moment."""
    return value(clocks) if callable(value) else float(value)
