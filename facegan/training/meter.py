"""Averages of loss terms and the watch over them, kept on the device: no step waits for a number."""

import torch
from torch import Tensor


class TrainingBrokeError(RuntimeError):
    """A loss term is no longer a number, or has exploded. The last good checkpoint stands."""


class Meter:
    """Sums each phase's terms between two log lines, and remembers the play in which a term first went bad.

    limit: the absolute value above which a term counts as exploded.
    """

    def __init__(self, *, phases: dict[str, tuple[str, ...]], limit: float, device: torch.device) -> None:
        self.terms, self.limit = phases, limit
        self.sums = {name: torch.zeros(len(terms), device=device) for name, terms in phases.items()}
        self.bad = {name: torch.full((len(terms),), torch.inf, device=device) for name, terms in phases.items()}
        self.counts = dict.fromkeys(phases, 0)

    def add(self, phase: str, losses: dict[str, Tensor], round_: int) -> None:
        """One play's terms, unweighted."""
        values = torch.stack([losses[name].detach().float() for name in self.terms[phase]])
        self.sums[phase] += values
        self.counts[phase] += 1
        broken = ~(values.abs() <= self.limit)
        self.bad[phase] = torch.where(broken & self.bad[phase].isinf(), float(round_), self.bad[phase])

    def check(self) -> None:
        """Raises TrainingBrokeError, naming the terms that went bad first."""
        rounds = {
            f"{p}.{t}": r for p, terms in self.terms.items() for t, r in zip(terms, self.bad[p].tolist(), strict=True)
        }
        first = min(rounds.values(), default=float("inf"))
        if first < float("inf"):
            names = ", ".join(name for name, round_ in rounds.items() if round_ == first)
            raise TrainingBrokeError(
                f"{names} went beyond {self.limit:g} or is not a number, first in round {int(first)}"
            )

    def means(self) -> dict[str, float]:
        """The means by `phase/term` since the last call, and a fresh start."""
        means: dict[str, float] = {}
        for phase, terms in self.terms.items():
            if count := self.counts[phase]:
                values = (self.sums[phase] / count).tolist()
                means |= {f"{phase}/{term}": value for term, value in zip(terms, values, strict=True)}
            self.sums[phase].zero_()
            self.counts[phase] = 0
        return means

    def tensors(self) -> dict[str, Tensor]:
        """The sums, for a checkpoint."""
        return {f"meter.{phase}": value for phase, value in self.sums.items()}

    def restore(self, tensors: dict[str, Tensor], counts: dict[str, int]) -> None:
        """Continues from a checkpoint's sums and counts."""
        for phase, value in self.sums.items():
            value.copy_(tensors[f"meter.{phase}"])
        self.counts.update(counts)
