"""Upscalers with residual blocks: SRResNet and Johnson's by settings, and Chen and Tong's, which grows in stages."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from facegan.networks.contracts import Upscaled, Upscaler
from facegan.networks.errors import choose
from facegan.networks.layers import Layers
from facegan.networks.residual_blocks import trunk
from facegan.networks.upscalers import ENDS, check_scale, ended

WAYS = ("shuffle", "transposed")


class PReLULayers(Layers):
    """Layers whose activation learns one slope each."""

    def activation(self) -> nn.Module:
        """A PReLU."""
        return nn.PReLU()


class ResidualUpscaler(Upscaler):
    """A convolution, residual blocks, doublings, a convolution: SRResNet (Ledig et al., CVPR 2017) by its defaults.

    Facts: `image_size`, `scale` (a power of two), `channels`. `blocks`: their number. `way`: how the side doubles,
    'shuffle' (3x3 to four times the width, pixel shuffle) or 'transposed' (3/2/1). `long`: whether another 3x3 and a
    skip over all blocks follow them. `ends_normed`: whether the first layer and the doublings have norms, as in
    Johnson et al., ECCV 2016. `prelu`: in place of ReLU. `end` as in `SRCNN`. The others: see `Layers`.
    Raises `PartError` for a scale that does not fit.
    """

    def __init__(
        self,
        *,
        image_size: int,
        scale: int,
        channels: int = 3,
        width: int = 64,
        blocks: int = 16,
        way: str = "shuffle",
        long: bool = True,
        ends_normed: bool = False,
        prelu: bool = True,
        end: str = "none",
        kernel: int = 9,
        norm: str = "batch",
        norm_momentum: float = 0.1,
        norm_eps: float = 1e-5,
        bias: bool | None = None,
        init: str = "default",
    ) -> None:
        super().__init__()
        part, low = type(self).__name__, image_size // scale
        check_scale(part, image_size, scale, doubling=True)
        self.scale, self.end, self.long = scale, choose(part, "end", end, ENDS), long
        recipe = (PReLULayers if prelu else Layers)(
            part=part, norm=norm, norm_momentum=norm_momentum, norm_eps=norm_eps, bias=bias, slope=0.0, init=init
        )

        def active(layer: nn.Module, side: int) -> nn.Sequential:
            norms = [recipe.map_norm(width, side)] if ends_normed else []
            return nn.Sequential(layer, *norms, recipe.activation())

        def doubled(side: int) -> nn.Sequential:
            if choose(part, "way", way, WAYS) == "transposed":
                return active(recipe.transposed(width, width, kernel=3, normed=ends_normed), side)
            wide = recipe.conv(width, 4 * width, kernel=3, normed=ends_normed)
            return active(nn.Sequential(wide, nn.PixelShuffle(2)), side)

        self.first = active(recipe.conv(channels, width, kernel=kernel, normed=ends_normed), low)
        self.trunk = trunk(layers=recipe, channels=width, side=low, blocks=blocks)
        self.middle = nn.Sequential(recipe.conv(width, width, kernel=3), recipe.map_norm(width, low)) if long else None
        self.ups = nn.Sequential(*(doubled(low << (i + 1)) for i in range(scale.bit_length() - 1)))
        self.last = recipe.conv(width, channels, kernel=kernel, normed=False, bias=True)

    def forward(self, low: Tensor) -> Upscaled:
        """Return the large images."""
        first = self.first(low)
        maps = self.trunk(first)
        if self.middle is not None:
            maps = first + self.middle(maps)
        return Upscaled(ended(self.last(self.ups(maps)), low, self.scale, self.end))


class PreBlock(nn.Module):
    """Norm, ReLU, 3x3, twice; plus the input, which a 1x1 convolution brings to the width where it has another."""

    def __init__(self, *, layers: Layers, inputs: int, width: int, side: int) -> None:
        super().__init__()
        self.project = layers.conv(inputs, width, kernel=1) if inputs != width else nn.Identity()
        self.inner = nn.Sequential(
            *(
                module
                for _ in range(2)
                for module in (layers.map_norm(width, side), layers.activation(), layers.conv(width, width, kernel=3))
            )
        )

    def forward(self, maps: Tensor) -> Tensor:
        """Map N x inputs x H x W to N x width x H x W."""
        maps = self.project(maps)
        total: Tensor = maps + self.inner(maps)
        return total


class StagedUpscaler(Upscaler):
    """Two residual blocks and a doubling, stage by stage: face super-resolution with Wasserstein GANs (Chen and Tong).

    arXiv 1705.02438, after the authors' code at its super-resolving setting. Each stage: two blocks of its width,
    nearest doubling, norm, ReLU, 3x3; then a tail of 3x3, 1x1 and 1x1, and a sigmoid to [0, 1], here to [-1, 1].
    Facts as in `ResidualUpscaler`. `width`: of the last stage; each before has twice that (the code's 256, 128 at
    scale 4). `tail`: width of the tail. Biases that a batch norm would take out again are left out.
    """

    def __init__(
        self,
        *,
        image_size: int,
        scale: int,
        channels: int = 3,
        width: int = 128,
        tail: int = 96,
        norm: str = "batch",
        norm_momentum: float = 0.1,
        norm_eps: float = 1e-5,
        bias: bool | None = None,
        init: str = "default",
    ) -> None:
        super().__init__()
        part = type(self).__name__
        check_scale(part, image_size, scale, doubling=True)
        self.scale = scale
        recipe = Layers(
            part=part, norm=norm, norm_momentum=norm_momentum, norm_eps=norm_eps, bias=bias, slope=0.0, init=init
        )
        stages, side, inputs = scale.bit_length() - 1, image_size // scale, channels
        modules: list[nn.Module] = []
        for stage in range(stages):
            wide = width << (stages - 1 - stage)
            modules += [PreBlock(layers=recipe, inputs=inputs, width=wide, side=side)]
            modules += [
                PreBlock(layers=recipe, inputs=wide, width=wide, side=side),
                nn.UpsamplingNearest2d(scale_factor=2),
            ]
            side, inputs = 2 * side, wide
            modules += [recipe.map_norm(wide, side), recipe.activation()]
            modules += [recipe.conv(wide, wide, kernel=3, normed=stage < stages - 1)]
        self.stages = nn.Sequential(*modules)
        self.tail = nn.Sequential(
            recipe.conv(inputs, tail, kernel=3, normed=False),
            nn.ReLU(),
            recipe.conv(tail, tail, kernel=1, normed=False),
            nn.ReLU(),
            recipe.conv(tail, channels, kernel=1, normed=False),
        )

    def forward(self, low: Tensor) -> Upscaled:
        """Return images in [-1, 1]."""
        return Upscaled(2 * torch.sigmoid(self.tail(self.stages(low))) - 1)
