"""Ways for a condition (N x K attribute values) to enter a network."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from facegan.networks.layers import Layers

INJECTIONS = ("input", "every", "adain")


def checked(part: str, condition: Tensor | None, width: int) -> Tensor | None:
    """Return the condition, or raise ValueError when its presence or width is not what the part was built for."""
    if width == 0 and condition is None:
        return None
    if condition is None or condition.ndim != 2 or condition.shape[1] != width:
        got = "none" if condition is None else "x".join(str(n) for n in condition.shape)
        wanted = f"a condition of N x {width}" if width else "no condition"
        raise ValueError(f"{part}: it was built for {wanted}, and got {got}")
    return condition


def concatenated(maps: Tensor, condition: Tensor | None) -> Tensor:
    """Append the condition, tiled over height and width, to the maps' channels."""
    if condition is None:
        return maps
    tiled = condition.to(maps.dtype)[:, :, None, None].expand(-1, -1, *maps.shape[2:])
    return torch.cat([maps, tiled], dim=1)


class AdaIN(nn.Module):
    """Instance norm whose scale and shift are read from the condition (Huang and Belongie, ICCV 2017).

    Maps N x channels x H x W and a condition N x K to maps of the same shape; a zero condition leaves a learned scale
    and shift near 1 and 0.
    """

    def __init__(self, *, channels: int, condition: int, side: int, layers: Layers) -> None:
        super().__init__()
        layers.check_moments(channels, side)
        self.style = layers.linear(condition, 2 * channels)
        self.eps = layers.norm_eps

    def forward(self, maps: Tensor, condition: Tensor | None) -> Tensor:
        """Normalise each map, then scale and shift it."""
        assert condition is not None
        scale: Tensor
        shift: Tensor
        scale, shift = self.style(condition.to(maps.dtype))[:, :, None, None].chunk(2, dim=1)
        return (1 + scale) * F.instance_norm(maps, eps=self.eps) + shift


def norm_of(layers: Layers, channels: int, side: int, condition: int) -> nn.Module:
    """The norm of a channels x side x side map: AdaIN where a condition is to set it, else the recipe's."""
    if condition:
        return AdaIN(channels=channels, condition=condition, side=side, layers=layers)
    return layers.map_norm(channels, side)


def normalised(norm: nn.Module, maps: Tensor, condition: Tensor | None) -> Tensor:
    """Apply either kind of norm."""
    result: Tensor = norm(maps, condition) if isinstance(norm, AdaIN) else norm(maps)
    return result
