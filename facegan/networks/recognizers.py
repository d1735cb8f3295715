"""Recognizers: which attributes an image shows, as N x outputs logits."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

from torch import Tensor, nn

from facegan.networks.backbones import Backbone
from facegan.networks.contracts import Classifier
from facegan.networks.errors import PartError, choose
from facegan.networks.heads import head
from facegan.networks.layers import Layers
from facegan.networks.sizes import halvings, stack_widths
from facegan.networks.stacks import ConvStack

STAGES = ("strided", "pooled")


class ConvRecognizer(Classifier):
    """Convolutions and two fully connected layers; images N x channels x S x S in [-1, 1] to N x outputs logits.

    Facts: `image_size`, `channels`, `outputs`. `stage`: every halving is a 4/2/1 convolution ('strided', the
    classifier of Fader Networks) or two 3x3 convolutions and a max pool ('pooled', the one by which AttGAN and STGAN
    are measured). `layers` halvings; without it as many as leave a map of `side` pixels. `hidden`: width between the
    fully connected layers, 0 for one layer alone. The rest as in `ConvEncoder`.
    """

    def __init__(
        self,
        *,
        image_size: int,
        outputs: int,
        channels: int = 3,
        width: int = 32,
        max_width: int = 512,
        widths: Sequence[int] | None = None,
        layers: int | None = None,
        side: int = 4,
        stage: str = "strided",
        hidden: int = 512,
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
        choose(part, "stage", stage, STAGES)
        chosen = stack_widths(
            part, image_size=image_size, side=side, layers=layers, widths=widths, width=width, max_width=max_width
        )
        if image_size >> len(chosen) < 1:
            most = halvings(image_size, 1)
            raise PartError(
                f"{part}: a {image_size}-pixel image cannot be halved {len(chosen)} times; {most} would fit"
            )
        recipe = Layers(
            part=part, norm=norm, norm_momentum=norm_momentum, norm_eps=norm_eps, bias=bias, slope=slope, init=init
        )
        self.stack = (
            ConvStack(layers=recipe, channels=channels, side=image_size, widths=chosen, norm_first=norm_first)
            if stage == "strided"
            else _PooledStack(layers=recipe, channels=channels, side=image_size, widths=chosen, norm_first=norm_first)
        )
        self.head = head(recipe, prod(self.stack.shapes[-1]), outputs, hidden=hidden)

    def forward(self, inputs: Tensor) -> Tensor:
        """Map images to logits."""
        logits: Tensor = self.head(self.stack(inputs)[-1])
        return logits


class BackboneRecognizer(Classifier):
    """A torchvision or timm network, the mean of its deepest maps, and one layer to N x outputs logits.

    Facts: `image_size`, `channels`, `outputs`. Hyper-parameters and errors: those of `Backbone`.
    """

    def __init__(
        self,
        *,
        image_size: int,
        outputs: int,
        channels: int = 3,
        name: str = "resnet18",
        library: str = "torchvision",
        stage: int | None = None,
        weights: str | None = None,
    ) -> None:
        super().__init__()
        self.backbone = Backbone(
            image_size=image_size, channels=channels, name=name, library=library, stage=stage, weights=weights
        )
        self.head = nn.Linear(self.backbone.shape[0], outputs)

    def forward(self, inputs: Tensor) -> Tensor:
        """Map images to logits."""
        code, _ = self.backbone(inputs)
        logits: Tensor = self.head(code.mean((2, 3)))
        return logits


class _PooledStack(nn.Module):
    """Two 3x3 convolutions with norm and activation, then a max pool, a width."""

    def __init__(self, *, layers: Layers, channels: int, side: int, widths: Sequence[int], norm_first: bool) -> None:
        super().__init__()
        self.stages = nn.ModuleList()
        for i, width in enumerate(widths):
            pair = ConvStack(
                layers=layers,
                channels=channels,
                side=side >> i,
                widths=[width, width],
                strides=[1, 1],
                kernel=3,
                norm_first=norm_first or i > 0,
            )
            self.stages.append(pair)
            channels = width
        self.shapes = tuple((width, side >> (i + 1), side >> (i + 1)) for i, width in enumerate(widths))
        self.pool = nn.MaxPool2d(2)

    def forward(self, maps: Tensor) -> tuple[Tensor, ...]:
        """Return the output of every stage."""
        outputs = []
        for stage in self.stages:
            maps = self.pool(stage(maps)[-1])
            outputs.append(maps)
        return tuple(outputs)
