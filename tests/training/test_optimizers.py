"""TensorFlow's RMSProp against a plain reference, one number at a time."""

import math
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from facegan.training.optimizers import TFRMSprop

SETTINGS: list[dict[str, float]] = [
    {"lr": 5e-5},
    {"lr": 0.1, "decay": 0.9, "epsilon": 1e-2},
    {"lr": 0.1, "decay": 0.5, "momentum": 0.9},
]


def reference(start: float, gradients: list[float], **given: float) -> float:
    """TensorFlow 1.x's ApplyRMSProp, scalar by scalar."""
    settings = {"decay": 0.8, "momentum": 0.0, "epsilon": 1e-10, **given}
    value, square, move = start, 1.0, 0.0
    for gradient in gradients:
        square += (gradient * gradient - square) * (1 - settings["decay"])
        move = settings["momentum"] * move + settings["lr"] * gradient / math.sqrt(square + settings["epsilon"])
        value -= move
    return value


def parameters() -> list[nn.Parameter]:
    noise = torch.Generator().manual_seed(0)
    return [nn.Parameter(torch.randn(shape, dtype=torch.float64, generator=noise)) for shape in ((2, 3), (4,), ())]


def gradients(step: int, moved: list[nn.Parameter]) -> list[Tensor]:
    noise = torch.Generator().manual_seed(100 + step)
    return [torch.randn(p.shape, dtype=torch.float64, generator=noise) for p in moved]


def play(optimizer: TFRMSprop, moved: list[nn.Parameter], steps: range) -> None:
    for step in steps:
        for parameter, gradient in zip(moved, gradients(step, moved), strict=True):
            parameter.grad = gradient
        optimizer.step()


@pytest.mark.parametrize("settings", SETTINGS)
def test_it_moves_as_tensorflow_does(settings: dict[str, Any]) -> None:
    moved, start = parameters(), parameters()
    play(TFRMSprop(moved, **settings), moved, range(7))
    for which, parameter in enumerate(moved):
        series = torch.stack([gradients(step, start)[which].flatten() for step in range(7)], 1)
        hand = [
            reference(x, g, **settings) for x, g in zip(start[which].flatten().tolist(), series.tolist(), strict=True)
        ]
        torch.testing.assert_close(
            parameter.detach().flatten(), torch.tensor(hand, dtype=torch.float64), rtol=1e-12, atol=0
        )


def test_the_first_step_is_small_because_the_slot_starts_at_one() -> None:
    """Gradient 0.1: 5e-5 * 0.1 / sqrt(0.8 + 0.2 * 0.01); torch's own would move by lr / sqrt(0.2)."""
    parameter = nn.Parameter(torch.zeros(1, dtype=torch.float64))
    parameter.grad = torch.full_like(parameter, 0.1)
    TFRMSprop([parameter], lr=5e-5).step()
    assert parameter.item() == pytest.approx(-5e-5 * 0.1 / math.sqrt(0.802), rel=1e-9)


def test_epsilon_sits_inside_the_root() -> None:
    """Without memory and gradient 0.3: 0.3 / sqrt(0.09 + 0.16) is 0.6, not 0.3 / (0.3 + 0.16)."""
    parameter = nn.Parameter(torch.zeros(1, dtype=torch.float64))
    parameter.grad = torch.full_like(parameter, 0.3)
    TFRMSprop([parameter], lr=1.0, decay=0.0, epsilon=0.16).step()
    assert parameter.item() == pytest.approx(-0.6)


@pytest.mark.parametrize("settings", SETTINGS)
def test_a_state_dict_carries_on_to_the_bit(settings: dict[str, Any]) -> None:
    whole = parameters()
    play(TFRMSprop(whole, **settings), whole, range(6))
    moved = parameters()
    first = TFRMSprop(moved, **settings)
    play(first, moved, range(3))
    second = TFRMSprop(moved, **(settings | {"lr": 9.0}))
    second.load_state_dict(first.state_dict())
    play(second, moved, range(3, 6))
    assert all(torch.equal(one, other) for one, other in zip(whole, moved, strict=True))


@pytest.mark.parametrize("settings", SETTINGS)
def test_its_state_is_tensors_of_the_parameters_shape(settings: dict[str, Any]) -> None:
    moved = parameters()
    optimizer = TFRMSprop(moved, **settings)
    play(optimizer, moved, range(1))
    state = optimizer.state_dict()["state"]
    names = {"square", "move"} if "momentum" in settings else {"square"}
    assert [set(slots) for slots in state.values()] == [names] * len(moved)
    for slots, parameter in zip(state.values(), moved, strict=True):
        assert all(isinstance(slot, Tensor) and slot.shape == parameter.shape for slot in slots.values())


def test_parameters_without_gradient_stay_and_groups_have_their_own_rate() -> None:
    still, slow, fast = (nn.Parameter(torch.zeros(1)) for _ in range(3))
    optimizer = TFRMSprop([{"params": [still, slow]}, {"params": [fast], "lr": 0.2}], lr=0.1)
    slow.grad, fast.grad = torch.ones(1), torch.ones(1)
    optimizer.step()
    assert still.item() == 0
    assert still not in optimizer.state
    assert slow.item() == pytest.approx(-0.1)
    assert fast.item() == pytest.approx(-0.2)


def test_a_step_without_any_gradient_and_a_closure_are_fine() -> None:
    parameter = nn.Parameter(torch.ones(1))
    optimizer = TFRMSprop([parameter], lr=0.1)
    optimizer.step()
    assert parameter.item() == 1

    def closure() -> float:
        optimizer.zero_grad()
        loss = parameter.square().sum()
        loss.backward()
        return loss.item()

    assert optimizer.step(closure) == 1.0
    assert parameter.item() < 1


@pytest.mark.parametrize("wrong", [{"lr": -1.0}, {"decay": 1.0}, {"momentum": -0.1}, {"epsilon": 0.0}])
def test_wrong_settings_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="RMSProp cannot take"):
        TFRMSprop(parameters(), **({"lr": 0.1} | wrong))
