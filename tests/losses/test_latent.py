"""Latent losses, against numbers worked out by hand."""

import math

import pytest
import torch

from facegan.losses.latent import KL, Contrast, Nulling, Parallelogram
from facegan.losses.reconstruction import L1


def noise(seed: int, *shape: int) -> torch.Tensor:
    draws = torch.randn(shape, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))
    return draws.requires_grad_()


def test_nulling_is_the_mean_magnitude() -> None:
    result = Nulling()(torch.tensor([[1.0, -3.0], [0.0, 2.0]]))
    assert result.shape == ()
    assert result.item() == 1.5


def test_a_closed_parallelogram_is_at_zero() -> None:
    face, other, attribute = torch.rand(3, 2, 3, 4, 4)
    loss = Parallelogram()
    assert loss(face + attribute, other, other + attribute, face).item() == pytest.approx(0, abs=1e-6)


def test_the_parallelogram_has_its_hand_computed_value() -> None:
    having, lacking = torch.tensor([1.0, -1.0]), torch.tensor([0.5, 0.5])
    added, removed = torch.tensor([0.25, 1.0]), torch.tensor([0.0, 0.5])
    result = Parallelogram()(having, lacking, added, removed)
    assert result.shape == ()
    assert result.item() == (1.25 + 2.0) / 2


def test_the_parallelogram_keeps_the_papers_balance_on_our_range() -> None:
    """0.01 on 0..255 beside reconstruction / 255 is 1.275 on [-1, 1] beside 0.5, as its docstring says."""
    pixels = torch.randint(0, 256, (4, 2, 3, 8, 8), generator=torch.Generator().manual_seed(0)).double()
    ours = pixels / 127.5 - 1
    having, lacking, added, removed = pixels
    paper = 0.01 * (having + lacking - added - removed).abs().mean(), (added - having).abs().mean() / 255
    torch.testing.assert_close(1.275 * Parallelogram()(*ours), paper[0])
    torch.testing.assert_close(0.5 * L1()(ours[2], ours[0]), paper[1])


def test_parallelogram_corners_need_one_shape() -> None:
    face = torch.zeros(2, 3, 4, 4)
    with pytest.raises(ValueError, match=r"one shape.*\(1, 3, 4, 4\)"):
        Parallelogram()(face, face[:1], face, face)


def test_kl_has_its_closed_form() -> None:
    """Sum over latent dimensions, mean over the batch: 1/2 (m^2 + s^2 - 1 - log s^2)."""
    mean = torch.tensor([[1.0, 0.0], [0.0, 2.0]])
    log_variance = torch.tensor([[0.0, math.log(4.0)], [0.0, 0.0]])
    rows = (0.5 * 1 + 0.5 * (4 - 1 - math.log(4)), 0.5 * 4)
    result = KL()(mean, log_variance)
    assert result.shape == ()
    assert result.item() == pytest.approx(sum(rows) / 2)
    assert KL()(torch.zeros(3, 4), torch.zeros(3, 4)) == 0


def test_kl_agrees_with_torch_on_codes_with_places() -> None:
    mean, log_variance = noise(0, 3, 4, 2, 2), noise(1, 3, 4, 2, 2) * 0.5
    normal = torch.distributions.Normal(mean, (0.5 * log_variance).exp())
    by_torch = torch.distributions.kl_divergence(normal, torch.distributions.Normal(0.0, 1.0)).sum() / 3
    torch.testing.assert_close(KL()(mean, log_variance), by_torch)


def test_kl_refuses_two_shapes() -> None:
    with pytest.raises(ValueError, match="differ in shape"):
        KL()(torch.zeros(2, 3), torch.zeros(2, 1))


def test_numerical_gradients_agree() -> None:
    assert torch.autograd.gradcheck(Nulling(), (noise(0, 3, 4),))
    assert torch.autograd.gradcheck(Parallelogram(), tuple(noise(seed, 3, 4) for seed in range(4)))
    assert torch.autograd.gradcheck(KL(), (noise(0, 3, 4), noise(1, 3, 4)))


def test_contrast_is_the_cross_entropy_of_finding_the_partner() -> None:
    first, second = noise(0, 6, 4), noise(1, 6, 4)
    alike = torch.nn.functional.cosine_similarity(first[:, None], second[None], dim=2) / 0.5
    right = alike.diagonal()
    expected = (alike.logsumexp(1) - right + alike.logsumexp(0) - right).mean() / 2
    torch.testing.assert_close(Contrast(temperature=0.5)(first, second), expected)


def test_contrast_is_low_where_partners_alone_agree_and_log_n_where_all_do() -> None:
    apart = torch.eye(6)
    assert Contrast()(apart, 3 * apart) < 1e-3
    same = torch.ones(6, 6)
    torch.testing.assert_close(Contrast()(same, same), torch.tensor(6.0).log())
    with pytest.raises(ValueError, match="differ in shape"):
        Contrast()(apart, apart[:3])
