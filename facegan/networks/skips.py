"""Which of an encoder's skips a decoder takes, and where."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from facegan.networks.contracts import Shape
from facegan.networks.errors import PartError
from facegan.networks.sizes import named


class SkipPlan:
    """The skips that a decoder concatenates to the inputs of its layers, U-Net style, deepest first.

    `sides` are the sides of the layers' inputs, the code first; the code itself is no skip. `wanted`: how many of the
    deepest to take, None for every one that fits. Raises `PartError` when more are wanted than fit.
    """

    def __init__(self, *, part: str, offered: Sequence[Shape], sides: Sequence[int], wanted: int | None) -> None:
        self.part = part
        by_side = {shape[1]: (index, shape[0]) for index, shape in enumerate(offered)}
        fitting = [side for side in sides[1:] if side in by_side]
        if wanted is not None and wanted > len(fitting):
            shapes = ", ".join(named(shape) for shape in offered) or "none"
            raise PartError(f"{part}: use_skips is {wanted}, but of the encoder's ({shapes}) {len(fitting)} would fit")
        taken = fitting if wanted is None else fitting[:wanted]
        self.sources = [by_side[side] if side in taken else None for side in sides]

    def channels(self, layer: int) -> int:
        """How many channels the skip of this layer adds to its input."""
        source = self.sources[layer]
        return source[1] if source else 0

    def joined(self, layer: int, maps: Tensor, skips: tuple[Tensor, ...]) -> Tensor:
        """Append the skip of this layer to its input."""
        source = self.sources[layer]
        if source is None:
            return maps
        if source[0] >= len(skips):
            raise ValueError(f"{self.part}: it was built with skips, and got {len(skips)} of them")
        return torch.cat([maps, skips[source[0]]], dim=1)
