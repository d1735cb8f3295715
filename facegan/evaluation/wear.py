"""What a picture goes through between a model and a viewer: 8 bits, JPEG, a slight blur. An edit must survive them.

Legend: N faces, S pixels.
"""

import torch
from torch import Tensor

from facegan.data.twinfaces.degrade import degraded

QUALITY = 75
SOFT = 1 / 128  # deviation of the blur as a share of the side, at least LEAST pixels
LEAST = 0.5


def eight_bits(images: Tensor) -> Tensor:
    """The pictures, N x 3 x S x S in [-1, 1], with the 256 values a channel that a file holds."""
    return ((images.clamp(-1.0, 1.0) + 1) * 127.5).round() / 127.5 - 1


def as_seen(images: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Pictures of N x 3 x S x S in [-1, 1] in 8 bits; these as a JPEG; these slightly blurred.

    JPEG: its rounding of 8 x 8 blocks at quality 75, without its thinning of colours, the same on any machine.
    """
    plain = eight_bits(images)
    soft = max(LEAST, SOFT * images.shape[-1])
    return plain, _worn(plain, jpeg=QUALITY), _worn(plain, blur=soft)


def compressed(images: Tensor, quality: int) -> Tensor:
    """Pictures of N x 3 x S x S in [-1, 1] with the traces of a JPEG of this quality, 1 to 100."""
    return _worn(images, jpeg=quality)


def _worn(images: Tensor, *, blur: float = 0.0, jpeg: int | None = None) -> Tensor:
    return degraded(images, torch.empty(0), blur=blur, noise=0.0, jpeg=jpeg, seed=0)
