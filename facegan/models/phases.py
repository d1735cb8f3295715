"""Who plays when, as data.

A *round* is one turn of the training loop; in it the phases play in the order in which the model lists them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from facegan.data.draw import Draw


class RepeatRule(Protocol):
    """How often a phase plays in a given round."""

    def __call__(self, round_: int) -> int:
        """Plays in this round."""
        ...


@dataclass(frozen=True, kw_only=True)
class Burst:
    """`usual` plays a round, but `burst` in every `each`-th one, the first included."""

    usual: int = 1
    burst: int = 100
    each: int = 500

    def __call__(self, round_: int) -> int:
        """Plays in this round."""
        return self.burst if round_ % self.each == 0 else self.usual


@dataclass(frozen=True, kw_only=True)
class Phase:
    """One kind of training step. The model's method `<name>_losses` computes its terms.

    trains: the parts that it moves; no other parameter may change.
    evals: the parts that run in eval mode meanwhile.
    terms: the names of the loss terms that it yields; each has a weight in the model's config.
    draws: the faces that a play draws, by the argument name under which the losses method takes them.
    every: it plays in rounds 0, every, 2 * every, ...
    repeat: plays in such a round: a number, or a rule of the round.
    start, stop: the first round in which it plays, and the first in which it no longer does.
    reuse: an earlier phase whose faces and kept tensors it takes, instead of drawing its own.
    keeps: tensors that its losses method keeps for a reusing phase, and the parts on the way to each of them; a kept
        graph is walked only while none of those parts has been stepped since, otherwise the tensor comes detached.
    why: one line, where the reason is not obvious.
    """

    name: str
    trains: tuple[str, ...]
    terms: tuple[str, ...]
    draws: Mapping[str, Draw] = field(default_factory=dict)
    evals: tuple[str, ...] = ()
    every: int = 1
    repeat: int | RepeatRule = 1
    start: int = 0
    stop: int | None = None
    reuse: str | None = None
    keeps: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    why: str = ""

    def covers(self, heir: "Phase") -> bool:
        """Whether it plays in each round in which `heir` does; a rule of repeats is taken to play in all."""
        lasts = self.stop is None or (heir.stop is not None and heir.stop <= self.stop)
        meets = heir.every % self.every == 0 and (heir.start - self.start) % self.every == 0
        return self.repeat != 0 and self.start <= heir.start and lasts and meets

    def plays(self, round_: int) -> int:
        """How often the phase plays in this round."""
        if round_ < self.start or (self.stop is not None and round_ >= self.stop) or (round_ - self.start) % self.every:
            return 0
        return self.repeat if isinstance(self.repeat, int) else self.repeat(round_)
