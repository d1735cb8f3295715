"""The adversarial games, against numbers worked out by hand."""

import math

import pytest
import torch
from torch import Tensor, nn

from facegan.losses.adversarial import (
    R1,
    Adversarial,
    Hinge,
    LeastSquares,
    NonSaturating,
    Relativistic,
    Wasserstein,
    WassersteinGP,
)
from facegan.losses.penalties import RealGradientPenalty

REAL = torch.tensor([[2.0], [0.0]], dtype=torch.float64)
FAKE = torch.tensor([[-1.0], [3.0]], dtype=torch.float64)
GAMES = [
    NonSaturating(),
    LeastSquares(),
    Hinge(),
    Relativistic(),
    Relativistic(against="pair"),
    Wasserstein(),
    WassersteinGP(),
    R1(),
]


def softplus(x: float) -> float:
    return math.log(1 + math.exp(x))


LOG_CRITIC = (softplus(-2) + softplus(0)) / 2 + (softplus(-1) + softplus(3)) / 2
LOG_GENERATOR = (softplus(1) + softplus(-3)) / 2


@pytest.mark.parametrize(
    ("game", "critic", "generator"),
    [
        (NonSaturating(), LOG_CRITIC, LOG_GENERATOR),
        (R1(), LOG_CRITIC, LOG_GENERATOR),
        (LeastSquares(), (1 + 1) / 2 + (1 + 9) / 2, (4 + 4) / 2),
        (Hinge(), (0 + 1) / 2 + (0 + 4) / 2, -1.0),
        (Wasserstein(), 1.0 - 1.0, -1.0),
        (WassersteinGP(), 1.0 - 1.0, -1.0),
        # Both means are 1. Real less 1: 1, -1; fake less 1: -2, 2.
        (
            Relativistic(),
            (softplus(-1) + softplus(1)) / 2 + (softplus(-2) + softplus(2)) / 2,
            (softplus(2) + softplus(-2)) / 2 + (softplus(1) + softplus(-1)) / 2,
        ),
        # Real less fake: 3, -3.
        (Relativistic(against="pair"), (softplus(-3) + softplus(3)) / 2, (softplus(3) + softplus(-3)) / 2),
    ],
)
def test_a_game_has_its_hand_computed_values(game: Adversarial, critic: float, generator: float) -> None:
    for loss, value in ((game.critic(REAL, FAKE), critic), (game.generator(REAL, FAKE), generator)):
        assert loss.shape == ()
        assert loss.item() == pytest.approx(value, abs=1e-12)


def test_the_relativistic_games_tell_critic_from_generator() -> None:
    """The values above are symmetric; these are not."""
    real, fake = torch.tensor([1.0, 2.0]), torch.tensor([-1.0, 0.0])
    average, pair = Relativistic(), Relativistic(against="pair")
    # Against the means 1.5 and -0.5: real 1.5, 2.5 above; fake -2.5, -1.5.
    hand = softplus(-1.5) + softplus(-2.5)
    assert average.critic(real, fake).item() == pytest.approx(hand, rel=1e-6)
    assert average.generator(real, fake).item() == pytest.approx(softplus(1.5) + softplus(2.5), rel=1e-6)
    assert pair.critic(real, fake).item() == pytest.approx(softplus(-2), rel=1e-6)
    assert pair.generator(real, fake).item() == pytest.approx(softplus(2), rel=1e-6)


@pytest.mark.parametrize("game", GAMES, ids=lambda game: type(game).__name__)
def test_numerical_gradients_agree(game: Adversarial) -> None:
    real = torch.tensor([[0.3, -0.4], [2.2, 0.7]], dtype=torch.float64, requires_grad=True)
    fake = torch.tensor([[-0.2, 0.6], [1.9, -2.3]], dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(game.critic, (real, fake))
    assert torch.autograd.gradcheck(game.generator, (real, fake))


@pytest.mark.parametrize("game", GAMES, ids=lambda game: type(game).__name__)
def test_patches_are_averaged_over_all_elements(game: Adversarial) -> None:
    real, fake = torch.randn(2, 1, 3, 4), torch.randn(2, 1, 3, 4)
    torch.testing.assert_close(game.critic(real, fake), game.critic(real.flatten(), fake.flatten()))
    torch.testing.assert_close(game.generator(real, fake), game.generator(real.flatten(), fake.flatten()))


@pytest.mark.parametrize("game", [NonSaturating(), Relativistic(), Relativistic(against="pair")])
def test_the_log_forms_survive_huge_logits(game: Adversarial) -> None:
    real = torch.tensor([-1e4], requires_grad=True)
    fake = torch.tensor([1e4], requires_grad=True)
    loss = game.critic(real, fake) + game.generator(real, fake)
    gradients = torch.autograd.grad(loss, (real, fake))
    assert loss.isfinite()
    assert all(gradient.isfinite().all() for gradient in gradients)


def test_only_relativistic_generators_need_real_logits() -> None:
    assert [type(game) for game in GAMES if game.needs_real_for_generator] == [Relativistic, Relativistic]
    assert Hinge().generator(None, FAKE) == Hinge().generator(REAL, FAKE)
    with pytest.raises(ValueError, match="real images"):
        Relativistic().generator(None, FAKE)


def test_pairs_need_one_shape() -> None:
    with pytest.raises(ValueError, match=r"\(2, 1\) and \(2,\)"):
        Relativistic(against="pair").critic(REAL, FAKE.squeeze(1))


def test_only_games_with_a_penalty_have_one() -> None:
    assert [type(game) for game in GAMES if game.has_penalty] == [WassersteinGP, R1]
    with pytest.raises(TypeError, match="Hinge has no penalty"):
        Hinge().penalty(lambda images: images, REAL, FAKE)


def test_any_game_takes_any_penalty() -> None:
    """HiSD's critic: the hinge with a penalty on real images."""
    game = Hinge(penalty=RealGradientPenalty())
    assert game.has_penalty
    assert game.penalty(lambda images: 3 * images, REAL, FAKE).item() == pytest.approx(4.5)


def test_clipping_bounds_every_parameter_and_no_more() -> None:
    parameters = [nn.Parameter(torch.tensor([-0.5, 0.004, 0.02])), nn.Parameter(torch.tensor([[3.0]]))]
    Wasserstein(clip=0.01).constrain(iter(parameters))
    torch.testing.assert_close(parameters[0].data, torch.tensor([-0.01, 0.004, 0.01]))
    torch.testing.assert_close(parameters[1].data, torch.tensor([[0.01]]))
    assert all(parameter.requires_grad and parameter.is_leaf for parameter in parameters)


@pytest.mark.parametrize("game", GAMES, ids=lambda game: type(game).__name__)
def test_games_without_clipping_leave_the_parameters_alone(game: Adversarial) -> None:
    parameter = nn.Parameter(torch.tensor([5.0]))
    game.constrain([parameter])
    assert parameter.item() == 5.0


def test_wrong_settings_are_refused() -> None:
    with pytest.raises(ValueError, match="positive bound"):
        Wasserstein(clip=0.0)
    with pytest.raises(ValueError, match="'average' or to a 'pair'"):
        Relativistic(against="median")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="'two' or 'one'"):
        WassersteinGP(sided="three")  # type: ignore[arg-type]


def test_genegan_critic_of_two_is_the_papers_sum() -> None:
    """mean(D_Ax(Bx) - D_Ax(Ax)): the Wasserstein critic has GeneGAN's sign and reduction."""
    real, fake = torch.tensor([4.0, 2.0]), torch.tensor([1.0, 0.0])
    by_paper: Tensor = (fake - real).mean()
    assert Wasserstein(clip=0.01).critic(real, fake) == by_paper == -2.5
