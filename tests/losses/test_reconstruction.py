"""Reconstruction losses, against numbers worked out by hand."""

import math

import pytest
import torch

from facegan.losses.reconstruction import L1, L2, MSSSIM, Charbonnier, Reconstruction

PREDICTION = torch.tensor([0.5, -1.0, 0.25, 1.0], dtype=torch.float64).view(1, 1, 2, 2)
TARGET = torch.tensor([0.0, 1.0, 0.25, -0.5], dtype=torch.float64).view(1, 1, 2, 2)  # differences 0.5, 2, 0, 1.5


@pytest.mark.parametrize(
    ("loss", "value"),
    [
        (L1(), (0.5 + 2 + 0 + 1.5) / 4),
        (L2(), (0.25 + 4 + 0 + 2.25) / 4),
        (Charbonnier(epsilon=0.1), (math.sqrt(0.26) + math.sqrt(4.01) + 0.1 + math.sqrt(2.26)) / 4),
    ],
)
def test_a_loss_has_its_hand_computed_value(loss: Reconstruction, value: float) -> None:
    for result in (loss(PREDICTION, TARGET), loss(TARGET, PREDICTION)):
        assert result.shape == ()
        assert result.item() == pytest.approx(value, abs=1e-12)


def test_charbonnier_of_equal_pictures_is_epsilon() -> None:
    assert Charbonnier()(TARGET, TARGET).item() == pytest.approx(1e-3)


@pytest.mark.parametrize("loss", [L1(), L2(), Charbonnier(epsilon=0.1)])
def test_numerical_gradients_agree(loss: Reconstruction) -> None:
    noise = torch.Generator().manual_seed(0)
    prediction, target = torch.rand(2, 2, 3, 4, 4, dtype=torch.float64, generator=noise) * 2 - 1
    prediction = torch.where((prediction - target).abs() < 1e-3, prediction + 0.1, prediction)  # away from the kink
    assert torch.autograd.gradcheck(loss, (prediction.requires_grad_(), target.requires_grad_()))


def test_numerical_gradients_of_ms_ssim_agree() -> None:
    noise = torch.Generator().manual_seed(0)
    target = torch.rand(1, 1, 12, 12, dtype=torch.float64, generator=noise) * 2 - 1
    prediction = 0.8 * target + 0.1 * torch.randn(target.shape, dtype=torch.float64, generator=noise)
    loss = MSSSIM(window=5)  # two scales
    assert torch.autograd.gradcheck(loss, (prediction.requires_grad_(), target.requires_grad_()))


@pytest.mark.parametrize("loss", [L1(), L2(), Charbonnier(), MSSSIM()], ids=lambda loss: type(loss).__name__)
def test_shapes_that_would_broadcast_are_refused(loss: Reconstruction) -> None:
    with pytest.raises(ValueError, match=r"\(2, 3, 16, 16\) and target \(1, 3, 16, 16\)"):
        loss(torch.zeros(2, 3, 16, 16), torch.zeros(1, 3, 16, 16))


@pytest.mark.parametrize("loss", [L1(), L2(), Charbonnier(), MSSSIM()], ids=lambda loss: type(loss).__name__)
def test_clips_are_as_many_images(loss: Reconstruction) -> None:
    prediction, target = torch.rand(2, 2, 3, 3, 16, 16) * 2 - 1
    torch.testing.assert_close(loss(prediction, target), loss(prediction.flatten(0, 1), target.flatten(0, 1)))


def test_wrong_settings_are_refused() -> None:
    with pytest.raises(ValueError, match="epsilon"):
        Charbonnier(epsilon=0.0)
    with pytest.raises(ValueError, match="odd window"):
        MSSSIM(window=10)
    with pytest.raises(ValueError, match="positive sigma"):
        MSSSIM(sigma=0.0)
