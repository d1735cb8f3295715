"""AttGAN's reconstruction: PSNR and SSIM worked out by hand, and of whom they are asked."""

import math

import numpy as np
import pytest
import torch

from facegan.errors import UserError
from facegan.evaluation.published.attgan_reconstruction import AttGANReconstruction, levels, psnr_8, ssim_8
from tests.data.faces import Numbered
from tests.evaluation.editors import Editor
from tests.evaluation.test_published import Writer


def test_psnr_by_hand() -> None:
    """Every level ten off: 20 log10(25.5)."""
    black = torch.zeros(1, 3, 8, 8, dtype=torch.uint8)
    assert psnr_8(black + 10, black).pooled == pytest.approx(20 * math.log10(25.5))
    assert psnr_8(black, black).pooled == 100


def test_ssim_of_one_window_by_hand() -> None:
    """Flat pictures have no structure: (2 m n + c1) / (m2 + n2 + c1). One point differs: the covariance is over 48."""
    flat = torch.full((1, 3, 7, 7), 100, dtype=torch.uint8)
    bright, c1, c2 = flat + 50, (0.01 * 255) ** 2, (0.03 * 255) ** 2
    assert ssim_8(bright, flat).pooled == pytest.approx((2 * 100 * 150 + c1) / (100**2 + 150**2 + c1))
    dot = flat.clone()
    dot[..., 3, 3] = 149
    mean, variance = 101.0, 49**2 * 48 / 49**2  # of 48 zeros and one 49: 48 (1) + 48^2, over 48
    assert variance == pytest.approx((48 * 1 + 48**2) / 48 - 1)
    light = (2 * mean * 100 + c1) / (mean**2 + 100**2 + c1)
    assert ssim_8(dot, flat).pooled == pytest.approx(light * c2 / ((48 + 48**2) / 48 + c2))


def test_ssim_is_the_mean_over_windows_and_channels_by_brute_force() -> None:
    one, other = np.random.default_rng(3).integers(0, 256, (2, 3, 9, 8)).astype(float)
    c1, c2, found = 6.5025, 58.5225, []
    for channel in range(3):
        for top in range(3):
            for left in range(2):
                x, y = (image[channel, top : top + 7, left : left + 7].ravel() for image in (one, other))
                cov = np.cov(x, y)
                found.append(
                    (2 * x.mean() * y.mean() + c1) * (2 * cov[0, 1] + c2)
                    / ((x.mean() ** 2 + y.mean() ** 2 + c1) * (cov[0, 0] + cov[1, 1] + c2))
                )  # fmt: skip
    images = [torch.from_numpy(each)[None].to(torch.uint8) for each in (one, other)]
    assert ssim_8(*images).pooled == pytest.approx(np.mean(found), abs=1e-9)


def test_reconstruction_is_asked_under_the_own_attributes_and_seen_in_8_bits() -> None:
    darker = Editor(lambda images: images, again=lambda images: images - 10.3 / 127.5, attributes=("Smiling",))
    darker.image_size = 8
    source = Numbered(12)
    source.pixels = source.pixels.clamp_min(20)
    found = AttGANReconstruction(faces=9, chunk=4).measure(darker, lambda split: source)
    assert found.value("psnr", "faces") == pytest.approx(20 * math.log10(25.5), abs=1e-6)
    assert {f.count for f in found.figures} == {9}
    assert "9 faces instead of 19,962." in found.deviations
    assert levels(torch.tensor([[[[-1.2, 1.2, 0.5 / 127.5]]]])).flatten().tolist() == [0, 255, 128]


def test_who_cannot_reconstruct_is_refused() -> None:
    with pytest.raises(UserError, match="has no verb 'reconstruct'"):
        AttGANReconstruction(faces=1, chunk=1).check(Writer())
