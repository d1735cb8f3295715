"""What super-resolution is measured by: the field's PSNR and SSIM of luminance."""

import torch
from torch import Tensor

from facegan.evaluation.measures.about import About
from facegan.evaluation.measures.ratio import Ratio
from facegan.evaluation.measures.reconstruction import psnr, ssim

SHAVED = "Not rounded to 8 bits; the papers' figures are of other pictures, and compare with none of these."

PSNR_Y = About(
    name="psnr_y",
    title="PSNR of luminance",
    unit="dB, from 0 up",
    better="higher",
    means=f"Peak signal to noise ratio on the Y channel (BT.601), a border of `scale` pixels left out. {SHAVED}",
    blind="What a face would have to look like: the mean of all possible faces is best.",
    source="Common use in super-resolution (Dong et al. 2014 and after).",
)

SSIM_Y = About(
    name="ssim_y",
    title="SSIM of luminance",
    unit="-1 to 1",
    better="higher",
    means=f"Structural similarity on the Y channel, a border of `scale` pixels left out. {SHAVED}",
    blind="Colour, and as PSNR what is plausible beside what is true.",
    source="Wang et al. 2004.",
)

LUMA = (65.481, 128.553, 24.966)


def luminance(images: Tensor) -> Tensor:
    """The Y channel, N x 1 x H x W, of images N x 3 x H x W in [-1, 1]: 16 to 235 of 255, as -0.87 to 0.84."""
    weights = torch.tensor(LUMA, dtype=images.dtype, device=images.device)[:, None, None]
    return (16 + ((images + 1) / 2 * weights).sum(1, keepdim=True)) / 127.5 - 1


def shaved(images: Tensor, border: int) -> Tensor:
    """Images without so many pixels on each side."""
    return images[..., border:-border, border:-border]


def psnr_y(image: Tensor, target: Tensor, *, border: int) -> Ratio:
    """PSNR of luminance of each face in dB, against a peak of 255; images N x 3 x H x W in [-1, 1]."""
    return psnr(*(shaved(luminance(each), border) for each in (image, target)))


def ssim_y(image: Tensor, target: Tensor, *, border: int) -> Ratio:
    """SSIM of luminance of each face, -1 to 1; images N x 3 x H x W in [-1, 1]."""
    return ssim(*(shaved(luminance(each), border) for each in (image, target)))
