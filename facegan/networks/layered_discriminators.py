"""Discriminators whose layers are listed one by one: those of SRGAN, PAN and the face Wasserstein GAN."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

from torch import Tensor

from facegan.networks.contracts import Judgement
from facegan.networks.discriminators import TrunkDiscriminator
from facegan.networks.errors import PartError, choose
from facegan.networks.heads import head
from facegan.networks.layers import Layers

ENDS = ("linear", "mean")


class LayeredDiscriminator(TrunkDiscriminator):
    """Convolutions of these `multiples` of `width`, `strides` and `kernels`, and one logit an image: logits N x 1.

    Facts: `image_size`, `channels`, `condition`, `recognition`. Hyper-parameters: `narrow`: channels of one more 3/2
    convolution at the end, 0 for none (PAN has 8); `end`: 'linear' (fully connected, with a `hidden` layer before it
    where that is not 0) or 'mean' (a 1x1 convolution, then the mean over places). The rest as in
    `GlobalDiscriminator`. The defaults are SRGAN's (Ledig et al., CVPR 2017). Recognition reads the last map.
    Raises `PartError` for lists of different lengths and for images that are too small.
    """

    def __init__(
        self,
        *,
        image_size: int,
        channels: int = 3,
        condition: int = 0,
        recognition: int = 0,
        width: int = 64,
        multiples: Sequence[int] = (1, 1, 2, 2, 4, 4, 8, 8),
        strides: Sequence[int] = (1, 2, 1, 2, 1, 2, 1, 2),
        kernels: Sequence[int] | None = None,
        narrow: int = 0,
        hidden: int = 1024,
        end: str = "linear",
        inject: str = "first",
        norm: str = "batch",
        norm_first: bool = False,
        norm_momentum: float = 0.1,
        norm_eps: float = 1e-5,
        bias: bool | None = None,
        slope: float = 0.2,
        init: str = "default",
    ) -> None:
        super().__init__()
        part = type(self).__name__
        sizes = [3] * len(multiples) if kernels is None else list(kernels)
        if not len(multiples) == len(strides) == len(sizes) > 0:
            raise PartError(
                f"{part}: {len(multiples)} widths, {len(strides)} strides, {len(sizes)} kernels; as many of each fit"
            )
        recipe = Layers(
            part=part, norm=norm, norm_momentum=norm_momentum, norm_eps=norm_eps, bias=bias, slope=slope, init=init
        )
        last = [1] * bool(narrow)
        shape = self.grow(
            layers=recipe,
            image_size=image_size,
            channels=channels,
            condition=condition,
            inject=inject,
            widths=[*(each * width for each in multiples), *(narrow * each for each in last)],
            strides=[*strides, *(2 * each for each in last)],
            kernels=[*sizes, *(3 * each for each in last)],
            norm_first=norm_first,
        )
        self.pooled = choose(part, "end", end, ENDS) == "mean"
        features = shape[0] if self.pooled else prod(shape)
        self.critic = head(recipe, features, 1, hidden=0 if self.pooled else hidden)
        self.recognizer = recipe.linear(features, recognition) if recognition else None

    def forward(self, images: Tensor, condition: Tensor | None = None) -> Judgement:
        """Judge images as wholes."""
        features = self.maps(images, condition)
        # The mean over places of a 1x1 convolution is that convolution of the mean.
        last = features[-1].mean((2, 3)) if self.pooled else features[-1].flatten(1)
        return Judgement(self.critic(last), features, self.recognizer(last) if self.recognizer else None)
