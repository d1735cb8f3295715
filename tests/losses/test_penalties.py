"""Gradient penalties, against critics whose gradient is known."""

import pytest
import torch
from torch import Tensor, nn

from facegan.losses.adversarial import R1, Adversarial, WassersteinGP
from facegan.losses.penalties import GradientPenalty, Penalty, RealGradientPenalty

SHAPE = (4, 3, 2, 2)


def images(seed: int) -> Tensor:
    return torch.randn(SHAPE, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))


def linear_critic(norm: float) -> nn.Linear:
    """Its gradient has this norm everywhere."""
    critic = nn.Linear(12, 1, dtype=torch.float64)
    nn.init.constant_(critic.weight, norm / 12**0.5)
    return critic


def judged(critic: nn.Module, penalty: Penalty) -> Tensor:
    return penalty(lambda faces: critic(faces.flatten(1)), images(0), images(1))


@pytest.mark.parametrize(
    ("norm", "sided", "target", "value"),
    [
        (3.0, "two", 1.0, 4.0),
        (0.25, "two", 1.0, 0.5625),
        (3.0, "one", 1.0, 4.0),
        (0.25, "one", 1.0, 0.0),
        (3.0, "two", 0.0, 9.0),
    ],
)
def test_the_line_penalty_of_a_linear_critic_has_its_closed_form(
    norm: float, sided: str, target: float, value: float
) -> None:
    penalty = judged(linear_critic(norm), GradientPenalty(sided=sided, target=target))  # type: ignore[arg-type]
    assert penalty.shape == ()
    assert penalty.item() == pytest.approx(value, abs=1e-12)


def test_r1_of_a_linear_critic_has_its_closed_form() -> None:
    assert judged(linear_critic(3.0), RealGradientPenalty()).item() == pytest.approx(4.5, abs=1e-12)


def test_r1_looks_at_real_images_only() -> None:
    """Half the squared gradient of sum x^2 / 2 is half of sum x^2."""
    real = images(0)
    value = R1().penalty(lambda faces: 0.5 * faces.square().flatten(1).sum(1), real, torch.full_like(real, torch.nan))
    torch.testing.assert_close(value, 0.5 * real.square().sum() / len(real))


def test_several_logits_of_an_image_are_summed() -> None:
    """Two patches with gradients 1 and 2 in one element: a norm of 3."""
    real, fake = torch.zeros(5, 1), torch.ones(5, 1)
    value = GradientPenalty()(lambda faces: torch.cat((faces, 2 * faces), 1), real, fake)
    assert value.item() == pytest.approx(4.0)


def test_every_image_has_its_own_place_on_the_line() -> None:
    seen: list[Tensor] = []

    def critic(faces: Tensor) -> Tensor:
        seen.append(faces.detach())
        return faces.flatten(1).sum(1)

    torch.manual_seed(0)
    real, fake = torch.full((64, 3, 2, 2), -1.0), torch.full((64, 3, 2, 2), 1.0)
    GradientPenalty()(critic, real, fake)
    places = seen[0].flatten(1)
    assert torch.equal(places, places[:, :1].expand_as(places))  # one place for all elements of an image
    assert len(places[:, 0].unique()) == 64
    assert places.min() < -0.8
    assert places.max() > 0.8
    assert places.abs().max() <= 1


@pytest.mark.parametrize("penalty", [GradientPenalty(), GradientPenalty(sided="one"), RealGradientPenalty()])
def test_second_derivatives_reach_the_critics_parameters(penalty: Penalty) -> None:
    critic = linear_critic(3.0)
    (gradient,) = torch.autograd.grad(judged(critic, penalty), critic.weight)
    # d/dw (|w| - 1)^2 = 2 (|w| - 1) w / |w|, and d/dw |w|^2 / 2 = w.
    factor = 1.0 if isinstance(penalty, RealGradientPenalty) else 2 * (3 - 1) / 3
    torch.testing.assert_close(gradient, factor * critic.weight.detach())


@pytest.mark.parametrize("penalty", [GradientPenalty(), RealGradientPenalty()])
def test_numerical_second_derivatives_agree(penalty: Penalty) -> None:
    weight = torch.randn(12, 5, dtype=torch.float64, generator=torch.Generator().manual_seed(2))

    def price(weight: Tensor) -> Tensor:
        torch.manual_seed(0)  # the same places on the lines each time
        return penalty(lambda faces: torch.tanh(faces.flatten(1) @ weight).sum(1), images(0), images(1))

    assert torch.autograd.gradcheck(price, (weight.requires_grad_(),))


@pytest.mark.parametrize("game", [WassersteinGP(), R1()])
def test_the_images_are_left_as_they_were(game: Adversarial) -> None:
    """No gradient flows into them, and a batch does not start to ask for one."""
    critic, batch, drawn = linear_critic(3.0), images(0), images(1).requires_grad_()
    for real, fake in ((batch, drawn), (drawn, batch)):
        game.penalty(lambda faces: critic(faces.flatten(1)).exp(), real, fake).backward()
    assert drawn.grad is None
    assert not batch.requires_grad
    assert critic.weight.grad is not None


def test_a_flat_critic_gets_a_finite_gradient() -> None:
    """The norm has no derivative at 0; the penalty must not make a NaN of it."""
    critic = linear_critic(0.0)
    value = judged(critic, GradientPenalty())
    (gradient,) = torch.autograd.grad(value, critic.weight)
    assert value.item() == 1.0
    assert gradient.isfinite().all()


def test_real_and_fake_must_have_one_shape_to_lie_on_a_line() -> None:
    with pytest.raises(ValueError, match=r"\(4, 3, 2, 2\) and fake \(2, 3, 2, 2\)"):
        GradientPenalty()(lambda faces: faces, images(0), images(1)[:2])


def test_a_negative_target_is_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        GradientPenalty(target=-1.0)


def test_a_line_from_real_faces_to_fakes_of_less_precision_is_taken_in_that_of_the_real_ones() -> None:
    """Under autocast fakes come in bfloat16."""
    critic, real, fake = linear_critic(3.0).float(), images(0).float(), images(1).bfloat16()
    value = GradientPenalty()(lambda faces: critic(faces.flatten(1)), real, fake)
    torch.testing.assert_close(value, torch.tensor(4.0))
