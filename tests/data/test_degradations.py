"""Degradations: their weights against values worked out by hand, and what a pseudo-inverse promises."""

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from facegan.data.degradations import Bicubic, Box, Camera, Rain, Separable
from facegan.data.degradations.kernels import bicubic_matrix, cubic, mirrored


def faces(side: int = 32, count: int = 2) -> Tensor:
    return torch.rand(count, 3, side, side, generator=torch.Generator().manual_seed(3)) * 2 - 1


def test_keys_kernel_by_hand() -> None:
    assert [cubic(d) for d in (0, 1, 2, 3, 0.25, -0.75, 1.25, 1.75)] == pytest.approx(
        [1, 0, 0, 0, 0.8671875, 0.2265625, -0.0703125, -0.0234375]
    )


def test_halving_by_hand() -> None:
    """Between pixels 3 and 4 of 8 lie distances of a quarter, three quarters ... small pixels, weights halved."""
    half = [-0.0234375, -0.0703125, 0.2265625, 0.8671875]
    row = bicubic_matrix(16, 8)[3]
    expected = torch.zeros(16, dtype=torch.float64)
    expected[3:11] = torch.tensor([*half, *half[::-1]], dtype=torch.float64) / 2
    torch.testing.assert_close(row, expected)


def test_the_border_is_mirrored_with_its_pixel() -> None:
    """The first row of halving: pixels -3 .. 4, of which -1 is pixel 0 again, -2 is 1, -3 is 2."""
    half = [-0.0234375, -0.0703125, 0.2265625, 0.8671875]
    weights = torch.tensor([*half, *half[::-1]], dtype=torch.float64) / 2
    expected = torch.zeros(16, dtype=torch.float64)
    for place, weight in zip(range(-3, 5), weights, strict=True):
        expected[place if place >= 0 else -1 - place] += weight
    torch.testing.assert_close(bicubic_matrix(16, 8)[0], expected)
    assert [mirrored(place, 4) for place in range(-2, 7)] == [1, 0, 0, 1, 2, 3, 3, 2, 1]


@pytest.mark.parametrize("scale", [2, 3, 4, 8])
def test_torch_agrees_inside(scale: int) -> None:
    images = faces(24 * scale)
    inside = (slice(None), slice(None), slice(3, -3), slice(3, -3))
    theirs = F.interpolate(images, scale_factor=1 / scale, mode="bicubic", antialias=True, align_corners=False)
    torch.testing.assert_close(Bicubic(scale=scale)(images)[inside], theirs[inside], atol=2e-5, rtol=0)
    large = bicubic_matrix(24, 24 * scale).float()
    small = faces(24)
    theirs = F.interpolate(small, scale_factor=scale, mode="bicubic", antialias=True, align_corners=False)
    inside = (slice(None), slice(None), slice(3 * scale, -3 * scale), slice(3 * scale, -3 * scale))
    torch.testing.assert_close((large @ small @ large.T)[inside], theirs[inside], atol=2e-5, rtol=0)


def test_a_box_is_the_mean_by_area() -> None:
    torch.testing.assert_close(Box(scale=4)(faces()), F.avg_pool2d(faces(), 4))


@pytest.mark.parametrize("degradation", [Bicubic(scale=4), Box(scale=4), Camera(scale=4, noise=(0, 0))])
def test_a_plain_face_stays_plain(degradation: Bicubic | Box | Camera) -> None:
    small = degradation(torch.full((2, 3, 32, 16), 0.5))
    assert small.shape == (2, 3, 8, 4)
    torch.testing.assert_close(small, torch.full_like(small, 0.5), atol=0.05, rtol=0)


@pytest.mark.parametrize("degradation", [Bicubic(scale=4), Box(scale=4), Bicubic(scale=8), Box(scale=2)])
def test_what_is_lifted_shrinks_again_and_is_least(degradation: Separable) -> None:
    low = degradation(faces())
    lifted = degradation.lifted(low)
    torch.testing.assert_close(degradation(lifted), low, atol=1e-5, rtol=0)
    assert lifted.square().sum() < faces().square().sum()
    # What it leaves out, it cannot see: the face less its lifted part shrinks to nothing.
    assert degradation(faces() - lifted).abs().max() < 1e-5


@pytest.mark.parametrize("kind", [Bicubic, Box])
def test_half_precision_around_does_not_matter(kind: type[Separable]) -> None:
    with torch.autocast("cpu", dtype=torch.bfloat16):
        inside = kind(scale=4)(faces())
    torch.testing.assert_close(inside, kind(scale=4)(faces()))


def test_a_camera_blurs_rustles_and_never_twice_the_same() -> None:
    images = faces()
    torch.manual_seed(0)
    one, other = Camera(scale=4)(images), Camera(scale=4)(images)
    assert one.shape == (2, 3, 8, 8)
    assert not torch.equal(one, other)
    assert one.abs().max() <= 1
    plain = torch.zeros(1, 3, 64, 64)
    assert Camera(scale=2, noise=(0.1, 0.1), quality=(100, 100))(plain).std() == pytest.approx(0.1, rel=0.15)
    edge = torch.ones(1, 3, 32, 32)
    edge[..., :16] = -1
    soft = Camera(scale=2, noise=(0, 0), blur=(0.5, 0.5), quality=(100, 100))(edge)
    assert soft[0, 0, 0, 8] - soft[0, 0, 0, 7] < 1.9


def test_rain_adds_bright_slanted_streaks_and_leaves_the_rest_alone() -> None:
    dark = torch.full((8, 3, 32, 32), -0.8)
    torch.manual_seed(4)
    one, other = Rain(scale=1)(dark), Rain(scale=1)(dark)
    assert one.shape == dark.shape
    added = one - dark
    assert added.min() >= 0
    assert one.max() <= 1
    assert added.amax((1, 2, 3)).min() > 0.3  # every face
    assert 0.3 < float((added[:, 0] < 0.05).float().mean()) < 0.9  # between the streaks
    assert torch.equal(added[:, 0], added[:, 2])  # without a colour
    assert added.diff(dim=2).abs().mean() < 0.6 * added.diff(dim=3).abs().mean()  # rather downwards than across
    assert not torch.equal(one, other)
    torch.manual_seed(4)
    assert torch.equal(Rain(scale=1)(dark), one)


def test_a_slant_of_none_falls_straight_down() -> None:
    torch.manual_seed(1)
    dark = torch.full((4, 1, 64, 64), -1.0)
    added = Rain(scale=1, slant=0, length=(0.5, 0.5), streaks=3)(dark) + 1
    wet = (added > 0.1).float().sum(2)
    assert set(wet[wet > 0].flatten().tolist()) <= set(range(4, 100))  # columns of many pixels, or dry ones
    assert wet.max() >= 32


def test_rain_is_shrunk_by_area_after_it_fell() -> None:
    torch.manual_seed(2)
    small = Rain(scale=4)(faces())
    torch.manual_seed(2)
    torch.testing.assert_close(small, F.avg_pool2d(Rain(scale=1)(faces()), 4))


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(ValueError, match="Box: 32 x 32 pixels cannot be shrunk by 5"):
        Box(scale=5)(faces())
    with pytest.raises(ValueError, match="1 or more, not by 0"):
        Bicubic(scale=0)
    with pytest.raises(ValueError, match=r"Camera: noise goes from 0.5 to 0.1"):
        Camera(scale=2, noise=(0.5, 0.1))
    with pytest.raises(ValueError, match=r"Rain: length goes from 0.5 to 0.1"):
        Rain(scale=1, length=(0.5, 0.1))
    with pytest.raises(ValueError, match=r"Rain: slant=90"):
        Rain(scale=1, slant=90)
