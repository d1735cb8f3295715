"""Structural similarity at several scales, as a differentiable function."""

import math

import torch
from torch import Tensor
from torch.nn import functional as F

SCALE_WEIGHTS = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)
"""The weights of the five scales, finest first (Wang et al. 2003, section 3.2)."""

DATA_RANGE = 2.0
LUMINANCE_FLOOR = (0.01 * DATA_RANGE) ** 2
CONTRAST_FLOOR = (0.03 * DATA_RANGE) ** 2

TERM_FLOOR = 1e-6
"""Terms are raised to broken powers, whose slope at 0 is infinite: below this a term is constant."""


def ms_ssim(prediction: Tensor, target: Tensor, *, window: int = 11, sigma: float = 1.5) -> Tensor:
    """MS-SSIM of each channel of each image, of shape (...,) + (C,), in (0, 1]; 1 where the two are equal.

    prediction, target: ... x C x H x W in [-1, 1], of one shape. Wang, Simoncelli, Bovik 2003: contrast and structure
    at every scale, luminance at the coarsest; a Gaussian window without padding; scales halved by 2 x 2 averages, an
    odd last row or column left out. As many of the five scales are used as hold the window, their weights
    renormalised to sum to 1 (64 pixels: 3 scales; 176 and more: 5). Negative terms count as `TERM_FLOOR`.
    On images smaller than the window, such as thumbnails, it shrinks to their shorter side, and sigma with it.
    """
    side = min(prediction.shape[-2:])
    if side < window:
        window, sigma = side, sigma * side / window
    scales = scale_count(side, window=window)
    # Variances are small differences of squares: half precision would drown them.
    pair = torch.stack((prediction, target)).to(torch.promote_types(prediction.dtype, torch.float32))
    taps = _gaussian(window, sigma)
    terms = []
    for scale in range(scales):
        luminance, contrast = _similarities(pair, taps)
        last = scale == scales - 1
        terms.append((luminance * contrast if last else contrast).mean((-2, -1)))
        pair = pair if last else _halve(pair)
    powers = pair.new_tensor(SCALE_WEIGHTS[:scales]) / sum(SCALE_WEIGHTS[:scales])
    return (torch.stack(terms, -1).clamp_min(TERM_FLOOR) ** powers).prod(-1)


def scale_count(side: int, *, window: int) -> int:
    """How many of the five scales of a picture of this shorter side hold the window."""
    return sum(side >> scale >= window for scale in range(len(SCALE_WEIGHTS)))


def _similarities(pair: Tensor, taps: list[float]) -> tuple[Tensor, Tensor]:
    """The maps of luminance similarity, and of contrast and structure similarity. pair: 2 x ... x H x W."""
    first, second = pair
    moments = _blur(torch.stack((first, second, first * first, second * second, first * second)), taps)
    mean1, mean2, square1, square2, product = moments
    contrast = (2 * (product - mean1 * mean2) + CONTRAST_FLOOR) / (
        square1 - mean1 * mean1 + square2 - mean2 * mean2 + CONTRAST_FLOOR
    )
    # SSIM takes black as 0; with zero in the middle, dark against light grey would look like opposites.
    light1, light2 = mean1 + 1, mean2 + 1
    luminance = (2 * light1 * light2 + LUMINANCE_FLOOR) / (light1 * light1 + light2 * light2 + LUMINANCE_FLOOR)
    return luminance, contrast


def _gaussian(window: int, sigma: float) -> list[float]:
    """A Gaussian of `window` samples that sum to 1, its middle in theirs."""
    samples = [math.exp(-((place - (window - 1) / 2) ** 2) / (2 * sigma**2)) for place in range(window)]
    return [sample / sum(samples) for sample in samples]


def _blur(maps: Tensor, taps: list[float]) -> Tensor:
    """Maps ... x H x W blurred down and across, without padding.

    By shifted sums: on a CPU five times faster than a convolution, and no GPU setting (TF32, autocast) coarsens them.
    """
    for axis in (-2, -1):
        length = maps.shape[axis] - len(taps) + 1
        shifted = (tap * maps.narrow(axis, place, length) for place, tap in enumerate(taps))
        maps = sum(shifted, start=maps.new_zeros(()))
    return maps


def _halve(maps: Tensor) -> Tensor:
    """Maps ... x H x W at half the size."""
    planes = F.avg_pool2d(maps.flatten(0, -4), 2)
    return planes.view(*maps.shape[:-2], *planes.shape[-2:])
