"""What a camera does to a picture: blur, noise, JPEG. Off by default; a face and its twins meet the same."""

import torch
from torch import Tensor

from facegan.data.twinfaces.hashing import keys, uniforms

_STREAM = 31

# The JPEG standard's luminance table; it serves all three channels here.
_TABLE = (
    16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55,
    14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51, 87, 80, 62,
    18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92,
    49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99,
)  # fmt: skip


def degraded(images: Tensor, index: Tensor, *, blur: float, noise: float, jpeg: int | None, seed: int) -> Tensor:
    """Images N x 3 x S x S in [-1, 1], blurred, then noisy, then quantised.

    blur: standard deviation in pixels. noise: standard deviation in [-1, 1]. jpeg: quality 1 to 100, or None.
    """
    if blur > 0:
        images = blurred(images, blur)
    if noise > 0:
        images = images + noise * _noise(images, index, seed)
    if jpeg is not None:
        images = quantised(images, jpeg)
    return images.clamp(-1.0, 1.0)


def blurred(images: Tensor, deviation: float) -> Tensor:
    """Images blurred by a Gaussian of this deviation in pixels, the border repeated."""
    reach = max(1, int(3.0 * deviation + 0.5))
    place = torch.arange(-reach, reach + 1, dtype=images.dtype, device=images.device)
    weight = torch.exp(-0.5 * (place / deviation) ** 2)
    weight = weight / weight.sum()
    for dim in (2, 3):
        size = images.shape[dim]
        taken = [(torch.arange(size, device=images.device) + int(step)).clamp(0, size - 1) for step in place]
        images = sum((weight[k] * images.index_select(dim, rows) for k, rows in enumerate(taken)), images.new_zeros(()))
    return images


def _noise(images: Tensor, index: Tensor, seed: int) -> Tensor:
    """Noise of deviation 1 by (seed, index): a sum of four uniform numbers."""
    count = images[0].numel()
    key = keys(index, seed=seed, stream=_STREAM)
    total = sum((uniforms(key, count, first=k * count) for k in range(4)), torch.zeros(()))
    noise: Tensor = (total - 2.0) * 3.0**0.5
    return noise.reshape(images.shape)


def quantised(images: Tensor, quality: int) -> Tensor:
    """Each 8 x 8 block with its cosine coefficients rounded to the steps of a JPEG quality."""
    height, width = images.shape[-2:]
    down, across = -height % 8, -width % 8
    padded = torch.nn.functional.pad(images, (0, across, 0, down), mode="replicate") if down or across else images
    blocks = padded.unfold(2, 8, 8).unfold(3, 8, 8)
    basis = _cosines().to(images)
    scale = 5000.0 / quality if quality < 50 else 200.0 - 2.0 * quality
    table = torch.tensor(_TABLE, dtype=images.dtype, device=images.device).reshape(8, 8)
    steps = ((table * scale + 50.0) / 100.0).clamp(1.0, 255.0) / 127.5
    coded = ((basis @ blocks @ basis.T) / steps).round() * steps
    plain = basis.T @ coded @ basis
    whole = plain.permute(0, 1, 2, 4, 3, 5).reshape(padded.shape)
    return whole[..., :height, :width]


def _cosines() -> Tensor:
    row = torch.arange(8, dtype=torch.float32)
    basis = torch.cos((2 * row[None] + 1) * row[:, None] * torch.pi / 16) * 0.5
    basis[0] *= 0.5**0.5
    return basis
