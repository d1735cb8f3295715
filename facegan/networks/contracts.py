"""What every part of a kind promises, so that models can be written against kinds.

Shapes: images are N x channels x S x S in [-1, 1]; a code is N x C x H x W; a condition is N x K.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from torch import Tensor, nn

Shape = tuple[int, int, int]
"""Channels, height and width of one map."""


class Judgement(NamedTuple):
    """What a discriminator says of a batch.

    `logits` are N x 1, N x M or N x 1 x h x w and never went through a sigmoid. `features` are the hidden maps, from
    the image upwards, after their activations. `recognition` holds N x R logits when the part was built with them,
    else None.
    """

    logits: Tensor
    features: tuple[Tensor, ...]
    recognition: Tensor | None


class Encoder(nn.Module):
    """Turns images into a code of `shape`, and offers maps of the shapes in `skips`: shallow first, empty for none."""

    shape: Shape
    skips: tuple[Shape, ...]

    def forward(self, images: Tensor, condition: Tensor | None = None) -> tuple[Tensor, tuple[Tensor, ...]]:
        """Map images, and N x condition where the part was built with one, to (code, skips)."""
        raise NotImplementedError

    if TYPE_CHECKING:

        def __call__(self, images: Tensor, condition: Tensor | None = None) -> tuple[Tensor, tuple[Tensor, ...]]: ...  # noqa: D102


class Pretrained(Encoder):
    """An encoder whose numbers come from elsewhere: it is built without them, and a run's checkpoint holds them.

    wanted: whether there are such numbers; None where it is for the model to say, by training the part or not.
    """

    wanted: bool | None = None

    def fetch(self) -> None:
        """Take up the trained numbers, once. Raises `PartError` where they cannot be had."""
        raise NotImplementedError


class Decoder(nn.Module):
    """Turns a code into images in [-1, 1]."""

    def forward(self, code: Tensor, condition: Tensor | None = None, skips: tuple[Tensor, ...] = ()) -> Tensor:
        """Map a code, with a condition and an encoder's skips where the part takes them, to images."""
        raise NotImplementedError

    if TYPE_CHECKING:

        def __call__(self, code: Tensor, condition: Tensor | None = None, skips: tuple[Tensor, ...] = ()) -> Tensor: ...  # noqa: D102


class Translator(nn.Module):
    """Turns images into images of the same size: 3 channels, in [-1, 1] unless the part says otherwise.

    any_size: whether it takes images of another size than it was built for, and of any shape.
    """

    any_size: bool = False

    def forward(self, images: Tensor, condition: Tensor | None = None) -> Tensor:
        """Map images, and N x condition where the part was built with one, to images."""
        raise NotImplementedError

    if TYPE_CHECKING:

        def __call__(self, images: Tensor, condition: Tensor | None = None) -> Tensor: ...  # noqa: D102


class Upscaled(NamedTuple):
    """What an upscaler makes of small images: `images`, N x channels x S x S, about in [-1, 1] and not cut to it.

    `partial`: what a recursive network would have answered earlier, of the same shape, the earliest first.
    """

    images: Tensor
    partial: tuple[Tensor, ...] = ()


class Upscaler(nn.Module):
    """Turns small images into images `scale` times as large; `recursions`: how many partial answers it gives."""

    scale: int
    recursions: int = 0

    @property
    def local(self) -> bool:
        """Whether it takes images of any size, and looks near a place alone: no moments of whole maps."""
        whole = (nn.GroupNorm, nn.InstanceNorm2d, nn.LayerNorm)
        return not any(isinstance(module, whole) for module in self.modules())

    def forward(self, low: Tensor) -> Upscaled:
        """Map N x channels x S/scale x S/scale to N x channels x S x S."""
        raise NotImplementedError

    if TYPE_CHECKING:

        def __call__(self, low: Tensor) -> Upscaled: ...  # noqa: D102


class Discriminator(nn.Module):
    """Judges images: real or fake, and optionally which attributes they show."""

    def forward(self, images: Tensor, condition: Tensor | None = None) -> Judgement:
        """Judge images, given N x condition where the part was built with one."""
        raise NotImplementedError

    if TYPE_CHECKING:

        def __call__(self, images: Tensor, condition: Tensor | None = None) -> Judgement: ...  # noqa: D102


class Classifier(nn.Module):
    """Turns codes (latent discriminators) or images (recognizers) into N x outputs logits."""

    def forward(self, inputs: Tensor) -> Tensor:
        """Map codes or images to logits that never went through a sigmoid."""
        raise NotImplementedError

    if TYPE_CHECKING:

        def __call__(self, inputs: Tensor) -> Tensor: ...  # noqa: D102


def encodes(part: nn.Module) -> bool:
    """Whether a part makes codes: an encoder, or what holds one and judges nothing."""
    return not isinstance(part, Classifier | Discriminator) and any(isinstance(m, Encoder) for m in part.modules())
