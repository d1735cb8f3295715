"""Fully connected ends of networks."""

from __future__ import annotations

from torch import nn

from facegan.networks.layers import Layers


def head(layers: Layers, inputs: int, outputs: int, *, hidden: int) -> nn.Sequential:
    """Flatten, then one layer to the outputs, with a `hidden` layer and its activation between when that is not 0."""
    if not hidden:
        return nn.Sequential(nn.Flatten(), layers.linear(inputs, outputs))
    return nn.Sequential(
        nn.Flatten(), layers.linear(inputs, hidden), layers.activation(), layers.linear(hidden, outputs)
    )
