"""InfoGAN: terms, who learns to read the codes, and what generates what."""

import math

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from facegan.assemble import make_model
from facegan.config import compose_config
from facegan.errors import UserError
from facegan.models.codes import Codes
from facegan.models.editing.infogan import InfoGAN
from tests.models.builders import build, faces

FACES = faces(6)


def infogan(*overrides: str) -> InfoGAN:
    model = build("infogan", "model.continuous=1", *overrides, attributes=())
    assert isinstance(model, InfoGAN)
    return model


def generated(model: InfoGAN, seed: int) -> tuple[Tensor, Tensor]:
    """What a losses method generates after this seed: the codes and the images."""
    torch.manual_seed(seed)
    codes = model.codes.sample(6)
    return codes, model.generator(torch.cat([codes, torch.randn(6, 4)], dim=1))


def read(recognition: Tensor, codes: Tensor) -> Tensor:
    """-log q(c | x) of codes of 3 and 2 values and of a continuous one under N(prediction, 1)."""
    categories = F.cross_entropy(recognition[:, :3], codes[:, :3]) + F.cross_entropy(recognition[:, 3:5], codes[:, 3:5])
    return categories + 0.5 * ((recognition[:, 5] - codes[:, 5]) ** 2 + math.log(2 * math.pi)).mean()


def test_both_networks_terms_are_those_of_the_code() -> None:
    model = infogan()
    codes, images = generated(model, 2)
    real, fake = model.discriminator(FACES.images), model.discriminator(images)
    torch.manual_seed(2)
    critic = model.critic_losses(FACES)
    torch.testing.assert_close(critic["adversarial"], F.softplus(-real.logits).mean() + F.softplus(fake.logits).mean())
    torch.testing.assert_close(critic["mutual_information"], read(fake.recognition, codes))
    torch.manual_seed(2)
    generator = model.generator_losses(FACES)
    torch.testing.assert_close(generator["adversarial"], F.softplus(-fake.logits).mean())
    torch.testing.assert_close(generator["mutual_information"], read(fake.recognition, codes))


def test_the_critic_plays_first_and_learns_to_read_codes() -> None:
    critic, generator = infogan().phases
    assert (critic.name, critic.trains) == ("critic", ("discriminator",))
    assert (generator.trains, generator.reuse) == (("generator",), "critic")
    assert "mutual_information" in critic.terms
    assert "mutual_information" in generator.terms


def test_the_celeba_setting() -> None:
    config = compose_config("train", ["model=infogan"])
    model = make_model(config, image_size=32, attributes=())
    assert isinstance(model, InfoGAN)
    assert (model.codes.categorical, model.codes.continuous, model.noise) == ((10,) * 10, 0, 128)
    counts = {name: sum(p.numel() for p in part.parameters()) for name, part in model.parts.items()}
    first = (228 + 1) * 448 * 4 + 2 * 448 * 4
    ups = 16 * (448 * 256 + 256 * 128 + 128 * 64 + 64 * 3) + 2 * (256 + 128 + 64) + 3
    assert counts["generator"] == first + ups
    convolutions = 16 * (3 * 64 + 64 * 128 + 128 * 256) + 64 + 2 * (128 + 256)
    assert counts["discriminator"] == convolutions + (256 * 16 + 1) * 101
    rates = config["optimizer"]["lr"], config["optimizers"]["generator"]["lr"]
    assert (rates, config["trainer"]["batch_size"]) == ((2e-4, 1e-3), 128)


def test_generate_depends_on_codes_and_seed_alone() -> None:
    model = infogan()
    codes = torch.tensor([[0.0, 1.0, -0.5], [2.0, 0.0, 1.0]])
    images = model.generate(codes, seed=1)
    torch.randn(3)
    assert torch.equal(model.generate(codes, seed=1), images)
    assert images.shape == (2, 3, 16, 16)
    assert images.abs().max() <= 1
    assert not images.requires_grad
    assert not torch.equal(model.generate(codes, seed=2), images)
    assert not torch.equal(model.generate(codes + torch.tensor([[0.0, 0.0, 0.5]]), seed=1), images)


def test_a_fixed_seed_changes_the_codes_alone() -> None:
    """The noise is the same whichever codes are given and whichever are left open."""
    model = infogan()
    drawn = model.codes.numbers(2, torch.Generator().manual_seed(1))
    nothing = torch.full((2, 3), math.nan)
    assert torch.equal(model.generate(nothing, seed=1), model.generate(drawn, seed=1))


def test_verbs_and_controls() -> None:
    model = infogan()
    assert model.verbs == ("generate",)
    assert model.controls == ("category0", "category1", "continuous0")


def test_what_cannot_work_is_refused_in_one_line() -> None:
    model = infogan()
    with pytest.raises(UserError, match=r"3 codes are wanted \(category0, category1, continuous0\)"):
        model.generate(torch.zeros(2, 2))
    with pytest.raises(UserError, match="whole number from 0 to 2"):
        model.generate(torch.tensor([[3.0, 0.0, 0.0]]))
    with pytest.raises(UserError, match="needs a code"):
        infogan("model.categorical=[]", "model.continuous=0")
    with pytest.raises(UserError, match="sizes from 2 on"):
        infogan("model.categorical=[1]")


def test_codes_are_drawn_from_their_prior() -> None:
    codes = Codes(categorical=[3], continuous=2).numbers(3000, torch.Generator().manual_seed(0))
    shares = codes[:, 0].long().bincount(minlength=3) / 3000
    assert (shares - 1 / 3).abs().max() < 0.05
    assert codes[:, 1:].abs().max() <= 1
    assert codes[:, 1:].mean().abs() < 0.05
    assert codes[:, 1:].std().item() == pytest.approx(math.sqrt(1 / 3), abs=0.03)
    normal = Codes(categorical=[], continuous=2, prior="normal").sample(3000, torch.Generator().manual_seed(0))
    assert normal.std().item() == pytest.approx(1, abs=0.05)


def test_relaxed_codes_are_one_hot_and_pass_a_gradient() -> None:
    logits = torch.randn(4, 5, requires_grad=True)
    codes = Codes(categorical=[3, 2], continuous=0)
    drawn = codes.relaxed(logits)
    torch.testing.assert_close(drawn.detach().sort(1).values, torch.tensor([[0.0, 0.0, 0.0, 1.0, 1.0]]).expand(4, 5))
    (drawn * torch.randn(4, 5)).sum().backward()
    assert logits.grad is not None
    assert logits.grad.any()
    best = codes.likeliest(logits.detach())
    assert torch.equal(best[:, :3].argmax(1), logits[:, :3].argmax(1))
