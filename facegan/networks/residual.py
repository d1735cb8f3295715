"""Residual encoder and decoder, as in StarGAN v2 (Choi et al., CVPR 2020) without its heat maps."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from facegan.networks.contracts import Decoder, Encoder, Shape
from facegan.networks.errors import choose
from facegan.networks.injection import INJECTIONS, checked, concatenated, norm_of, normalised
from facegan.networks.layers import Layers
from facegan.networks.residual_blocks import ResidualBlock
from facegan.networks.sizes import check_halvings, count_doublings, doubling, stack_widths
from facegan.networks.skips import SkipPlan


class ResidualEncoder(Encoder):
    """Images (N x channels x S x S, in [-1, 1]) to a code: a 3x3 convolution, then residual blocks that halve the side.

    Facts and hyper-parameters as in `ConvEncoder`, with `widths` those of the blocks; `width` is also that of the
    first convolution. Every block but the last is offered as a skip. The first block reads the image without a norm,
    so that a tiled condition is not taken out. Raises `PartError` for an image size that cannot be halved so often.
    """

    def __init__(
        self,
        *,
        image_size: int,
        channels: int = 3,
        condition: int = 0,
        width: int = 64,
        max_width: int = 512,
        widths: Sequence[int] | None = None,
        layers: int | None = None,
        side: int = 4,
        norm: str = "instance",
        norm_momentum: float = 0.1,
        norm_eps: float = 1e-5,
        bias: bool | None = None,
        slope: float = 0.2,
        init: str = "default",
    ) -> None:
        super().__init__()
        part = type(self).__name__
        chosen = stack_widths(
            part, image_size=image_size, side=side, layers=layers, widths=widths, width=2 * width, max_width=max_width
        )
        check_halvings(part, image_size, len(chosen))
        recipe = Layers(
            part=part, norm=norm, norm_momentum=norm_momentum, norm_eps=norm_eps, bias=bias, slope=slope, init=init
        )
        self.condition = condition
        self.stem = recipe.conv(channels + condition, width, kernel=3, normed=False)
        self.blocks = nn.ModuleList()
        shapes: list[Shape] = []
        for i, (inputs, outputs) in enumerate(zip((width, *chosen), chosen, strict=False)):
            before = image_size >> i
            self.blocks.append(
                ResidualBlock(layers=recipe, inputs=inputs, outputs=outputs, side=before, resize="down", normed=i > 0)
            )
            shapes.append((outputs, before // 2, before // 2))
        *skips, self.shape = shapes
        self.skips = tuple(skips)

    def forward(self, images: Tensor, condition: Tensor | None = None) -> tuple[Tensor, tuple[Tensor, ...]]:
        """Return the code and the maps before it."""
        maps = self.stem(concatenated(images, checked(type(self).__name__, condition, self.condition)))
        outputs: list[Tensor] = []
        for block in self.blocks:
            maps = block(maps)
            outputs.append(maps)
        *skips, code = outputs
        return code, tuple(skips)


class ResidualDecoder(Decoder):
    """A code to images (N x channels x S x S, in [-1, 1] by tanh) by residual blocks that double the side.

    Facts as in `ConvDecoder`. Hyper-parameters: `width` of the last block, doubling towards the code up to
    `max_width`; or all `widths` outright, from the code on. `inject` and `use_skips` as in `ConvDecoder`; what is
    concatenated goes through a 1x1 convolution and an activation first, since the instance norm that follows would
    take a tiled condition out again. Raises `PartError` when the code cannot become the image, or the skips have no
    place.
    """

    def __init__(
        self,
        *,
        code: Shape,
        image_size: int,
        channels: int = 3,
        condition: int = 0,
        skips: Sequence[Shape] = (),
        width: int = 64,
        max_width: int = 512,
        widths: Sequence[int] | None = None,
        inject: str = "adain",
        use_skips: int | None = 0,
        norm: str = "instance",
        norm_momentum: float = 0.1,
        norm_eps: float = 1e-5,
        bias: bool | None = None,
        slope: float = 0.2,
        init: str = "default",
    ) -> None:
        super().__init__()
        part = type(self).__name__
        choose(part, "inject", inject, INJECTIONS)
        doublings = count_doublings(part, code, image_size, None if widths is None else len(widths))
        chosen = doubling(width, doublings, max_width)[::-1] if widths is None else tuple(widths)
        recipe = Layers(
            part=part, norm=norm, norm_momentum=norm_momentum, norm_eps=norm_eps, bias=bias, slope=slope, init=init
        )
        self.condition = condition
        self.concatenations = {"input": 1, "every": doublings, "adain": 0}[inject]
        adaptive = condition if inject == "adain" else 0
        sides = [code[1] * 2**i for i in range(doublings)]
        self.plan = SkipPlan(part=part, offered=skips, sides=sides, wanted=use_skips)
        self.mixers, self.blocks = nn.ModuleList(), nn.ModuleList()
        for i, (inputs, outputs) in enumerate(zip((code[0], *chosen), chosen, strict=False)):
            extra = self.plan.channels(i) + (condition if i < self.concatenations else 0)
            self.mixers.append(_mixer(recipe, inputs, extra))
            self.blocks.append(
                ResidualBlock(
                    layers=recipe, inputs=inputs, outputs=outputs, side=sides[i], resize="up", condition=adaptive
                )
            )
        self.norm = norm_of(recipe, chosen[-1], image_size, adaptive)
        self.activation = recipe.activation()
        self.last = recipe.conv(chosen[-1], channels, kernel=1, normed=False)

    def forward(self, code: Tensor, condition: Tensor | None = None, skips: tuple[Tensor, ...] = ()) -> Tensor:
        """Return images; `skips` are all that the encoder returned."""
        condition = checked(type(self).__name__, condition, self.condition)
        maps = code
        for i, (mixer, block) in enumerate(zip(self.mixers, self.blocks, strict=True)):
            maps = self.plan.joined(i, maps, skips)
            maps = mixer(concatenated(maps, condition) if i < self.concatenations else maps)
            maps = block(maps, condition)
        return torch.tanh(self.last(self.activation(normalised(self.norm, maps, condition))))


def _mixer(layers: Layers, inputs: int, extra: int) -> nn.Module:
    if not extra:
        return nn.Identity()
    return nn.Sequential(layers.conv(inputs + extra, inputs, kernel=1, normed=False), layers.activation())
