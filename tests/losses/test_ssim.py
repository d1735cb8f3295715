"""MS-SSIM against an independent reference in plain loops, and its edges."""

import math

import numpy as np
import pytest
import torch
from torch import Tensor

from facegan.losses.reconstruction import MSSSIM
from facegan.losses.ssim import ms_ssim, scale_count

Plane = np.ndarray


def reference_ms_ssim(first: Plane, second: Plane, weights: list[float]) -> float:
    """Wang et al. 2003 for two planes in 0..255, the paper's own range: pixel after pixel, in float64."""
    floor1, floor2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    window = np.array([[math.exp(-((i - 5) ** 2 + (j - 5) ** 2) / (2 * 1.5**2)) for j in range(11)] for i in range(11)])
    window /= window.sum()
    result = 1.0
    for scale, weight in enumerate(weights):
        full, structure = [], []
        for top in range(first.shape[0] - 10):
            for left in range(first.shape[1] - 10):
                a, b = first[top : top + 11, left : left + 11], second[top : top + 11, left : left + 11]
                mean_a, mean_b = (window * a).sum(), (window * b).sum()
                variance_a, variance_b = (window * (a - mean_a) ** 2).sum(), (window * (b - mean_b) ** 2).sum()
                covariance = (window * (a - mean_a) * (b - mean_b)).sum()
                structure.append((2 * covariance + floor2) / (variance_a + variance_b + floor2))
                full.append(structure[-1] * (2 * mean_a * mean_b + floor1) / (mean_a**2 + mean_b**2 + floor1))
        result *= np.mean(full if scale == len(weights) - 1 else structure) ** weight
        first, second = halved(first), halved(second)
    return result


def halved(plane: Plane) -> Plane:
    height, width = plane.shape[0] // 2 * 2, plane.shape[1] // 2 * 2
    plane = plane[:height, :width]
    return (plane[::2, ::2] + plane[1::2, ::2] + plane[::2, 1::2] + plane[1::2, 1::2]) / 4


def faces(seed: int, height: int, width: int) -> tuple[Tensor, Tensor]:
    """Two related pictures with structure at all scales."""
    noise = torch.Generator().manual_seed(seed)
    coarse = torch.rand(2, 3, 4, 4, dtype=torch.float64, generator=noise) * 2 - 1
    first = torch.nn.functional.interpolate(coarse, (height, width), mode="bilinear")
    second = first + 0.2 * torch.randn(first.shape, dtype=torch.float64, generator=noise)
    return first.clamp(-1, 1), second.clamp(-1, 1)


@pytest.mark.parametrize(
    ("height", "width", "weights"),
    [
        (11, 12, [1.0]),
        (27, 23, [0.0448 / 0.3304, 0.2856 / 0.3304]),
        (45, 52, [0.0448 / 0.6305, 0.2856 / 0.6305, 0.3001 / 0.6305]),
    ],
)
def test_it_agrees_with_the_paper_in_plain_loops(height: int, width: int, weights: list[float]) -> None:
    first, second = faces(0, height, width)
    ours = ms_ssim(first, second)
    assert ours.shape == (2, 3)
    for image, channel in ((0, 0), (1, 2)):
        planes = [(batch[image, channel].numpy() + 1) * 127.5 for batch in (first, second)]
        assert ours[image, channel].item() == pytest.approx(reference_ms_ssim(*planes, weights), abs=1e-10)


def test_two_flat_pictures_differ_in_luminance_alone() -> None:
    """By hand: on 0..2 the greys are 0.5 and 1.5, C1 = 0.0004, structure is 1."""
    dark, light = torch.full((1, 3, 11, 11), -0.5), torch.full((1, 3, 11, 11), 0.5)
    similarity = (2 * 0.5 * 1.5 + 0.0004) / (0.25 + 2.25 + 0.0004)
    assert MSSSIM()(dark, light).item() == pytest.approx(1 - similarity, rel=1e-5)


def test_equal_pictures_are_at_zero_and_noise_lifts_them() -> None:
    face, noisy = faces(1, 64, 64)
    noisier = noisy + 0.5 * torch.randn(face.shape, generator=torch.Generator().manual_seed(3))
    assert MSSSIM()(face, face).item() == pytest.approx(0, abs=1e-12)
    assert 0 < MSSSIM()(noisy, face).item() < MSSSIM()(noisier, face).item() < 1


@pytest.mark.parametrize(
    ("height", "width", "scales"), [(11, 400, 1), (21, 21, 1), (22, 22, 2), (64, 64, 3), (175, 200, 4), (512, 512, 5)]
)
def test_the_number_of_scales_follows_the_image_size(height: int, width: int, scales: int) -> None:
    assert scale_count(min(height, width), window=11) == scales


def test_below_the_window_it_is_ssim_with_a_window_that_fits() -> None:
    """At 5 pixels: one Gaussian of deviation 1.5 * 5 / 11 over the whole picture, in the paper's plain form."""
    first, second = faces(7, 5, 5)
    sigma = 1.5 * 5 / 11
    line = np.array([math.exp(-((place - 2) ** 2) / (2 * sigma**2)) for place in range(5)])
    window = np.outer(line, line) / line.sum() ** 2
    a, b = (plane[0, 0].numpy() for plane in (first + 1, second + 1))
    mean_a, mean_b = (window * a).sum(), (window * b).sum()
    variances = (window * (a - mean_a) ** 2).sum() + (window * (b - mean_b) ** 2).sum()
    covariance = (window * (a - mean_a) * (b - mean_b)).sum()
    structure = (2 * covariance + 0.06**2) / (variances + 0.06**2)
    wanted = structure * (2 * mean_a * mean_b + 0.02**2) / (mean_a**2 + mean_b**2 + 0.02**2)
    assert ms_ssim(first, second)[0, 0].item() == pytest.approx(wanted, rel=1e-6)


@pytest.mark.parametrize("side", range(1, 12))
def test_a_thumbnail_of_any_side_has_a_finite_gradient(side: int) -> None:
    first, second = faces(8, side, side + 3)
    first.requires_grad_()
    assert MSSSIM()(second, second).item() == pytest.approx(0, abs=1e-12)
    (gradient,) = torch.autograd.grad(MSSSIM()(first, second), first)
    assert gradient.isfinite().all()
    assert gradient.any()


def test_opposite_pictures_keep_a_finite_gradient() -> None:
    """Contrast terms are negative here, and a broken power of a negative number is NaN."""
    face, _ = faces(2, 64, 64)
    negative = (-face + 0.1).requires_grad_()
    loss = MSSSIM()(negative, face)
    loss.backward()
    assert negative.grad is not None
    assert negative.grad.isfinite().all()
    assert 0.9 < loss.item() <= 1


def test_one_opposite_scale_does_not_silence_the_others() -> None:
    """Fine texture inverted, coarse structure alike but fainter: the coarse scale still pulls."""
    coarse, _ = faces(5, 22, 22)
    texture = 0.4 * torch.ones(22, 22, dtype=torch.float64)
    texture[::2, 1::2] = texture[1::2, ::2] = -0.4
    prediction = (0.5 * coarse - texture).requires_grad_()
    (gradient,) = torch.autograd.grad(MSSSIM()(prediction, 0.5 * coarse + texture), prediction)
    assert gradient.isfinite().all()
    assert gradient.abs().max() > 0


def test_half_precision_is_computed_in_single() -> None:
    face, noisy = (picture.to(torch.bfloat16) for picture in faces(4, 32, 32))
    with torch.autocast("cpu", dtype=torch.bfloat16):
        loss = MSSSIM()(noisy, face)
    torch.testing.assert_close(loss, MSSSIM()(noisy.float(), face.float()))
