"""StarGAN: parameter counts, terms, phases and verbs, against the authors' code written out again."""

import math

import pytest
import torch
from torch.nn import functional as F

from facegan.assemble import make_model
from facegan.config import compose_config
from facegan.errors import UserError
from facegan.models.editing.stargan import StarGAN
from tests.models.builders import build, faces, verbs_keep_their_promises

FACES = faces(6, attributes=2)
TARGET = FACES.attributes.flip(0)


def stargan(*overrides: str) -> StarGAN:
    model = build("stargan", *overrides, attributes=("Eyeglasses", "Smiling"))
    assert isinstance(model, StarGAN)
    return model


def test_the_released_setting_has_the_papers_parameter_counts() -> None:
    config = compose_config("train", ["model=stargan"])
    model = make_model(config, image_size=128, attributes=tuple(config["attributes"]))
    counts = {name: sum(p.numel() for p in part.parameters()) for name, part in model.parts.items()}
    assert counts == {"translator": 8_430_528, "critic": 44_762_048}
    judgement = model.critic(torch.zeros(1, 3, 128, 128))
    assert judgement.logits.shape == (1, 1, 2, 2)
    assert judgement.recognition.shape == (1, 5)
    assert [maps.shape[1] for maps in judgement.features] == [64, 128, 256, 512, 1024, 2048]


def test_the_released_weights_optimiser_and_constant_rate() -> None:
    config = compose_config("train", ["experiment=stargan_paper", "data.root=."])
    assert config["model"]["weights"]["critic"] == {"adversarial": 1, "recognition": 1, "penalty": 10}
    assert config["model"]["weights"]["generator"] == {"adversarial": 1, "recognition": 1, "cycle": 10}
    assert (config["optimizer"]["lr"], config["optimizer"]["betas"]) == (1e-4, [0.5, 0.999])
    assert config["trainer"]["batch_size"] == 16
    assert config["trainer"]["learning_rate"] == 1
    assert config["trainer"]["images"] == 200_000 * 16
    assert config["attributes"] == ["Black_Hair", "Blond_Hair", "Brown_Hair", "Male", "Young"]
    assert (config["data"]["image_size"], config["data"]["crop"]) == (128, "stargan")


def test_the_critic_plays_five_times_and_the_translator_on_its_last_faces() -> None:
    critic, generator = stargan().phases
    assert (critic.plays(0), generator.plays(0), generator.reuse) == (5, 1, "critic")
    assert (critic.trains, generator.trains) == (("critic",), ("translator",))
    assert critic.terms == ("adversarial", "recognition", "penalty")


def test_targets_are_the_labels_of_other_faces_of_the_batch() -> None:
    model = stargan()
    play = model.critic_losses(FACES)
    assert sorted(play.kept["target"].tolist()) == sorted(FACES.attributes.tolist())


def test_the_critics_terms_are_those_of_the_code() -> None:
    model = stargan()
    terms, kept = model.critic_losses(FACES)
    real, fake = model.critic(FACES.images), model.critic(model.translate(FACES.images, kept["target"]))
    torch.testing.assert_close(terms["adversarial"], -real.logits.mean() + fake.logits.mean())
    entropy = F.binary_cross_entropy_with_logits(real.recognition, FACES.attributes, reduction="sum") / 6
    torch.testing.assert_close(terms["recognition"], entropy)
    assert terms["penalty"] > 0


def test_the_translators_terms_are_those_of_the_code() -> None:
    model = stargan()
    fake = model.translate(FACES.images, TARGET)
    judged = model.critic(fake)
    again = model.translate(fake, FACES.attributes)
    terms = model.generator_losses(FACES, TARGET)
    expected = {
        "adversarial": -judged.logits.mean(),
        "recognition": F.binary_cross_entropy_with_logits(judged.recognition, TARGET, reduction="sum") / 6,
        "cycle": (FACES.images - again).abs().mean(),
    }
    assert terms.keys() == expected.keys()
    for name, value in expected.items():
        torch.testing.assert_close(terms[name], value)


def test_an_unknown_label_costs_nothing_and_breaks_nothing() -> None:
    model = stargan()
    target = torch.full_like(TARGET, math.nan)
    terms = model.generator_losses(FACES, target)
    assert terms["recognition"] == 0
    assert all(bool(term.isfinite()) for term in terms.values())


def test_the_translator_is_the_same_in_eval_mode() -> None:
    """The authors' test code never calls eval(): instance norms use the picture's own statistics, always."""
    model = stargan()
    train, evaluated = (model.train(mode).translate(FACES.images, TARGET) for mode in (True, False))
    torch.testing.assert_close(train, evaluated)


def test_edit_moves_several_attributes_at_once_and_listens_to_each() -> None:
    model = stargan()
    both = model.edit(FACES.images, torch.ones(6, 2))
    torch.testing.assert_close(both, model.reconstruct(FACES.images, torch.ones(6, 2)))
    for target in ([1.0, 0.0], [0.0, 1.0]):
        assert not torch.equal(both, model.edit(FACES.images, torch.tensor([target]).expand(6, 2)))


def test_strength_runs_from_the_sources_value_to_the_target_and_beyond() -> None:
    model = stargan()
    lacks, has = torch.zeros(6, 2), torch.ones(6, 2)
    for strength in (0.0, 0.5, 2.0):
        on = model.edit(FACES.images, has, source=lacks, strength=strength)
        torch.testing.assert_close(on, model.reconstruct(FACES.images, torch.full((6, 2), strength)))
        off = model.edit(FACES.images, lacks, source=has, strength=strength)
        torch.testing.assert_close(off, model.reconstruct(FACES.images, torch.full((6, 2), 1 - strength)))


def test_nan_keeps_the_sources_value_or_the_recognised_one() -> None:
    model = stargan()
    target = torch.tensor([[1.0, math.nan]]).expand(6, 2)
    kept = torch.stack([torch.ones(6), FACES.attributes[:, 1]], dim=1)
    torch.testing.assert_close(
        model.edit(FACES.images, target, source=FACES.attributes), model.reconstruct(FACES.images, kept)
    )
    guess = (model.critic(FACES.images).recognition > 0).float()
    seen = torch.stack([torch.ones(6), guess[:, 1]], dim=1)
    torch.testing.assert_close(model.edit(FACES.images, target), model.reconstruct(FACES.images, seen))
    torch.testing.assert_close(model.reconstruct(FACES.images), model.reconstruct(FACES.images, guess))


def test_what_is_unknown_of_a_source_is_recognised() -> None:
    model = stargan()
    guess = (model.critic(FACES.images).recognition > 0).float()
    partly = torch.stack([FACES.attributes[:, 0], torch.full((6,), math.nan)], dim=1)
    filled = torch.stack([FACES.attributes[:, 0], guess[:, 1]], dim=1)
    torch.testing.assert_close(model.reconstruct(FACES.images, partly), model.reconstruct(FACES.images, filled))


def test_verbs() -> None:
    model = stargan()
    verbs_keep_their_promises(model, FACES.images)
    assert model.verbs == ("reconstruct", "edit")


@pytest.mark.parametrize("game", ["least_squares", "relativistic", "wasserstein_clip"])
def test_any_game_can_be_played(game: str) -> None:
    model = stargan(f"loss/adversarial={game}")
    assert set(model.critic_losses(FACES).losses) == {"adversarial", "recognition"}
    assert set(model.generator_losses(FACES, TARGET)) == {"adversarial", "recognition", "cycle"}


def test_no_attribute_is_refused_and_so_is_reflect_padding() -> None:
    with pytest.raises(UserError, match="at least one attribute"):
        build("stargan", attributes=())
    with pytest.raises(UserError, match="padding zeros would fit"):
        stargan("+model.translator.padding=reflect")
