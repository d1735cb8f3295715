"""The semi-latent design: terms, who learns what from whom, and the verbs, written out again by hand."""

import math

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from facegan.data.batch import FaceBatch
from facegan.errors import UserError
from facegan.models.editing.semilatent import SemiLatentGAN
from facegan.models.requests import shuffled
from facegan.networks import PartError
from tests.models.builders import build, faces, verbs_keep_their_promises

FACES = faces(6, attributes=2)
NAMES = ("Eyeglasses", "Smiling")
USERS = len(NAMES)


def semilatent(name: str = "semilatent", *overrides: str) -> SemiLatentGAN:
    model = build(name, *overrides, attributes=NAMES)
    assert isinstance(model, SemiLatentGAN)
    return model


def found(model: SemiLatentGAN) -> Tensor:
    return model.reconstruct_losses(FACES).kept["found"].detach()


def nowhere_known(batch: FaceBatch) -> FaceBatch:
    return FaceBatch(
        images=batch.images, attributes=batch.attributes * math.nan, index=batch.index, identity=batch.identity
    )


def fakes(model: SemiLatentGAN, code: Tensor, seed: int) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """What a losses method makes first after this seed: a latent draw and the faces of it, wishes and changed faces."""
    torch.manual_seed(seed)
    asked = shuffled(model.wish(FACES.attributes))
    latent = model.draw(6)
    codes = torch.cat([2 * FACES.attributes - 1, latent], dim=1), torch.cat([2 * asked - 1, code[:, USERS:]], dim=1)
    return latent, model.decoder(codes[0]), asked, model.decoder(codes[1])


def test_reconstruct_has_its_terms() -> None:
    model = semilatent()
    torch.manual_seed(3)
    losses, kept = model.reconstruct_losses(FACES)
    torch.manual_seed(3)
    users, three, two, mean, log_variance = model.encoder(FACES.images).split([2, 3, 2, 6, 6], dim=1)
    values = mean + torch.randn(6, 6) * (log_variance / 2).exp()
    ones = [F.gumbel_softmax(logits, hard=True) for logits in (three, two)]
    code = torch.cat([2 * FACES.attributes - 1, *ones, values], dim=1)
    torch.testing.assert_close(kept["found"], code)
    maps = [model.discriminator(images).features[1] for images in (model.decoder(code), FACES.images)]
    torch.testing.assert_close(losses["reconstruction"], (maps[0] - maps[1]).square().mean())
    gaussian = 0.5 * (mean**2 + log_variance.exp() - 1 - log_variance).sum(1).mean()
    uniform = sum(math.log(x.shape[1]) + (x.softmax(1) * x.log_softmax(1)).sum(1).mean() for x in (three, two))
    torch.testing.assert_close(losses["kl"], gaussian + uniform)
    expected = F.binary_cross_entropy_with_logits(users, FACES.attributes)
    torch.testing.assert_close(losses["recognition"], expected)


def test_without_a_feature_layer_pixels_are_compared() -> None:
    model = semilatent("semilatent_quickstart")
    losses, kept = model.reconstruct_losses(FACES)
    expected = (model.decoder(kept["found"]) - FACES.images).square().mean()
    torch.testing.assert_close(losses["reconstruction"], expected)


def test_unknown_labels_are_what_the_encoder_finds() -> None:
    model = semilatent()
    code = model.reconstruct_losses(nowhere_known(FACES)).kept["found"]
    torch.testing.assert_close(code[:, :2], 2 * model.posterior(FACES.images).attributes.sigmoid() - 1)


def test_generate_has_its_terms() -> None:
    model = semilatent()
    code = found(model)
    latent, images, asked, edits = fakes(model, code, 5)
    torch.manual_seed(5)
    losses = model.generate_losses(FACES, code)
    fake, changed = model.discriminator(images), model.discriminator(edits)
    adversarial = (F.softplus(-fake.logits).mean() + F.softplus(-changed.logits).mean()) / 2
    users, three, two, values = fake.recognition.split([2, 3, 2, 2], dim=1)
    read = F.cross_entropy(three, latent[:, :3]) + F.cross_entropy(two, latent[:, 3:5])
    read = read + 0.5 * ((values - latent[:, 5:7]) ** 2 + math.log(2 * math.pi)).sum(1).mean()
    torch.testing.assert_close(losses["adversarial"], adversarial)
    shown = F.binary_cross_entropy_with_logits(users, FACES.attributes)
    shown = shown + F.binary_cross_entropy_with_logits(changed.recognition[:, :USERS], asked)
    torch.testing.assert_close(losses["recognition"], shown / 2)
    torch.testing.assert_close(losses["mutual_information"], read)


def test_the_critic_weighs_real_like_both_kinds_of_fake_together() -> None:
    model = semilatent()
    code = found(model)
    _, images, _, edits = fakes(model, code, 5)
    torch.manual_seed(5)
    losses = model.critic_losses(FACES, code)
    real, fake, changed = (model.discriminator(x).logits for x in (FACES.images, images, edits))
    expected = F.softplus(-real).mean() + (F.softplus(fake).mean() + F.softplus(changed).mean()) / 2
    torch.testing.assert_close(losses["adversarial"], expected)


def head_gradient(model: SemiLatentGAN, loss: Tensor) -> Tensor:
    """The gradient of a loss in the rows of the recognition head: the users' attributes first, then the codes."""
    (gradient,) = torch.autograd.grad(loss, model.discriminator.recognizer[1].weight, retain_graph=True)
    return gradient.flatten(1).abs().sum(1)


def test_the_critic_learns_attributes_on_real_faces_alone_and_codes_on_generated_ones() -> None:
    model = semilatent()
    code = found(model)
    losses = model.critic_losses(FACES, code)
    on_codes = head_gradient(model, losses["mutual_information"])
    on_users = head_gradient(model, losses["recognition"])
    assert (on_codes[USERS:] > 0).all()
    assert not on_codes[:USERS].any()
    assert (on_users[:USERS] > 0).all()
    assert not on_users[USERS:].any()
    # With no label known, whatever the fakes were asked to show teaches nothing.
    losses = model.critic_losses(nowhere_known(FACES), code)
    assert not head_gradient(model, sum(losses.values()))[:USERS].any()


def test_the_critics_recognition_does_not_look_at_the_decoder() -> None:
    model = semilatent()
    code = found(model)
    before = model.critic_losses(FACES, code)["recognition"]
    for parameter in model.decoder.parameters():
        torch.nn.init.normal_(parameter)
    torch.testing.assert_close(model.critic_losses(FACES, code)["recognition"], before, rtol=0, atol=0)


def test_the_encoder_lives_by_reconstruction_alone() -> None:
    reconstruct, generate, critic = semilatent().phases
    assert reconstruct.trains == ("encoder", "decoder")
    assert (generate.trains, generate.reuse) == (("decoder",), "reconstruct")
    assert (critic.trains, critic.reuse) == (("discriminator",), "reconstruct")
    assert reconstruct.keeps == {"found": ("encoder",)}, "the encoder was stepped by then, so the code comes detached"


@pytest.mark.parametrize("adversarial", ["wasserstein_gp", "r1"])
def test_a_loss_with_a_penalty_brings_its_term(adversarial: str) -> None:
    model = semilatent("semilatent", f"loss/adversarial={adversarial}", "model.discriminator.norm=layer")
    assert model.critic_losses(FACES, found(model))["penalty"] > 0
    assert "penalty" in model.phases[2].terms


def test_generate_depends_on_attributes_and_seed_alone() -> None:
    model = semilatent()
    wanted = FACES.attributes
    images = model.generate(wanted, seed=1)
    torch.randn(7)
    assert torch.equal(model.generate(wanted, seed=1), images)
    assert images.shape == FACES.images.shape
    assert not torch.equal(model.generate(wanted, seed=2), images)
    assert not torch.equal(model.generate(1 - wanted, seed=1), images)
    open_ended = model.generate(torch.full((6, 2), math.nan), seed=1)
    assert open_ended.isfinite().all()


def test_generate_by_latent_attributes() -> None:
    model = semilatent()
    wanted, drawn = FACES.attributes, model.codes.numbers(6)
    images = model.generate(wanted, seed=1, codes=drawn)
    assert torch.equal(images, model.generate(wanted, seed=1, codes=drawn))
    other = drawn.clone()
    other[:, 0] = (other[:, 0] + 1) % 3
    assert not torch.equal(images, model.generate(wanted, seed=1, codes=other))
    assert torch.equal(model.generate(wanted, seed=1, codes=drawn * math.nan), model.generate(wanted, seed=1))
    with pytest.raises(UserError, match="4 codes are wanted"):
        model.generate(wanted, codes=drawn[:, :3])


def test_strength_moves_from_the_source_value_to_the_target_and_beyond() -> None:
    model = semilatent()
    lacks, has = torch.zeros(6, 2), torch.ones(6, 2)
    for strength in (0.0, 0.5, 1.0, 2.0):
        edited = model.edit(FACES.images, has, source=lacks, strength=strength)
        torch.testing.assert_close(edited, model.reconstruct(FACES.images, torch.full((6, 2), strength)))
        removed = model.edit(FACES.images, lacks, source=has, strength=strength)
        torch.testing.assert_close(removed, model.reconstruct(FACES.images, torch.full((6, 2), 1 - strength)))
    already = {s: model.edit(FACES.images, has, source=has, strength=s) for s in (0.0, 1.0, 2.0)}
    for strength, value in ((0.0, 1.0), (1.0, 1.0), (2.0, 2.0)):
        torch.testing.assert_close(already[strength], model.reconstruct(FACES.images, torch.full((6, 2), value)))


def test_nan_keeps_an_attribute_and_the_encoder_tells_what_nobody_says() -> None:
    model = semilatent()
    guess = (model.posterior(FACES.images).attributes > 0).float()
    target = torch.tensor([[1.0, math.nan]]).expand(6, 2)
    kept = torch.stack([torch.ones(6), guess[:, 1]], dim=1)
    torch.testing.assert_close(model.edit(FACES.images, target), model.reconstruct(FACES.images, kept))
    torch.testing.assert_close(model.reconstruct(FACES.images, guess * math.nan), model.reconstruct(FACES.images))


def test_encode_is_what_the_decoder_takes() -> None:
    model = semilatent()
    with torch.no_grad():
        torch.testing.assert_close(model.decoder(model.encode(FACES.images)), model.reconstruct(FACES.images))


def test_verbs() -> None:
    model = semilatent()
    verbs_keep_their_promises(model, FACES.images)
    assert model.verbs == ("reconstruct", "encode", "edit", "generate")


@pytest.mark.parametrize("codes", [("[]", 2), ("[3]", 0)])
def test_one_kind_of_code_is_enough(codes: tuple[str, int]) -> None:
    model = semilatent("semilatent", f"model.categorical={codes[0]}", f"model.continuous={codes[1]}")
    assert model.critic_losses(FACES, found(model))["mutual_information"].isfinite()
    verbs_keep_their_promises(model, FACES.images)


def test_what_cannot_work_is_refused_in_one_line() -> None:
    with pytest.raises(UserError, match="at least one attribute"):
        build("semilatent", attributes=())
    with pytest.raises(UserError, match="needs a latent code"):
        semilatent("semilatent", "model.categorical=[]", "model.continuous=0")
    with pytest.raises(PartError, match=r"feature_layer is 7, but at 16 pixels it has maps 0 to 1, .* would fit"):
        semilatent("semilatent", "model.feature_layer=7")
    with pytest.raises(PartError, match="MSSSIM compares pictures"):
        semilatent("semilatent", "loss/reconstruction=ms_ssim")


def test_the_weights_are_a_gaussian_likelihoods_in_feature_space() -> None:
    """Half the squared error summed over 256x8x8 features, and KL in nats, divided by half the number of features."""
    model = semilatent()
    assert model.weights["reconstruct"]["kl"] == pytest.approx(1 / (256 * 8 * 8 / 2))


def test_a_recognition_that_its_code_cannot_hold_is_refused() -> None:
    with pytest.raises(UserError, match="loss/recognition=binary or binary_sum would fit"):
        build("semilatent_quickstart", "loss/recognition=categorical", attributes=("Eyeglasses",))
