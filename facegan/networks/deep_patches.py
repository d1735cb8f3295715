"""StarGAN's discriminator: halved until each of the few patches left sees the whole face."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

from torch import Tensor

from facegan.networks.contracts import Judgement
from facegan.networks.discriminators import TrunkDiscriminator
from facegan.networks.layers import Layers
from facegan.networks.sizes import stack_widths


class DeepPatchDiscriminator(TrunkDiscriminator):
    """4/2/1 convolutions down to `side` pixels, then a 3/1/1 to the logits: N x 1 x side x side.

    StarGAN (Choi et al., CVPR 2018): at 128 pixels 6 layers from 64 to 2048 channels. The attributes are recognised on
    the whole last map; neither head has a bias. Facts and hyper-parameters as in `GlobalDiscriminator`, without
    `hidden`.
    """

    def __init__(
        self,
        *,
        image_size: int,
        channels: int = 3,
        condition: int = 0,
        recognition: int = 0,
        width: int = 64,
        max_width: int = 2048,
        widths: Sequence[int] | None = None,
        layers: int | None = None,
        side: int = 2,
        inject: str = "first",
        norm: str = "none",
        norm_first: bool = False,
        norm_momentum: float = 0.1,
        norm_eps: float = 1e-5,
        bias: bool | None = None,
        slope: float = 0.01,
        init: str = "default",
    ) -> None:
        super().__init__()
        part = type(self).__name__
        chosen = stack_widths(
            part, image_size=image_size, side=side, layers=layers, widths=widths, width=width, max_width=max_width
        )
        recipe = Layers(
            part=part, norm=norm, norm_momentum=norm_momentum, norm_eps=norm_eps, bias=bias, slope=slope, init=init
        )
        shape = self.grow(
            layers=recipe,
            image_size=image_size,
            channels=channels,
            condition=condition,
            inject=inject,
            widths=chosen,
            norm_first=norm_first,
        )
        self.critic = recipe.conv(shape[0], 1, kernel=3, normed=False, bias=False)
        self.recognizer = recipe.linear(prod(shape), recognition, bias=False) if recognition else None

    def forward(self, images: Tensor, condition: Tensor | None = None) -> Judgement:
        """Judge images by patches that overlap almost wholly."""
        features = self.maps(images, condition)
        recognition = self.recognizer(features[-1].flatten(1)) if self.recognizer else None
        return Judgement(self.critic(features[-1]), features, recognition)
