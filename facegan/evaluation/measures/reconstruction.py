"""What a model keeps of a face that it is not asked to change."""

import torch
import torch.nn.functional as F
from torch import Tensor

from facegan.evaluation.measures.about import About
from facegan.evaluation.measures.ratio import Ratio

PSNR = About(
    name="psnr",
    title="Reconstruction, PSNR",
    unit="dB, from 0 up",
    better="higher",
    means="Peak signal to noise ratio of the reconstruction, per face, then the mean.",
    blind="Where the error lies: a lost earring and a slightly wrong background may cost the same.",
    source="Common use; the published variant is systems' own 8-bit PSNR at their sizes, which this is not.",
)

SSIM = About(
    name="ssim",
    title="Reconstruction, SSIM",
    unit="-1 to 1",
    better="higher",
    means="Structural similarity of the reconstruction (Wang et al. 2004, Gaussian window 11, sigma 1.5), mean.",
    blind="Colour casts, which barely move it.",
    source="Wang et al. 2004.",
)

RANGE = 2.0
ENOUGH_DB = 24.0
CEILING_DB = 100.0


def psnr(image: Tensor, target: Tensor) -> Ratio:
    """PSNR of each face in dB (range 2), higher is better, at most 100: equal images would have no finite figure.

    image, target: N x 3 x H x W in [-1, 1].
    """
    error = (image - target).square().flatten(1).mean(1)
    return Ratio.of((10 * torch.log10(RANGE**2 / error.clamp_min(1e-12))).clamp_max(CEILING_DB))


def ssim(image: Tensor, target: Tensor, *, window: int = 11, sigma: float = 1.5) -> Ratio:
    """SSIM of each face, -1 to 1, higher is better; mean over channels and places, no padding.

    image, target: N x 3 x H x W in [-1, 1]; a picture smaller than the window shrinks the window.
    """
    # Black is 0 in SSIM's formula, not -1.
    first, second = (image + 1).double(), (target + 1).double()
    taps = _gaussian(min(window, *image.shape[-2:]), sigma)
    mean1, mean2 = _blur(first, taps), _blur(second, taps)
    square1, square2 = _blur(first * first, taps) - mean1**2, _blur(second * second, taps) - mean2**2
    product = _blur(first * second, taps) - mean1 * mean2
    dark, flat = (0.01 * RANGE) ** 2, (0.03 * RANGE) ** 2
    light = (2 * mean1 * mean2 + dark) / (mean1**2 + mean2**2 + dark)
    structure = (2 * product + flat) / (square1 + square2 + flat)
    return Ratio.of((light * structure).flatten(1).mean(1).to(image.dtype))


def _gaussian(window: int, sigma: float) -> Tensor:
    place = torch.arange(window, dtype=torch.float64) - (window - 1) / 2
    weights = torch.exp(-place.square() / (2 * sigma**2))
    return weights / weights.sum()


def _blur(images: Tensor, taps: Tensor) -> Tensor:
    channels = images.shape[1]
    taps = taps.to(images)
    across = F.conv2d(images, taps.expand(channels, 1, 1, -1), groups=channels)
    return F.conv2d(across, taps[:, None].expand(channels, 1, -1, 1), groups=channels)
