"""DiscoGAN: units, schedule, terms and phases, against the authors' code written out again on its own [0, 1] images."""

import pytest
import torch
from torch.nn import functional as F

from facegan.assemble import make_model
from facegan.config import compose_config
from facegan.models.editing.discogan import DiscoGAN
from facegan.models.schedules import value_at
from tests.models.builders import build, faces, verbs_keep_their_promises

HAS, LACKS = faces(value=1.0, seed=1), faces(value=0.0, seed=2)


def discogan(*overrides: str) -> DiscoGAN:
    model = build("discogan", *overrides)
    assert isinstance(model, DiscoGAN)
    return model


def weights_at(play: int) -> dict[str, float]:
    model = make_model(compose_config("train", ["model=discogan"]), image_size=64, attributes=("Eyeglasses",))
    return {name: value_at(weight, {"generator": play}) for name, weight in model.weights["generator"].items()}


@pytest.mark.parametrize(("play", "rate"), [(0, 0.01), (6665, 0.01), (6666, 0.5), (50_000, 0.5)])
def test_the_weights_are_the_codes_on_either_side_of_iteration_10000(play: int, rate: float) -> None:
    """On images 2x - 1 a mean square is four times as much."""
    there = {"adversarial": (1 - rate) * 0.1, "features": (1 - rate) * 0.9, "reconstruction": rate / 4}
    assert weights_at(play) == pytest.approx(there)


def test_play_6666_of_the_translators_is_iteration_10000() -> None:
    """Of each three iterations the first moves the critics, the other two the translators."""
    translators = [iteration for iteration in range(12_000) if iteration % 3]
    assert translators[6666] == 10_000


def test_critics_play_in_one_of_three_iterations() -> None:
    critic, generator = discogan().phases
    assert (critic.plays(0), generator.plays(0)) == (1, 2)
    assert (critic.trains, generator.trains) == (("critic_has", "critic_lacks"), ("put_on", "take_off"))
    assert critic.draws
    assert generator.draws
    assert generator.reuse is None, "each iteration draws its own faces"


def test_the_total_is_the_codes_total_on_its_own_images() -> None:
    model = discogan()
    rate = 0.01
    on, off = model.put_on(LACKS.images), model.take_off(HAS.images)
    total = torch.zeros(())
    for critic, real, fake, again in (
        (model.critic_has, HAS.images, on, model.put_on(off)),
        (model.critic_lacks, LACKS.images, off, model.take_off(on)),
    ):
        judged_real, judged_fake = critic(real), critic(fake)
        adversarial = F.binary_cross_entropy(judged_fake.logits.sigmoid(), torch.ones(4, 1))
        matching = torch.zeros(())
        for a, b in zip(judged_real.features[1:], judged_fake.features[1:], strict=True):
            square = (a.mean(0) - b.mean(0)) ** 2
            matching = matching + F.hinge_embedding_loss(square, torch.ones_like(square))
        back = F.mse_loss((again + 1) / 2, (real + 1) / 2)
        total = total + (0.1 * adversarial + 0.9 * matching) * (1 - rate) + rate * back
    terms, weights = model.generator_losses(HAS, LACKS), weights_at(0)
    torch.testing.assert_close(sum(weights[name] * term for name, term in terms.items()), total)


def test_the_features_are_those_of_three_layers_at_64_pixels() -> None:
    model = make_model(compose_config("train", ["model=discogan"]), image_size=64, attributes=("Eyeglasses",))
    assert isinstance(model, DiscoGAN)
    features = model._compared(model.critic_has(torch.zeros(2, 3, 64, 64)))
    assert [tuple(maps.shape[1:]) for maps in features] == [(128, 16, 16), (256, 8, 8), (512, 4, 4)]


def test_the_official_networks_and_optimiser() -> None:
    config = compose_config("train", ["model=discogan"])
    model = make_model(config, image_size=64, attributes=("Eyeglasses",))
    counts = {name: sum(p.numel() for p in part.parameters()) for name, part in model.parts.items()}
    convolutions = 16 * (2 * (64 * 128 + 128 * 256 + 256 * 512) + 2 * 3 * 64)
    norms = 2 * (128 + 256 + 512) + 2 * (256 + 128 + 64)
    assert counts["put_on"] == counts["take_off"] == convolutions + norms
    assert counts["critic_has"] == 16 * (3 * 64 + 64 * 128 + 128 * 256 + 256 * 512 + 512) + 1 + 2 * (128 + 256 + 512)
    assert config["optimizer"] | {"_target_": 0} == {
        "_target_": 0, "_partial_": True, "lr": 2e-4, "betas": [0.5, 0.999], "fused": True, "weight_decay": 1e-5,
    }  # fmt: skip
    assert config["trainer"]["batch_size"] == 64


def test_tanh_on_our_range_is_the_codes_sigmoid_of_twice_the_argument() -> None:
    argument = torch.linspace(-3, 3, 7)
    torch.testing.assert_close((torch.tanh(argument) + 1) / 2, torch.sigmoid(2 * argument))


def test_verbs() -> None:
    model = discogan()
    verbs_keep_their_promises(model, HAS.images)
    assert model.verbs == ("edit",)
