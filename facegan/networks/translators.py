"""Translators, image to image: the residual one of Johnson, CycleGAN and StarGAN, and any encoder with any decoder."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from facegan.networks.contracts import Decoder, Encoder, Translator
from facegan.networks.errors import PartError, choose
from facegan.networks.injection import checked, concatenated
from facegan.networks.layers import Layers
from facegan.networks.residual_blocks import SHAVED, trunk
from facegan.networks.sizes import check_halvings, doubling

OUTPUTS = ("tanh", "none", "added")
EDGES = ("zeros", "reflect", "reflect-start")
RESIZINGS = ("3", "4")


class ResNetTranslator(Translator):
    """A convolution, some that halve the side, residual blocks, as many that double it, a convolution to 3 channels.

    Johnson et al., ECCV 2016; CycleGAN (Zhu et al., ICCV 2017) and StarGAN (Choi et al., CVPR 2018) are settings.
    Facts: `image_size`, `channels`, `condition` (N x condition values, tiled and concatenated to the images; 0 for
    none). Hyper-parameters: `width` of the first layer, doubling with each of the `downs` up to `max_width`; `blocks`;
    `first_kernel` and `last_kernel`, stride 1, which keep the side; `down_kernel` and `up_kernel`: 3 (3/2/1, back
    with output padding 1) or 4 (4/2/1). `padding`: 'zeros' or 'reflect', of the two ends and of the blocks;
    'reflect-start' as Johnson's code has it: the images are reflected so far out (2 * blocks * 2^downs pixels) that
    blocks without padding leave the side as it was, and the ends have zeros.
    `output`: 'tanh' for images in [-1, 1], 'none' for residuals, 'added' for what is added to the given images, cut to
    [-1, 1]. `final_bias`: of the last layer. Norm, `bias`, `slope` and `init` as in `Layers`; every layer but the
    last is normed.

    Raises `PartError` for an image size that cannot be halved so often; with reflect padding also for an even first or
    last kernel, and for a condition under instance norm, which takes a constant plane out again.
    """

    any_size = True

    def __init__(
        self,
        *,
        image_size: int,
        channels: int = 3,
        condition: int = 0,
        width: int = 64,
        max_width: int = 512,
        downs: int = 2,
        blocks: int = 6,
        first_kernel: int = 7,
        last_kernel: int = 7,
        down_kernel: int = 3,
        up_kernel: int = 3,
        padding: str = "zeros",
        output: str = "tanh",
        norm: str = "instance",
        norm_momentum: float = 0.1,
        norm_eps: float = 1e-5,
        bias: bool | None = None,
        final_bias: bool = True,
        slope: float = 0.0,
        init: str = "default",
    ) -> None:
        super().__init__()
        part = type(self).__name__
        choose(part, "padding", padding, EDGES)
        for option, kernel in (("down_kernel", down_kernel), ("up_kernel", up_kernel)):
            choose(part, option, str(kernel), RESIZINGS)
        check_halvings(part, image_size, downs)
        side = image_size >> downs
        if padding != "zeros":
            _check_condition(part, norm, condition)
        if padding == "reflect":
            _check_reflection(part, (image_size, side), (first_kernel, last_kernel))
        start = padding == "reflect-start"
        recipe = Layers(
            part=part, norm=norm, norm_momentum=norm_momentum, norm_eps=norm_eps, bias=bias, slope=slope, init=init
        )
        padded = replace(recipe, padding="zeros" if start else padding)
        inner = replace(recipe, padding="none") if start else padded
        self.step = 1 << downs
        self.margin = SHAVED * blocks * self.step if start else 0
        widths = doubling(width, downs + 1, max_width)
        self.condition = condition
        self.output = choose(part, "output", output, OUTPUTS)
        first = _same(padded, channels + condition, width, kernel=first_kernel)
        self.first = _normed(recipe, first, width, image_size)
        self.downs = _downs(recipe, widths, image_size, kernel=down_kernel)
        self.trunk = trunk(layers=inner, channels=widths[-1], side=side, blocks=blocks)
        self.ups = _ups(recipe, widths[::-1], side, kernel=up_kernel)
        self.last = _same(padded, width, 3, kernel=last_kernel, bias=final_bias)

    def forward(self, images: Tensor, condition: Tensor | None = None) -> Tensor:
        """Return images of the same size; a side that cannot be halved so often is continued by its mirror image."""
        height, width = images.shape[-2:]
        wide = mirrored(images, self.margin, right=-width % self.step, below=-height % self.step)
        maps = self.first(concatenated(wide, checked(type(self).__name__, condition, self.condition)))
        result: Tensor = self.last(self.ups(self.trunk(self.downs(maps))))[..., :height, :width]
        if self.output == "added":
            return (images + result).clamp(-1.0, 1.0)
        return torch.tanh(result) if self.output == "tanh" else result


def _normed(layers: Layers, layer: nn.Module, outputs: int, size: int) -> nn.Sequential:
    return nn.Sequential(layer, layers.map_norm(outputs, size), layers.activation())


def _downs(layers: Layers, widths: Sequence[int], side: int, *, kernel: int) -> nn.Sequential:
    steps = enumerate(pairwise(widths), start=1)
    return nn.Sequential(
        *(_normed(layers, layers.conv(a, b, kernel=kernel, stride=2), b, side >> i) for i, (a, b) in steps)
    )


def _ups(layers: Layers, widths: Sequence[int], side: int, *, kernel: int) -> nn.Sequential:
    steps = enumerate(pairwise(widths), start=1)
    return nn.Sequential(
        *(_normed(layers, layers.transposed(a, b, kernel=kernel), b, side << i) for i, (a, b) in steps)
    )


class CodeTranslator(Translator):
    """An encoder and a decoder back to back: images in [-1, 1], as the decoder gives them.

    `encoder` and `decoder` build any such parts from the facts; the encoder sees the condition, and the decoder the
    skips that it asks for. DiscoGAN's generator is one. Raises `PartError` where the two do not fit.
    """

    def __init__(
        self,
        *,
        image_size: int,
        encoder: Callable[..., Encoder],
        decoder: Callable[..., Decoder],
        channels: int = 3,
        condition: int = 0,
    ) -> None:
        super().__init__()
        self.encoder = encoder(image_size=image_size, channels=channels, condition=condition)
        self.decoder = decoder(code=self.encoder.shape, image_size=image_size, skips=self.encoder.skips)

    def forward(self, images: Tensor, condition: Tensor | None = None) -> Tensor:
        """Return images of the same size."""
        code, skips = self.encoder(images, condition)
        return self.decoder(code, skips=skips)


def mirrored(images: Tensor, margin: int, *, right: int = 0, below: int = 0) -> Tensor:
    """Images N x C x H x W continued by reflection: by `margin` all around, and by some more.

    Beyond the first mirror image another follows, so that a margin may be wider than the image.
    Raises ValueError for a side of one pixel, which has no mirror image.
    """
    missing = [margin, margin + right, margin, margin + below]
    if any(missing) and min(images.shape[-2:]) < 2:
        raise ValueError("2 pixels a side are needed, or more, to go on by reflection.")
    while any(missing):
        height, width = images.shape[-2:]
        sides = [min(gap, side - 1) for gap, side in zip(missing, (width, width, height, height), strict=True)]
        images = F.pad(images, sides, mode="reflect")
        missing = [gap - side for gap, side in zip(missing, sides, strict=True)]
    return images


def _check_condition(part: str, norm: str, condition: int) -> None:
    if condition and norm == "instance":
        raise PartError(
            f"{part}: reflect padding leaves a tiled condition constant, and instance norm takes it out again; "
            "padding zeros would fit"
        )


def _check_reflection(part: str, sides: tuple[int, int], kernels: tuple[int, int]) -> None:
    if any(kernel % 2 == 0 for kernel in kernels):
        raise PartError(
            f"{part}: kernels of {kernels[0]} and {kernels[1]} do not both reflect evenly; padding zeros would fit"
        )
    outer, inner = sides
    if inner < 2 or outer <= max(kernels) // 2:
        raise PartError(f"{part}: nothing to reflect on maps of {outer} and {inner} pixels; padding zeros would fit")


def _same(layers: Layers, inputs: int, outputs: int, *, kernel: int, bias: bool | None = None) -> nn.Module:
    """A convolution that keeps the side; an even kernel is padded by one more pixel at the right and below."""
    conv = layers.conv(inputs, outputs, kernel=kernel, normed=bias is None, bias=bias)
    return conv if kernel % 2 else nn.Sequential(nn.ZeroPad2d((0, 1, 0, 1)), conv)
