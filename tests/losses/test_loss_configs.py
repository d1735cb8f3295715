"""Every file of conf/loss, by being there: it builds, and its loss pushes the right way."""

from pathlib import Path
from typing import Any

import pytest
import torch
from hydra.utils import instantiate
from omegaconf import OmegaConf
from torch import Tensor, nn

from facegan.losses.adversarial import Adversarial

LOSSES = Path(__file__).parents[2] / "conf" / "loss"
# Independence penalties go to a place of their own, since any model takes them; see test_independence.py.
FILES = sorted(file for file in LOSSES.rglob("*.yaml") if file.parent.name != "independence")


def name(file: Path) -> str:
    return str(file.relative_to(LOSSES).with_suffix(""))


def build(file: Path) -> Any:
    return instantiate(OmegaConf.load(file)[file.parent.name])


def of(group: str) -> pytest.MarkDecorator:
    files = [file for file in FILES if file.parent.name == group]
    assert files
    return pytest.mark.parametrize("file", files, ids=name)


def finite(tensor: Tensor | None) -> bool:
    return tensor is not None and bool(tensor.isfinite().all())


def logits(seed: int) -> Tensor:
    """Between 0.2 and 0.8, where every game still pulls at both kinds."""
    return (torch.rand(6, 1, 2, 2, generator=torch.Generator().manual_seed(seed)) * 0.6 + 0.2).requires_grad_()


def pictures(seed: int, size: int = 24) -> Tensor:
    return torch.rand(4, 3, size, size, generator=torch.Generator().manual_seed(seed)) * 2 - 1


@pytest.mark.parametrize("file", FILES, ids=name)
def test_a_file_is_one_flat_choice_of_the_model(file: Path) -> None:
    assert file.read_text().splitlines()[0] == "# @package model"
    config = OmegaConf.load(file)
    assert set(config) - {"weights"} == {file.parent.name}
    assert config[file.parent.name]["_target_"].startswith("facegan.losses.")
    build(file)


@of("adversarial")
def test_a_penalty_comes_with_its_weight_and_no_weight_without(file: Path) -> None:
    weights = OmegaConf.to_container(OmegaConf.load(file)).get("weights", {})  # type: ignore[union-attr]
    assert (set(weights) == {"critic"} and weights["critic"]["penalty"] > 0) == build(file).has_penalty
    assert bool(weights) == build(file).has_penalty


@of("adversarial")
def test_the_critic_tells_real_from_fake(file: Path) -> None:
    real, fake = logits(0), logits(1)
    loss = build(file).critic(real, fake)
    loss.backward()
    assert loss.shape == ()
    assert finite(loss)
    assert real.grad is not None
    assert fake.grad is not None
    assert (real.grad < 0).all()
    assert (fake.grad > 0).all()


@of("adversarial")
def test_the_generator_raises_fake_logits(file: Path) -> None:
    game = build(file)
    real, fake = logits(0), logits(1)
    loss = game.generator(real if game.needs_real_for_generator else None, fake)
    loss.backward()
    assert loss.shape == ()
    assert finite(loss)
    assert fake.grad is not None
    assert (fake.grad < 0).all()


def critic_loss(game: Adversarial, network: nn.Module, weight: float) -> Tensor:
    torch.manual_seed(0)
    real, fake = pictures(0, 4), pictures(1, 4)
    loss = game.critic(network(real), network(fake))
    return loss + weight * game.penalty(network, real, fake) if game.has_penalty else loss


@of("adversarial")
def test_a_critic_step_lowers_its_loss_and_stays_in_bounds(file: Path) -> None:
    torch.manual_seed(1)
    network = nn.Sequential(nn.Flatten(), nn.Linear(48, 8), nn.Tanh(), nn.Linear(8, 1))
    game = build(file)
    game.constrain(network.parameters())
    weight = OmegaConf.select(OmegaConf.load(file), "weights.critic.penalty", default=0)
    before = critic_loss(game, network, weight)
    before.backward()
    assert all(finite(parameter.grad) for parameter in network[1].parameters())
    torch.optim.SGD(network.parameters(), lr=1e-3).step()
    game.constrain(network.parameters())
    assert critic_loss(game, network, weight) < before
    bound = getattr(game, "clip", None) or float("inf")
    assert all(parameter.abs().max() <= bound for parameter in network.parameters())


@of("reconstruction")
def test_a_reconstruction_step_lowers_its_loss(file: Path) -> None:
    loss, target = build(file), pictures(0)
    prediction = (0.7 * target + 0.3 * pictures(1)).requires_grad_()
    before = loss(prediction, target)
    (gradient,) = torch.autograd.grad(before, prediction)
    assert before.shape == ()
    assert finite(before)
    assert finite(gradient)
    assert loss(prediction - 1e-2 * gradient / gradient.norm(), target) < before
    assert loss(target, target) < before


@of("recognition")
def test_a_recognition_step_lowers_its_loss_with_labels_missing(file: Path) -> None:
    loss = build(file)
    labels = torch.tensor([[1.0, 0.0, float("nan")], [0.0, 1.0, 1.0]])
    answers = torch.randn(2, 3 * loss.logits_per_attribute, generator=torch.Generator().manual_seed(0)).requires_grad_()
    before = loss(answers, labels)
    (gradient,) = torch.autograd.grad(before, answers)
    assert before.shape == ()
    assert finite(before)
    assert finite(gradient)
    assert loss(answers - 0.1 * gradient, labels) < before
