"""Normalisation by name: batch, instance, layer, spectral or none."""

from __future__ import annotations

from torch import nn
from torch.nn.utils import parametrizations

NORMS = ("batch", "instance", "layer", "spectral", "none")


def map_norm(kind: str, channels: int, *, momentum: float, eps: float) -> nn.Module:
    """Return the layer that normalises N x channels x H x W maps (nothing for 'spectral', which acts on weights).

    'layer' takes its moments over channels, height and width of one image, as the critic of WGAN-GP does.
    """
    match kind:
        case "batch":
            return nn.BatchNorm2d(channels, momentum=momentum, eps=eps)
        case "instance":
            return nn.InstanceNorm2d(channels, affine=True, eps=eps)
        case "layer":
            return nn.GroupNorm(1, channels, eps=eps)
        case _:
            return nn.Identity()


def vector_norm(kind: str, features: int, *, momentum: float, eps: float) -> nn.Module:
    """Return the layer that normalises N x features vectors; 'instance' means nothing there and is refused above."""
    match kind:
        case "batch":
            return nn.BatchNorm1d(features, momentum=momentum, eps=eps)
        case "layer":
            return nn.LayerNorm(features, eps=eps)
        case _:
            return nn.Identity()


def constrain(kind: str, module: nn.Module) -> None:
    """Hold the largest singular value of the module's weight at 1 when `kind` is 'spectral' (Miyato, ICLR 2018)."""
    if kind == "spectral":
        parametrizations.spectral_norm(module)


def absorbs_bias(kind: str) -> bool:
    """Say whether the norm takes a per-channel constant out again, so that a bias before it would be dead weight."""
    return kind in ("batch", "instance")
