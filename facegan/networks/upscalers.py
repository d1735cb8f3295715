"""Upscalers of few layers (SRCNN, ESPCN), and any translator on an enlarged image."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from facegan.networks.contracts import Translator, Upscaled, Upscaler
from facegan.networks.errors import PartError, choose
from facegan.networks.layers import Layers

ENDS = ("none", "tanh", "added")


def check_scale(part: str, image_size: int, scale: int, *, doubling: bool = False) -> None:
    """Raises `PartError` unless the scale divides the image size; `doubling`: and is a power of two, 1 included."""
    if scale < 1 or image_size % scale or image_size == scale:
        raise PartError(f"{part}: a {image_size}-pixel image cannot be {scale} times a small one; 2 or 4 would fit")
    if doubling and scale & (scale - 1):
        raise PartError(f"{part}: it doubles the side, and never comes to {scale} times it; 2, 4 or 8 would fit")


def enlarged(low: Tensor, scale: int) -> Tensor:
    """Small images enlarged by Keys' bicubic kernel with parameter -0.5, which is torch's with antialias."""
    return F.interpolate(low, scale_factor=scale, mode="bicubic", antialias=True, align_corners=False)


def ended(result: Tensor, low: Tensor, scale: int, end: str) -> Tensor:
    """The last layer's answer as an image: as it is, through a tanh, or added to the enlarged small image."""
    if end == "added":
        return enlarged(low, scale) + result
    return torch.tanh(result) if end == "tanh" else result


class SRCNN(Upscaler):
    """Three convolutions on the bicubically enlarged image: 9x9, 1x1, 5x5 (Dong et al., ECCV 2014; TPAMI 2016).

    Facts: `image_size`, `scale`, `channels` (the paper's has 1, luminance). Hyper-parameters: `width` of the first
    layer, half of it in the second; `kernels`; `end`: 'none' as in the paper, 'added' for what is missing from the
    enlarged image. Padded, where the paper's maps shrink. Raises `PartError` for a scale that does not fit.
    """

    def __init__(
        self,
        *,
        image_size: int,
        scale: int,
        channels: int = 3,
        width: int = 64,
        kernels: Sequence[int] = (9, 1, 5),
        end: str = "none",
        init: str = "default",
    ) -> None:
        super().__init__()
        part = type(self).__name__
        check_scale(part, image_size, scale)
        self.scale, self.end = scale, choose(part, "end", end, ENDS)
        layers = plain_layers(part, init)
        first, second, last = kernels
        self.layers = nn.Sequential(
            layers.conv(channels, width, kernel=first),
            nn.ReLU(),
            layers.conv(width, width // 2, kernel=second),
            nn.ReLU(),
            layers.conv(width // 2, channels, kernel=last),
        )

    def forward(self, low: Tensor) -> Upscaled:
        """Return the image in place of the enlarged one."""
        return Upscaled(ended(self.layers(enlarged(low, self.scale)), low, self.scale, self.end))


class ESPCN(Upscaler):
    """Three convolutions on the small image, the last to scale^2 values for each pixel (Shi et al., CVPR 2016).

    5x5 and 3x3 with tanh, 3x3, pixel shuffle. Facts, `width` and `end` as in `SRCNN`.
    """

    def __init__(
        self,
        *,
        image_size: int,
        scale: int,
        channels: int = 3,
        width: int = 64,
        end: str = "none",
        init: str = "default",
    ) -> None:
        super().__init__()
        part = type(self).__name__
        check_scale(part, image_size, scale)
        self.scale, self.end = scale, choose(part, "end", end, ENDS)
        layers = plain_layers(part, init)
        self.layers = nn.Sequential(
            layers.conv(channels, width, kernel=5),
            nn.Tanh(),
            layers.conv(width, width // 2, kernel=3),
            nn.Tanh(),
            layers.conv(width // 2, channels * scale**2, kernel=3),
            nn.PixelShuffle(scale),
        )

    def forward(self, low: Tensor) -> Upscaled:
        """Return images whose pixels all come from the last layer."""
        return Upscaled(ended(self.layers(low), low, self.scale, self.end))


class TranslatedUpscaler(Upscaler):
    """Any translator, on the bicubically enlarged image; `translator` builds it from `image_size` and `channels`."""

    def __init__(
        self, *, image_size: int, scale: int, translator: Callable[..., Translator], channels: int = 3
    ) -> None:
        super().__init__()
        check_scale(type(self).__name__, image_size, scale)
        self.scale = scale
        self.translator = translator(image_size=image_size, channels=channels)

    @property
    def local(self) -> bool:
        """No: translators may be made for one size."""
        return False

    def forward(self, low: Tensor) -> Upscaled:
        """Return the translator's answer."""
        return Upscaled(self.translator(enlarged(low, self.scale)))


def plain_layers(part: str, init: str) -> Layers:
    """Convolutions with a bias and no norm."""
    return Layers(part=part, norm="none", norm_momentum=0.1, norm_eps=1e-5, bias=True, slope=0.0, init=init)
