"""AttGAN: the terms, the labels that are asked for and the verbs, against the authors' code written out again."""

import math

import pytest
import torch
import torch.nn.functional as F

from facegan.assemble import make_model
from facegan.config import build as build_node
from facegan.config import compose_config
from facegan.errors import UserError
from facegan.models.editing.attgan import AttGAN
from facegan.models.requests import shuffled
from facegan.models.schedules import value_at
from tests.models.builders import build, faces, verbs_keep_their_promises

FACES = faces(6, attributes=2)


def attgan(*overrides: str, name: str = "attgan") -> AttGAN:
    model = build(name, *overrides, attributes=("Eyeglasses", "Smiling"))
    assert isinstance(model, AttGAN)
    return model


def test_the_paper_experiment_has_the_papers_parameter_counts_and_schedule() -> None:
    config = compose_config("train", ["experiment=attgan_paper", "data.root=somewhere"])
    model = make_model(config, image_size=config["data"]["image_size"], attributes=tuple(config["attributes"]))
    counts = {name: sum(p.numel() for p in part.parameters()) for name, part in model.parts.items()}
    assert counts["encoder"] + counts["decoder"] == 43_459_203
    assert counts["discriminator"] == 44_718_990
    critic, generator = model.phases
    batch = config["trainer"]["batch_size"]
    assert (batch, critic.repeat, generator.repeat) == (32, 5, 1)
    assert config["trainer"]["images"] // (6 * batch) == 56_875
    rate = build_node(config["trainer"]["learning_rate"], "schedule")
    assert [value_at(rate, {"images": 182_000 * epoch}) for epoch in (0, 30, 45, 60)] == [1, 1, 0.5, 0]


def test_the_official_weights_and_optimiser() -> None:
    config = compose_config("train", ["model=attgan"])
    assert config["model"]["weights"] == {
        "critic": {"adversarial": 1, "recognition": 1, "penalty": 10},
        "generator": {"reconstruction": 100, "adversarial": 1, "recognition": 10},
    }
    assert (config["optimizer"]["lr"], config["optimizer"]["betas"]) == (2e-4, [0.5, 0.999])
    assert config["trainer"]["ema_decay"] is None


def test_what_is_asked_for_is_a_shuffle_of_the_batchs_whole_rows_and_not_the_faces_own() -> None:
    labels = torch.arange(64.0).view(32, 2)
    torch.manual_seed(0)
    others = shuffled(labels)
    assert torch.equal(others[others[:, 0].argsort()], labels)
    assert (others != labels).any(1).sum() > 20
    assert not torch.equal(others, shuffled(labels)), "a new shuffle for every play"


def test_the_terms_are_those_of_the_code() -> None:
    model = attgan()
    torch.manual_seed(3)
    wanted = FACES.attributes[torch.randperm(6)]
    code, skips = model.encoder(FACES.images)
    again = model.decoder(code, condition=2 * FACES.attributes - 1, skips=skips)
    edited = model.decoder(code, condition=2 * wanted - 1, skips=skips)
    real, fake = model.discriminator(FACES.images), model.discriminator(edited)
    entropy = F.binary_cross_entropy_with_logits
    torch.manual_seed(3)
    terms = model.generator_losses(FACES)
    assert terms.keys() == {"reconstruction", "adversarial", "recognition"}
    torch.testing.assert_close(terms["reconstruction"], (again - FACES.images).abs().mean())
    torch.testing.assert_close(terms["adversarial"], -fake.logits.mean())
    torch.testing.assert_close(terms["recognition"], entropy(fake.recognition, wanted))
    torch.manual_seed(3)
    terms = model.critic_losses(FACES)
    torch.testing.assert_close(terms["adversarial"], fake.logits.mean() - real.logits.mean())
    torch.testing.assert_close(terms["recognition"], entropy(real.recognition, FACES.attributes))


def test_the_penalty_pulls_the_gradient_on_the_line_between_real_and_edited_to_one() -> None:
    model = attgan()
    torch.manual_seed(3)
    code, skips = model.encoder(FACES.images)
    edited = model.decoder(code, condition=2 * shuffled(FACES.attributes) - 1, skips=skips)
    between = torch.lerp(FACES.images, edited, torch.rand(6, 1, 1, 1)).detach().requires_grad_()
    (slope,) = torch.autograd.grad(model.discriminator(between).logits.sum(), between)
    torch.manual_seed(3)
    expected = (slope.flatten(1).norm(dim=1) - 1).square().mean()
    torch.testing.assert_close(model.critic_losses(FACES)["penalty"], expected)


@pytest.mark.parametrize("adversarial", ["nonsaturating", "relativistic", "wasserstein_clip"])
def test_another_game_goes_as_well(adversarial: str) -> None:
    model = attgan(f"loss/adversarial={adversarial}")
    assert model.phases[0].terms == ("adversarial", "recognition") == tuple(model.critic_losses(FACES))
    model.generator_losses(FACES)["adversarial"].backward()
    assert all(parameter.grad is not None for parameter in model.encoder.parameters())


def test_unknown_labels_are_masked() -> None:
    model = attgan()
    unknown = faces(6, attributes=2, value=math.nan)
    for terms in (model.critic_losses(unknown), model.generator_losses(unknown)):
        assert terms["recognition"] == 0
        assert all(value.isfinite() for value in terms.values())


def test_strength_moves_from_the_source_value_to_the_target_and_beyond() -> None:
    model = attgan()
    source, target = torch.zeros(6, 2), torch.ones(6, 2)
    for strength in (0.0, 0.5, 1.0, 2.0):
        edited = model.edit(FACES.images, target, source=source, strength=strength)
        torch.testing.assert_close(edited, model.reconstruct(FACES.images, torch.full((6, 2), strength)))


@pytest.mark.parametrize("wanted", [0.0, 1.0])
def test_strength_one_and_a_half_is_the_authors_test_setting(wanted: float) -> None:
    """Their tests double the -1 or +1 of the edited attribute, and of no other."""
    model = attgan()
    target = torch.tensor([[wanted, math.nan]]).expand(6, 2)
    condition = 2 * FACES.attributes - 1
    condition[:, 0] = 2 * (2 * wanted - 1)
    code, skips = model.encoder(FACES.images)
    doubled = model.decoder(code, condition=condition, skips=skips)
    torch.testing.assert_close(model.edit(FACES.images, target, source=FACES.attributes, strength=1.5), doubled)


def test_several_attributes_are_edited_at_once_and_nan_keeps() -> None:
    model = attgan()
    target = torch.tensor([[1.0, 0.0]]).expand(6, 2)
    both = model.edit(FACES.images, target, source=FACES.attributes)
    torch.testing.assert_close(both, model.reconstruct(FACES.images, target))
    kept = torch.stack([torch.ones(6), FACES.attributes[:, 1]], dim=1)
    target = torch.tensor([[1.0, math.nan]]).expand(6, 2)
    torch.testing.assert_close(
        model.edit(FACES.images, target, source=FACES.attributes), model.reconstruct(FACES.images, kept)
    )


def test_the_recognition_head_tells_the_source() -> None:
    model = attgan()
    guess = (model.discriminator(FACES.images).recognition > 0).float()
    torch.testing.assert_close(model.reconstruct(FACES.images), model.reconstruct(FACES.images, guess))


def test_what_is_unknown_of_a_source_is_recognised() -> None:
    model = attgan()
    guess = (model.discriminator(FACES.images).recognition > 0).float()
    partly = torch.stack([FACES.attributes[:, 0], torch.full((6,), math.nan)], dim=1)
    filled = torch.stack([FACES.attributes[:, 0], guess[:, 1]], dim=1)
    torch.testing.assert_close(model.reconstruct(FACES.images, partly), model.reconstruct(FACES.images, filled))
    kept = torch.full((6, 2), math.nan)
    torch.testing.assert_close(model.edit(FACES.images, kept, source=partly), model.reconstruct(FACES.images, filled))


def test_verbs() -> None:
    model = attgan()
    verbs_keep_their_promises(model, FACES.images)
    assert model.verbs == ("reconstruct", "encode", "edit")
    assert model.encode(FACES.images).shape == (6, *model.encoder.shape)


def test_the_quickstart_is_small_and_looks_at_one_face_at_a_time() -> None:
    config = compose_config("train", ["model=attgan_quickstart"])
    model = make_model(config, image_size=32, attributes=("Eyeglasses", "Smiling"))
    assert sum(value.numel() for value in model.parameters()) < 2_000_000
    assert not any(isinstance(module, torch.nn.BatchNorm2d) for module in model.modules())


def test_no_attribute_is_refused() -> None:
    with pytest.raises(UserError, match="at least one attribute"):
        build("attgan", attributes=())


@pytest.mark.parametrize("name", ["attgan", "stargan_quickstart"])
def test_recognition_can_be_told_in_two_logits_an_attribute(name: str) -> None:
    model = build(name, "loss/recognition=categorical", attributes=("Eyeglasses", "Smiling"))
    critic = model.parts["discriminator" if name == "attgan" else "critic"]
    logits = critic(FACES.images).recognition
    assert logits.shape == (6, 4)
    losses = model.play(model.phases[0], {"faces": FACES}, {}).losses
    wanted = F.cross_entropy(logits.view(-1, 2), FACES.attributes.view(-1).long(), reduction="sum") / 6
    torch.testing.assert_close(losses["recognition"], wanted, rtol=1e-4, atol=1e-5)
    with torch.no_grad():
        seen = (logits.view(6, 2, 2).argmax(2)).float()
        keep = torch.full((6, 2), torch.nan)
        torch.testing.assert_close(model.edit(FACES.images, keep), model.edit(FACES.images, keep, seen))
