"""Mutual information of latent codes, against numbers worked out by hand."""

import math

import pytest
import torch

from facegan.losses.information import CategoricalInformation, GaussianInformation, MutualInformation
from facegan.losses.latent import CategoricalKL


def noise(seed: int, *shape: int) -> torch.Tensor:
    draws = torch.randn(shape, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))
    return draws.requires_grad_()


ONES = torch.tensor([[1.0, 0.0, 0.0, 0.0, 1.0], [0.0, 0.0, 1.0, 1.0, 0.0]])  # codes of 3 and of 2 values


def test_categorical_information_has_its_hand_computed_value() -> None:
    """q(first code's true value) is 1/2 and 1/4, the second's 2/3 and 1/3: sum over codes, mean over pictures."""
    logits = torch.tensor([[0.5, 0.25, 0.25, 1 / 3, 2 / 3], [0.5, 0.25, 0.25, 1 / 3, 2 / 3]]).log()
    by_hand = (-math.log(0.5) - math.log(2 / 3) - math.log(0.25) - math.log(1 / 3)) / 2
    result = CategoricalInformation(sizes=[3, 2])(logits, ONES)
    assert result.shape == ()
    assert result.item() == pytest.approx(by_hand)


def test_a_picture_that_hides_its_codes_costs_their_entropy_so_that_the_bound_is_0() -> None:
    assert CategoricalInformation(sizes=[3, 2])(torch.zeros(2, 5), ONES).item() == pytest.approx(math.log(6))
    assert CategoricalInformation(sizes=[3, 2])(200 * ONES, ONES).item() == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("std", [1.0, 0.5])
def test_gaussian_information_has_its_hand_computed_value(std: float) -> None:
    means, codes = torch.tensor([[0.5, -1.0], [0.0, 1.0]]), torch.tensor([[1.0, 0.0], [0.0, -1.0]])
    squares = 0.25 + 1.0 + 0.0 + 4.0
    by_hand = squares / 2 / std**2 / 2 + 2 * math.log(std * math.sqrt(2 * math.pi))
    assert GaussianInformation(std=std)(means, codes).item() == pytest.approx(by_hand)
    by_torch = -torch.distributions.Normal(means, std).log_prob(codes).sum(1).mean()
    torch.testing.assert_close(GaussianInformation(std=std)(means, codes), by_torch)


def test_mutual_information_is_the_sum_of_both_kinds() -> None:
    answers, codes = torch.randn(2, 7), torch.cat([ONES, torch.randn(2, 2)], dim=1)
    expected = CategoricalInformation(sizes=[3, 2])(answers[:, :5], ONES) + GaussianInformation()(
        answers[:, 5:], codes[:, 5:]
    )
    torch.testing.assert_close(MutualInformation(categorical=[3, 2], continuous=2)(answers, codes), expected)
    alone = MutualInformation(continuous=2)(answers[:, 5:], codes[:, 5:])
    torch.testing.assert_close(alone, GaussianInformation()(answers[:, 5:], codes[:, 5:]))


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="codes of 5 values"):
        CategoricalInformation(sizes=[3, 2])(torch.zeros(2, 4), torch.zeros(2, 4))
    with pytest.raises(ValueError, match="needs a code"):
        MutualInformation()
    with pytest.raises(ValueError, match="std must be positive"):
        GaussianInformation(std=0)
    with pytest.raises(ValueError, match="codes of 5 values"):
        CategoricalKL(sizes=[3, 2])(torch.zeros(2, 4))


def test_categorical_kl_is_the_entropy_that_is_missing() -> None:
    logits = torch.tensor([[0.5, 0.25, 0.25, 0.5, 0.5], [1 / 3, 1 / 3, 1 / 3, 0.5, 0.5]]).log()
    by_hand = (math.log(3) - (0.5 * math.log(2) + 0.5 * math.log(4))) / 2
    assert CategoricalKL(sizes=[3, 2])(logits).item() == pytest.approx(by_hand)
    assert CategoricalKL(sizes=[3, 2])(200 * ONES).item() == pytest.approx(math.log(6))


def test_numerical_gradients_agree() -> None:
    assert torch.autograd.gradcheck(lambda x: CategoricalInformation(sizes=[3, 2])(x, ONES.double()), (noise(0, 2, 5),))
    assert torch.autograd.gradcheck(GaussianInformation(std=0.7), (noise(0, 3, 2), noise(1, 3, 2)))
    assert torch.autograd.gradcheck(CategoricalKL(sizes=[3, 2]), (noise(0, 2, 5),))
