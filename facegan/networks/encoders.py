"""Convolutional encoders: DCGAN, GeneGAN, Fader and the way down of a U-Net are settings of one class."""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor

from facegan.networks.contracts import Encoder
from facegan.networks.injection import checked
from facegan.networks.layers import Layers
from facegan.networks.residual_blocks import trunk
from facegan.networks.sizes import check_halvings, stack_widths
from facegan.networks.stacks import ConvStack


class ConvEncoder(Encoder):
    """Images (N x channels x S x S, in [-1, 1]) to a code, by 4/2/1 convolutions that halve the side each time.

    Facts: `image_size`, `channels`, `condition` (N x condition values, tiled and concatenated to the images; 0 for
    none). Hyper-parameters: `width` of the first layer, doubling up to `max_width`; or all `widths` outright.
    `layers` is the depth; without it the depth leaves a code of `side` pixels (up to one less than twice that).
    `blocks`: plain residual blocks that work on the code. `norm` is not applied to the first layer unless
    `norm_first`. `bias`, `slope`, `init`, `norm_momentum`, `norm_eps`: see `Layers`.

    Every layer but the last is offered as a skip. Raises `PartError` for an image size that cannot be halved so often.
    DCGAN: Radford, Metz and Chintala, arXiv 1511.06434.
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
        blocks: int = 0,
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
        chosen = stack_widths(
            part, image_size=image_size, side=side, layers=layers, widths=widths, width=width, max_width=max_width
        )
        check_halvings(part, image_size, len(chosen))
        recipe = Layers(
            part=part, norm=norm, norm_momentum=norm_momentum, norm_eps=norm_eps, bias=bias, slope=slope, init=init
        )
        self.condition = condition
        self.stack = ConvStack(
            layers=recipe,
            channels=channels,
            side=image_size,
            widths=chosen,
            norm_first=norm_first,
            condition=condition,
        )
        *skips, self.shape = self.stack.shapes
        self.skips = tuple(skips)
        self.trunk = trunk(layers=recipe, channels=self.shape[0], side=self.shape[1], blocks=blocks)

    def forward(self, images: Tensor, condition: Tensor | None = None) -> tuple[Tensor, tuple[Tensor, ...]]:
        """Return the code and the maps before it."""
        *skips, code = self.stack(images, checked(type(self).__name__, condition, self.condition))
        return self.trunk(code), tuple(skips)
