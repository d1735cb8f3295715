"""Reconstruction as AttGAN and STGAN report it: PSNR and SSIM of faces under their own attributes, in 8 bits.

Source, the authors' answers in issues #20 and #29 of csmliu/STGAN: scikit-image's figures on PNG pictures of 128
pixels, peak 255, SSIM over the three channels with its default window (7 x 7, all weights alike) and its default
covariance (divided by n - 1), mean over all test faces. Neither luminance alone nor Gaussian windows.

Unlike this project's own `psnr` and `ssim`: pictures are rounded to 8 bits, and the window is another.

Differences: 8 bits are rounded, where the authors' writer cuts fractions off face and picture alike; a face without
any error, whose PSNR is infinite, counts as 100 dB.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor

from facegan.attributes import positions
from facegan.data.sampling import to_network
from facegan.errors import UserError
from facegan.evaluation.asking import Verbs
from facegan.evaluation.judge_data import Splits
from facegan.evaluation.measures.ratio import Ratio
from facegan.evaluation.measures.reconstruction import CEILING_DB
from facegan.evaluation.published.deviations import other_crop, other_faces, other_size
from facegan.evaluation.published.protocol import Figure, Found, Published, Tick
from facegan.models.base import Model

SIZE = 128
PEAK, WINDOW = 255.0, 7
DARK, FLAT = (0.01 * PEAK) ** 2, (0.03 * PEAK) ** 2


@dataclass(frozen=True, slots=True, kw_only=True)
class AttGANReconstruction(Published):
    """All faces of the test split, at most `faces`, under their own attributes."""

    name: ClassVar[str] = "attgan_reconstruction"
    version: ClassVar[int] = 1
    source: ClassVar[str] = "issues of STGAN's code (Liu et al. 2019), whose table has AttGAN and others too"
    heads: ClassVar[Mapping[str, str]] = {"psnr": "PSNR, dB ↑", "ssim": "SSIM ↑"}
    digits: ClassVar[Mapping[str, int]] = {"psnr": 2}
    photographs: ClassVar[bool] = False

    def check(self, model: Model) -> None:
        """It needs the verb `reconstruct`, and pictures that hold a window."""
        model.require("reconstruct")
        if model.image_size < WINDOW:
            raise UserError(f"{self.name}: pictures of at least {WINDOW} pixels are needed, not {model.image_size}.")

    def find(self, model: Model, splits: Splits, tick: Tick) -> Found:
        """PSNR and SSIM, each face's, then the mean."""
        source, verbs = splits("test"), Verbs(model)
        faces, columns = torch.arange(min(self.faces, len(source))), positions(model.attributes, source.attributes)
        parts: dict[str, list[Ratio]] = {"psnr": [], "ssim": []}
        for start in range(0, len(faces), self.chunk):
            index = faces[start : start + self.chunk]
            real = source.images(index)
            again = levels(verbs.reconstruct(to_network(real), source.labels[index][:, columns]))
            parts["psnr"].append(psnr_8(again, real))
            parts["ssim"].append(ssim_8(again, real))
            tick(start + len(index), len(faces))
        joined = {name: Ratio.join(ratios) for name, ratios in parts.items()}
        deviations = [
            *other_size(source.image_size, SIZE),
            *other_faces(source, len(faces)),
            *other_crop(source, "attgan", "bicubic"),
        ]
        return Found(
            figures=tuple(Figure(measure=n, row="faces", value=r.pooled, count=r.count) for n, r in joined.items()),
            deviations=tuple(deviations),
        )


def levels(images: Tensor) -> Tensor:
    """Pictures N x 3 x S x S in [-1, 1] as 8-bit levels."""
    return ((images.clamp(-1.0, 1.0) + 1) * 127.5).round().to(torch.uint8)


def psnr_8(image: Tensor, target: Tensor) -> Ratio:
    """PSNR of each face in dB against a peak of 255; N x 3 x H x W uint8."""
    error = (image.double() - target.double()).square().flatten(1).mean(1)
    values = 10 * torch.log10(PEAK**2 / error.clamp_min(1e-12))
    return Ratio.of(values.clamp_max(CEILING_DB))


def ssim_8(image: Tensor, target: Tensor) -> Ratio:
    """SSIM of each face, -1 to 1, over whole windows of 7 x 7 and the channels; N x 3 x H x W uint8."""
    one, other = image.double(), target.double()
    mean1, mean2 = _windows(one), _windows(other)
    unbiased = WINDOW**2 / (WINDOW**2 - 1)
    variance1 = unbiased * (_windows(one * one) - mean1**2)
    variance2 = unbiased * (_windows(other * other) - mean2**2)
    covariance = unbiased * (_windows(one * other) - mean1 * mean2)
    light = (2 * mean1 * mean2 + DARK) / (mean1**2 + mean2**2 + DARK)
    structure = (2 * covariance + FLAT) / (variance1 + variance2 + FLAT)
    return Ratio.of((light * structure).flatten(1).mean(1))


def _windows(images: Tensor) -> Tensor:
    """The mean of every whole window."""
    return F.avg_pool2d(images, WINDOW, stride=1)
