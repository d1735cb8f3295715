"""Convolutional decoders: DCGAN, GeneGAN, Fader and the way up of a U-Net are settings of one class."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from facegan.networks.contracts import Decoder, Shape
from facegan.networks.errors import PartError, choose
from facegan.networks.injection import INJECTIONS, checked, concatenated, norm_of, normalised
from facegan.networks.layers import Layers
from facegan.networks.residual_blocks import trunk
from facegan.networks.sizes import count_doublings, doubling, named
from facegan.networks.skips import SkipPlan

UPSAMPLINGS = ("transposed", "nearest", "pixelshuffle")


class ConvDecoder(Decoder):
    """A code to images (N x channels x S x S, in [-1, 1] by tanh), doubling the side in every layer.

    Facts: `code` (the shape that it takes), `image_size`, `channels`, `condition`, `skips` (the shapes that the
    encoder offers). Hyper-parameters: `width` of the last hidden layer, doubling towards the code up to `max_width`;
    or the `widths` of all hidden layers outright, from the code on. `upsampling`: 'transposed' (4/2/1), 'nearest'
    (then 3x3) or 'pixelshuffle' (after 3x3). `inject`: the condition is concatenated to the code ('input'), to the
    input of 'every' layer, or of the first `inject_layers` of them (Fader, AttGAN), or sets the norm's scale and
    shift ('adain', in place of `norm`). `use_skips`: how many of the deepest skips to concatenate, null for every one
    that fits. `blocks`: plain residual blocks on the code before the way up. `final_bias`: whether the last layer has a
    bias whatever `bias` says of the others. The rest: see `Layers`.

    Instance norm takes a tiled condition out again but at the borders (StarGAN's note); 'adain' is the way with it.
    Raises `PartError` when the code cannot become the image, or the condition or the skips have no place.
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
        upsampling: str = "transposed",
        inject: str = "input",
        inject_layers: int | None = None,
        use_skips: int | None = 0,
        blocks: int = 0,
        norm: str = "batch",
        norm_momentum: float = 0.1,
        norm_eps: float = 1e-5,
        bias: bool | None = None,
        final_bias: bool = True,
        slope: float = 0.0,
        init: str = "default",
    ) -> None:
        super().__init__()
        part = type(self).__name__
        choose(part, "upsampling", upsampling, UPSAMPLINGS)
        choose(part, "inject", inject, INJECTIONS)
        doublings = count_doublings(part, code, image_size, None if widths is None else len(widths) + 1)
        chosen = doubling(width, doublings - 1, max_width)[::-1] if widths is None else tuple(widths)
        adain = condition > 0 and inject == "adain"
        if adain and not chosen:
            raise PartError(
                f"{part}: adain has no hidden layer between a {named(code)} code and a {image_size}-pixel image; "
                f"inject 'input' or 'every' would fit"
            )
        recipe = Layers(
            part=part, norm=norm, norm_momentum=norm_momentum, norm_eps=norm_eps, bias=bias, slope=slope, init=init
        )
        self.condition = condition
        reach = doublings if inject_layers is None else inject_layers
        self.concatenations = {"input": 1, "every": reach, "adain": 0}[inject]
        sides = [code[1] * 2**i for i in range(doublings)]
        self.plan = SkipPlan(part=part, offered=skips, sides=sides, wanted=use_skips)
        self.trunk = trunk(layers=recipe, channels=code[0], side=code[1], blocks=blocks)
        self.ups, self.norms = nn.ModuleList(), nn.ModuleList()
        previous = code[0]
        for i, after in enumerate((*chosen, channels)):
            last = i == len(chosen)
            taken = previous + self.plan.channels(i) + (condition if i < self.concatenations else 0)
            self.ups.append(_upsampler(recipe, upsampling, taken, after, bias=final_bias if last else None))
            if not last:
                self.norms.append(norm_of(recipe, after, 2 * sides[i], condition if adain else 0))
            previous = after
        self.activation = recipe.activation()

    def forward(self, code: Tensor, condition: Tensor | None = None, skips: tuple[Tensor, ...] = ()) -> Tensor:
        """Return images; `skips` are all that the encoder returned."""
        condition = checked(type(self).__name__, condition, self.condition)
        maps = self.trunk(code)
        for i, up in enumerate(self.ups):
            maps = self.plan.joined(i, maps, skips)
            maps = up(concatenated(maps, condition) if i < self.concatenations else maps)
            if i < len(self.norms):
                maps = self.activation(normalised(self.norms[i], maps, condition))
        return torch.tanh(maps)


def _upsampler(layers: Layers, kind: str, inputs: int, outputs: int, *, bias: bool | None) -> nn.Module:
    match kind:
        case "nearest":
            return nn.Sequential(nn.Upsample(scale_factor=2), layers.conv(inputs, outputs, kernel=3, bias=bias))
        case "pixelshuffle":
            return nn.Sequential(layers.conv(inputs, 4 * outputs, kernel=3, bias=bias), nn.PixelShuffle(2))
        case _:
            return layers.transposed(inputs, outputs, bias=bias)
