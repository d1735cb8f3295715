"""Discriminators: one verdict an image, one a patch, or several scales of either.

Conditions (N x condition) are tiled and concatenated after the first layer (`inject: first`) or to the image ('input').
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from facegan.networks.contracts import Discriminator, Judgement, Shape
from facegan.networks.errors import PartError, choose
from facegan.networks.heads import head
from facegan.networks.injection import checked
from facegan.networks.layers import Layers
from facegan.networks.sizes import halvings, stack_widths
from facegan.networks.stacks import ConvStack

ENTRIES = ("input", "first")


class TrunkDiscriminator(Discriminator):
    """A discriminator on a trunk of convolutions, which its condition enters; the heads are the subclass's."""

    def grow(
        self,
        *,
        layers: Layers,
        image_size: int,
        channels: int,
        condition: int,
        inject: str,
        widths: Sequence[int],
        norm_first: bool,
        strides: Sequence[int] | None = None,
        kernels: Sequence[int] | None = None,
    ) -> Shape:
        """Builds the trunk, once, in `__init__`; returns the shape of its last map."""
        self.condition = condition
        self.stack = ConvStack(
            layers=layers,
            channels=channels,
            side=image_size,
            widths=widths,
            strides=strides,
            kernels=kernels,
            norm_first=norm_first,
            condition=condition,
            condition_at=ENTRIES.index(choose(layers.part, "inject", inject, ENTRIES)),
        )
        return self.stack.shapes[-1]

    def maps(self, images: Tensor, condition: Tensor | None) -> tuple[Tensor, ...]:
        """The features of images: the output of every layer of the trunk."""
        features: tuple[Tensor, ...] = self.stack(images, checked(type(self).__name__, condition, self.condition))
        return features


class GlobalDiscriminator(TrunkDiscriminator):
    """4/2/1 convolutions and a fully connected layer to one logit an image: logits N x 1.

    Facts: `image_size`, `channels`, `condition`, `recognition` (how many attributes a second head recognises; 0 for
    none). Hyper-parameters: `width`, `max_width`, `widths`, `layers`, `side` and the norm as in `ConvEncoder`;
    `hidden`: width of one more fully connected layer in each head, 0 for none (AttGAN has 1024).
    """

    def __init__(
        self,
        *,
        image_size: int,
        channels: int = 3,
        condition: int = 0,
        recognition: int = 0,
        width: int = 64,
        max_width: int = 512,
        widths: Sequence[int] | None = None,
        layers: int | None = None,
        side: int = 4,
        hidden: int = 0,
        inject: str = "first",
        norm: str = "spectral",
        norm_first: bool = False,
        norm_momentum: float = 0.1,
        norm_eps: float = 1e-5,
        bias: bool | None = None,
        slope: float = 0.2,
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
        features = prod(shape)
        self.critic = head(recipe, features, 1, hidden=hidden)
        self.recognizer = head(recipe, features, recognition, hidden=hidden) if recognition else None

    def forward(self, images: Tensor, condition: Tensor | None = None) -> Judgement:
        """Judge images as wholes."""
        features = self.maps(images, condition)
        recognition = self.recognizer(features[-1]) if self.recognizer else None
        return Judgement(self.critic(features[-1]), features, recognition)


class PatchDiscriminator(TrunkDiscriminator):
    """A logit for every patch: logits N x 1 x h x w (pix2pix: Isola et al., CVPR 2017).

    `layers` 4/2/1 convolutions (at most 3, fewer where a small image leaves no room), one 4/1/1 of twice the width,
    and a 4/1/1 to the logits. Facts and the other hyper-parameters as in `GlobalDiscriminator`; `widths` lists the
    4/2/1 layers and the 4/1/1 one. Recognition reads the mean of the last map.
    """

    def __init__(
        self,
        *,
        image_size: int,
        channels: int = 3,
        condition: int = 0,
        recognition: int = 0,
        width: int = 64,
        max_width: int = 512,
        widths: Sequence[int] | None = None,
        layers: int | None = None,
        inject: str = "first",
        norm: str = "spectral",
        norm_first: bool = False,
        norm_momentum: float = 0.1,
        norm_eps: float = 1e-5,
        bias: bool | None = None,
        slope: float = 0.2,
        init: str = "default",
    ) -> None:
        super().__init__()
        part = type(self).__name__
        strided = min(3, halvings(image_size, 4)) if layers is None else layers
        count = None if widths is not None and layers is None else strided + 1
        chosen = stack_widths(
            part, image_size=image_size, side=4, layers=count, widths=widths, width=width, max_width=max_width
        )
        recipe = Layers(
            part=part, norm=norm, norm_momentum=norm_momentum, norm_eps=norm_eps, bias=bias, slope=slope, init=init
        )
        width_last, side_last, _ = self.grow(
            layers=recipe,
            image_size=image_size,
            channels=channels,
            condition=condition,
            inject=inject,
            widths=chosen,
            norm_first=norm_first,
            strides=[2] * (len(chosen) - 1) + [1],
        )
        if side_last < 2:
            raise PartError(
                f"{part}: {len(chosen) - 1} halvings of a {image_size}-pixel image leave no patch; "
                f"{len(chosen) - 2} would fit"
            )
        self.critic = recipe.conv(width_last, 1, kernel=4, normed=False, bias=True)
        self.recognizer = recipe.linear(width_last, recognition) if recognition else None

    def forward(self, images: Tensor, condition: Tensor | None = None) -> Judgement:
        """Judge images patch by patch."""
        features = self.maps(images, condition)
        recognition = self.recognizer(features[-1].mean((2, 3))) if self.recognizer else None
        return Judgement(self.critic(features[-1]), features, recognition)


class MultiScaleDiscriminator(Discriminator):
    """The same kind of discriminator at several scales of the image, each half the one before (pix2pixHD, CVPR 2018).

    `member` builds one of them from the facts. Logits are N x M: all members' logits, flattened, the finest first;
    features are those of all members; recognition is the members' mean.
    """

    def __init__(
        self,
        *,
        image_size: int,
        member: Callable[..., Discriminator],
        channels: int = 3,
        condition: int = 0,
        recognition: int = 0,
        scales: int = 2,
    ) -> None:
        super().__init__()
        if scales < 1 or image_size >> (scales - 1) < 4:
            fits = max(halvings(image_size, 4) + 1, 1)
            raise PartError(
                f"{type(self).__name__}: {scales} scales of a {image_size}-pixel image; 1 to {fits} would fit"
            )
        self.members = nn.ModuleList(
            member(image_size=image_size >> i, channels=channels, condition=condition, recognition=recognition)
            for i in range(scales)
        )

    def forward(self, images: Tensor, condition: Tensor | None = None) -> Judgement:
        """Judge images at every scale."""
        judgements: list[Judgement] = []
        for i, member in enumerate(self.members):
            images = F.avg_pool2d(images, 2) if i else images
            judgements.append(member(images, condition))
        recognitions = [judgement.recognition for judgement in judgements if judgement.recognition is not None]
        return Judgement(
            logits=torch.cat([judgement.logits.flatten(1) for judgement in judgements], dim=1),
            features=tuple(feature for judgement in judgements for feature in judgement.features),
            recognition=torch.stack(recognitions).mean(0) if recognitions else None,
        )
