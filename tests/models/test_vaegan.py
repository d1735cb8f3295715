"""VAE/GAN: terms, weights and the arithmetic on codes, against the authors' code written out again."""

import math

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from facegan.assemble import make_model
from facegan.config import compose_config
from facegan.errors import UserError
from facegan.models.editing.vaegan import VAEGAN
from facegan.networks import PartError
from tests.models.builders import build, faces, verbs_keep_their_promises

FACES = faces(6, attributes=2)
NAMES = ("Eyeglasses", "Smiling")


def vaegan(*overrides: str) -> VAEGAN:
    model = build("vaegan", *overrides, attributes=NAMES)
    assert isinstance(model, VAEGAN)
    model.directions.normal_()
    return model


def maps(model: VAEGAN, images: Tensor) -> Tensor:
    return model.discriminator(images).features[2]


def test_the_encoders_terms() -> None:
    model = vaegan()
    torch.manual_seed(3)
    losses, kept = model.encoder_losses(FACES)
    torch.manual_seed(3)
    mean, log_variance = model.encoder(FACES.images).chunk(2, dim=1)
    code = mean + torch.randn(6, 4) * (log_variance / 2).exp()
    torch.testing.assert_close(kept["code"], code)
    expected = (maps(model, model.decoder(code)) - maps(model, FACES.images)).square().mean()
    torch.testing.assert_close(losses["reconstruction"], expected)
    kl = 0.5 * (mean**2 + log_variance.exp() - 1 - log_variance).sum(1).mean()
    torch.testing.assert_close(losses["kl"], kl)


def test_the_decoders_and_the_critics_terms() -> None:
    model = vaegan()
    code = torch.randn(6, 4)
    torch.manual_seed(4)
    noise = torch.randn(6, 4)
    again, generated = model.decoder(code), model.decoder(noise)
    real, fake_again, fake = (model.discriminator(x).logits for x in (FACES.images, again, generated))
    torch.manual_seed(4)
    losses = model.decoder_losses(FACES, code)
    expected = (maps(model, again) - maps(model, FACES.images)).square().mean()
    torch.testing.assert_close(losses["reconstruction"], expected)
    expected = (F.softplus(-fake_again).mean() + F.softplus(-fake).mean()) / 2
    torch.testing.assert_close(losses["adversarial"], expected)
    torch.manual_seed(4)
    expected = F.softplus(-real).mean() + (F.softplus(fake_again).mean() + F.softplus(fake).mean()) / 2
    torch.testing.assert_close(model.critic_losses(FACES, code)["adversarial"], expected)


def test_the_official_weights_are_the_codes_sums_as_means() -> None:
    """The likelihood sums half the squared error over 256x8x8 features; the decoder weighs it 1e-5 to 1."""
    config = compose_config("train", ["model=vaegan"])
    half = 256 * 8 * 8 / 2
    weights = config["model"]["weights"]
    assert weights["encoder"] == {"reconstruction": half, "kl": 1}
    assert weights["decoder"] == {"reconstruction": pytest.approx(1e-5 * half), "adversarial": 1}
    model = make_model(config, image_size=64, attributes=NAMES)
    features = model.discriminator(torch.zeros(2, 3, 64, 64)).features
    assert features[2].shape[1:] == (256, 8, 8)
    assert model.encoder.shape == (256, 8, 8)
    assert config["trainer"]["batch_size"] == 64
    assert config["optimizer"]["lr"] == pytest.approx(0.02 / 64, rel=0.05)


def test_the_official_setting_at_64_pixels() -> None:
    """By the authors' tables with 4/2/1 convolutions: 3 to 64 to 128 to 256 channels, 8x8x256 to 2x128, and so on."""
    model = make_model(compose_config("train", ["model=vaegan"]), image_size=64, attributes=NAMES)
    counts = {name: sum(p.numel() for p in part.parameters()) for name, part in model.parts.items()}
    flat = 256 * 8 * 8
    norms = 2 * (64 + 128 + 256)
    assert counts["encoder"] == 16 * (3 * 64 + 64 * 128 + 128 * 256) + norms + (flat + 1) * 256
    ups = 16 * (256 * 256 + 256 * 128 + 128 * 3) + 2 * (256 + 128) + 3
    assert counts["decoder"] == (128 + 1) * flat + 2 * flat + ups
    convolutions = 16 * (3 * 128 + 128 * 256 + 256 * 256) + 2 * (128 + 256 + 256)
    assert counts["discriminator"] == convolutions + (flat + 1) * 512 + 513


def test_adversarial_gradients_do_not_reach_the_encoder() -> None:
    encoder, decoder, critic = vaegan().phases
    assert [phase.trains for phase in (encoder, decoder, critic)] == [("encoder",), ("decoder",), ("discriminator",)]
    assert "adversarial" not in encoder.terms
    assert decoder.reuse == critic.reuse == "encoder"
    assert encoder.keeps == {"code": ("encoder",)}, "the encoder was stepped by then, so the code comes detached"


def test_a_direction_is_the_mean_code_of_those_who_have_less_that_of_those_who_lack() -> None:
    model = vaegan()
    kinds = {name: faces(4, attributes=2, seed=seed) for seed, name in enumerate(model.bank_draws)}
    assert list(kinds) == ["has_Eyeglasses", "lacks_Eyeglasses", "has_Smiling", "lacks_Smiling"]
    assert model.bank_draws["lacks_Smiling"].has == {"Smiling": 0}
    model.fill_bank(kinds)
    mean = {name: model.encode(batch.images).mean(0) for name, batch in kinds.items()}
    torch.testing.assert_close(model.directions[0], mean["has_Eyeglasses"] - mean["lacks_Eyeglasses"])
    torch.testing.assert_close(model.directions[1], mean["has_Smiling"] - mean["lacks_Smiling"])
    assert model.directions.shape == (2, 4), "directions, never photographs"


def test_edit_is_arithmetic_on_codes() -> None:
    model = vaegan()
    code, target = model.encode(FACES.images), torch.tensor([[1.0, 0.0]]).expand(6, 2)
    for strength in (0.0, 0.5, 1.0, 2.0):
        moved = code + strength * (model.directions[0] - model.directions[1])
        edited = model.edit(FACES.images, target, strength=strength)
        torch.testing.assert_close(edited, model.decoder(moved).detach())
    torch.testing.assert_close(model.edit(FACES.images, target, strength=0), model.reconstruct(FACES.images))
    keep = torch.full((6, 2), math.nan)
    torch.testing.assert_close(model.edit(FACES.images, keep), model.reconstruct(FACES.images))


def test_verbs() -> None:
    model = vaegan()
    verbs_keep_their_promises(model, FACES.images)
    assert model.verbs == ("reconstruct", "encode", "edit"), "samples of the prior know of no attribute"


def test_what_cannot_work_is_refused_in_one_line() -> None:
    with pytest.raises(UserError, match="at least one attribute"):
        build("vaegan", attributes=())
    for layer in (3, -4):
        with pytest.raises(PartError, match=f"feature_layer is {layer}, .* maps 0 to 2, or -3 to -1 from the last"):
            vaegan(f"model.feature_layer={layer}")
