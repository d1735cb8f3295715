"""Fader Networks: the terms, the schedule and the verbs, against the authors' code written out again."""

import math

import pytest
import torch
import torch.nn.functional as F

from facegan.assemble import make_model
from facegan.config import compose_config
from facegan.errors import UserError
from facegan.models.editing.fader import Fader
from facegan.models.schedules import value_at
from tests.models.builders import build, faces, verbs_keep_their_promises

FACES = faces(6, attributes=2)


def fader(name: str = "fader") -> Fader:
    model = build(name, attributes=("Eyeglasses", "Smiling"))
    assert isinstance(model, Fader)
    return model


def test_the_released_setting_has_the_papers_parameter_counts() -> None:
    model = make_model(compose_config("train", ["model=fader"]), image_size=256, attributes=("Smiling",))
    counts = {name: sum(p.numel() for p in part.parameters()) for name, part in model.parts.items()}
    assert counts == {"encoder": 6_985_568, "decoder": 7_014_944, "latent_discriminator": 8_655_362}
    assert model.encoder.shape == (512, 4, 4)


def test_the_released_weights_schedule_and_optimiser() -> None:
    config = compose_config("train", ["model=fader"])
    weights = make_model(config, image_size=16, attributes=("Smiling",)).weights
    assert weights["latent"] == {"recognition": 1}
    assert weights["autoencoder"]["reconstruction"] == 1
    schedule = weights["autoencoder"]["wrong_class"]
    at = {step: value_at(schedule, {"autoencoder": step}) for step in (0, 250_000, 500_000, 900_000)}
    assert at == {0: 0.0, 250_000: pytest.approx(5e-5), 500_000: pytest.approx(1e-4), 900_000: pytest.approx(1e-4)}
    assert (config["optimizer"]["lr"], config["optimizer"]["betas"]) == (2e-4, [0.5, 0.999])
    assert (config["trainer"]["batch_size"], config["trainer"]["clip_norm"]) == (32, 5)


def test_the_autoencoder_holds_still_in_eval_mode_while_the_latent_discriminator_learns_and_the_other_way_round() -> (
    None
):
    latent, autoencoder = fader().phases
    assert (latent.trains, latent.evals) == (("latent_discriminator",), ("encoder", "decoder"))
    assert (autoencoder.trains, autoencoder.evals) == (("encoder", "decoder"), ("latent_discriminator",))


def test_an_attribute_reaches_the_decoder_as_two_channels() -> None:
    condition = Fader.condition(torch.tensor([[0.0, 1.0], [2.0, math.nan]]))
    assert condition.tolist() == [[1, 0, 0, 1], [-1, 2, 0.5, 0.5]]


def test_the_terms_are_those_of_the_code() -> None:
    model = fader()
    code, _ = model.encoder(FACES.images)
    logits = model.latent_discriminator(code).view(6, 2, 2)
    labels = FACES.attributes.long()
    true = sum(F.cross_entropy(logits[:, k], labels[:, k]) for k in range(2))
    wrong = sum(F.cross_entropy(logits[:, k], 1 - labels[:, k]) for k in range(2))
    again = model.decoder(code, condition=model.condition(FACES.attributes))
    torch.testing.assert_close(model.latent_losses(FACES)["recognition"], true)
    terms = model.autoencoder_losses(FACES)
    torch.testing.assert_close(terms["wrong_class"], wrong)
    torch.testing.assert_close(terms["reconstruction"], (again - FACES.images).square().mean())


def test_the_decoder_listens_to_the_attributes() -> None:
    model = fader()
    ones, zeros = torch.ones(6, 2), torch.zeros(6, 2)
    assert not torch.equal(model.edit(FACES.images, ones), model.edit(FACES.images, zeros))


def test_strength_moves_from_the_source_value_to_the_target_and_beyond() -> None:
    model = fader()
    source, target = torch.zeros(6, 2), torch.ones(6, 2)
    for strength in (0.0, 0.5, 1.0, 2.0):
        edited = model.edit(FACES.images, target, source=source, strength=strength)
        torch.testing.assert_close(edited, model.reconstruct(FACES.images, torch.full((6, 2), strength)))
    already = model.edit(FACES.images, target, source=target, strength=2.0)
    torch.testing.assert_close(already, model.reconstruct(FACES.images, torch.full((6, 2), 2.0)))


def test_nan_keeps_an_attribute() -> None:
    model = fader()
    target = torch.tensor([[1.0, math.nan]]).expand(6, 2)
    kept = torch.stack([torch.ones(6), FACES.attributes[:, 1]], dim=1)
    torch.testing.assert_close(
        model.edit(FACES.images, target, source=FACES.attributes), model.reconstruct(FACES.images, kept)
    )


def test_without_recognizer_the_source_must_be_given() -> None:
    with pytest.raises(UserError, match="keeps no recognizer"):
        fader().edit(FACES.images, torch.tensor([[1.0, math.nan]]).expand(6, 2))


def test_the_recognizer_of_the_run_tells_the_source() -> None:
    model = fader("fader_quickstart")
    guess = (model.recognizer(FACES.images) > 0).float()
    torch.testing.assert_close(model.reconstruct(FACES.images), model.reconstruct(FACES.images, guess))
    assert "recognizer" in {phase.name for phase in model.phases}


def test_verbs() -> None:
    model = fader()
    verbs_keep_their_promises(model, FACES.images)
    assert model.verbs == ("reconstruct", "encode", "edit")


def test_no_attribute_is_refused() -> None:
    with pytest.raises(UserError, match="at least one attribute"):
        build("fader", attributes=())
