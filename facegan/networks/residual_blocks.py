"""Residual blocks: the pre-activation one of StarGAN v2 that changes the side, and the plain one of a trunk."""

from __future__ import annotations

from math import sqrt

from torch import Tensor, nn
from torch.nn import functional as F

from facegan.networks.injection import norm_of, normalised
from facegan.networks.layers import Layers

SHAVED = 2
"""What a plain block without padding takes off each edge of a map, in pixels: one for each 3x3."""


class PlainBlock(nn.Module):
    """3x3, norm, activation, 3x3, norm; plus the input. Side and width stay (CycleGAN's and StarGAN's middle).

    Without padding the side shrinks by 4, and so does the input before it is added (Johnson et al., ECCV 2016).
    """

    def __init__(self, *, layers: Layers, channels: int, side: int) -> None:
        super().__init__()
        self.conv_in, self.conv_out = (layers.conv(channels, channels, kernel=3) for _ in range(2))
        self.norm_in, self.norm_out = (layers.map_norm(channels, side) for _ in range(2))
        self.activation = layers.activation()
        self.shaved = SHAVED if layers.padding == "none" else 0

    def forward(self, maps: Tensor) -> Tensor:
        """Map N x channels x H x W to the same shape, or to H - 4 x W - 4 without padding."""
        inner = self.activation(self.norm_in(self.conv_in(maps)))
        kept = F.pad(maps, [-self.shaved] * 4) if self.shaved else maps
        total: Tensor = kept + self.norm_out(self.conv_out(inner))
        return total


def trunk(*, layers: Layers, channels: int, side: int, blocks: int) -> nn.Sequential:
    """Some plain blocks in a row; none for 0."""
    return nn.Sequential(*(PlainBlock(layers=layers, channels=channels, side=side) for _ in range(blocks)))


class ResidualBlock(nn.Module):
    """The pre-activation block of StarGAN v2 (Choi et al., CVPR 2020): norm, activation, 3x3, resize, norm,
    activation, 3x3; plus the resized input, by 1x1 where the width changes.

    `resize` is 'down' (average pool) or 'up' (nearest). The sum is divided by sqrt(2) to keep its variance. With
    `condition` > 0 the norms are AdaIN.
    """

    def __init__(
        self,
        *,
        layers: Layers,
        inputs: int,
        outputs: int,
        side: int,
        resize: str,
        condition: int = 0,
        normed: bool = True,
    ) -> None:
        super().__init__()
        self.up = resize == "up"
        after = 2 * side if self.up else side // 2
        self.norm_in = norm_of(layers, inputs, side, condition) if normed else nn.Identity()
        self.conv_in = layers.conv(inputs, outputs, kernel=3)
        self.norm_out = norm_of(layers, outputs, after, condition)
        # On the way up the last norm reads the whole stream and would undo a bias here; a code meets no norm.
        self.conv_out = layers.conv(outputs, outputs, kernel=3, normed=self.up)
        same = inputs == outputs
        self.shortcut = nn.Identity() if same else layers.conv(inputs, outputs, kernel=1, bias=False)
        self.activation = layers.activation()

    def forward(self, maps: Tensor, condition: Tensor | None = None) -> Tensor:
        """Map N x inputs x H x W to N x outputs x H/2 x W/2 or 2H x 2W."""
        inner = self.conv_in(self.activation(normalised(self.norm_in, maps, condition)))
        inner = self.activation(normalised(self.norm_out, self._resized(inner), condition))
        total: Tensor = self.shortcut(self._resized(maps)) + self.conv_out(inner)
        return total / sqrt(2)

    def _resized(self, maps: Tensor) -> Tensor:
        return F.interpolate(maps, scale_factor=2) if self.up else F.avg_pool2d(maps, 2)
