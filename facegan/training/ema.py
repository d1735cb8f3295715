"""Exponential moving averages of the parts that verbs use: parameters are averaged, buffers are copied."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import torch
from torch import Tensor, nn


class EMA:
    """decay: the share of the old average that a round keeps; less in the first rounds, (1 + n) / (10 + n) in round n.

    Without that a short run would end with an average in which the initial weights still show.
    """

    def __init__(self, parts: Mapping[str, nn.Module], *, decay: float) -> None:
        self.parts, self.decay = parts, decay
        self.shadow = {name: value.detach().clone() for name, value in self._live().items()}
        self._averaged = [n for part, m in parts.items() for n in (f"{part}.{k}" for k, _ in m.named_parameters())]

    def _live(self) -> dict[str, Tensor]:
        return {f"{part}.{key}": value for part, m in self.parts.items() for key, value in m.state_dict().items()}

    @torch.no_grad()
    def update(self, round_: int) -> None:
        """One round further; the first round is 0."""
        decay = min(self.decay, (1 + round_) / (10 + round_))
        live, averaged = self._live(), set(self._averaged)
        shadows = [self.shadow[name] for name in self._averaged]
        torch._foreach_lerp_(shadows, [live[name] for name in self._averaged], 1 - decay)
        for name in self.shadow.keys() - averaged:
            self.shadow[name].copy_(live[name])

    @contextmanager
    @torch.no_grad()
    def applied(self) -> Iterator[None]:
        """The averages in the parts' places, for pictures and measures; the live weights come back afterwards."""
        live = self._live()
        kept = {name: value.clone() for name, value in live.items()}
        try:
            for name, value in live.items():
                value.copy_(self.shadow[name])
            yield
        finally:
            for name, value in live.items():
                value.copy_(kept[name])
