"""Residual images: three classes, dual learning, units and verbs."""

import math

import pytest
import torch
from torch.nn import functional as F

from facegan.assemble import make_model
from facegan.config import compose_config
from facegan.errors import UserError
from facegan.models.editing.residual_images import ResidualImages
from facegan.networks import PartError
from tests.models.builders import build, faces, verbs_keep_their_promises

HAS, LACKS = faces(value=1.0, seed=1), faces(value=0.0, seed=2)


def residual_images(*overrides: str) -> ResidualImages:
    model = build("residual_images", *overrides)
    assert isinstance(model, ResidualImages)
    return model


def full() -> ResidualImages:
    config = compose_config("train", ["model=residual_images"])
    model = make_model(config, image_size=128, attributes=("Eyeglasses",))
    assert isinstance(model, ResidualImages)
    return model


def test_the_networks_at_128_pixels() -> None:
    model = full()
    kernels = [m.weight.shape for m in model.put_on.modules() if isinstance(m, torch.nn.Conv2d)]
    assert kernels == [(64, 3, 5, 5), (128, 64, 4, 4), (256, 128, 4, 4), (3, 64, 4, 4)]
    back = [m.weight.shape for m in model.put_on.modules() if isinstance(m, torch.nn.ConvTranspose2d)]
    assert back == [(256, 128, 3, 3), (128, 64, 3, 3)]
    judgement = model.critic(torch.zeros(2, 3, 128, 128))
    assert [maps.shape[1] for maps in judgement.features] == [64, 128, 256, 512, 1024]
    assert model.classes(judgement).shape == (2, 3)
    heads = [model.critic.critic, model.critic.recognizer]
    assert sum(p.numel() for head in heads for p in head.parameters()) == 3 * (4 * 4 * 1024 + 1), "a 4/1 layer to 3"


def test_the_weights_are_those_of_sums_over_the_image() -> None:
    """a = 5e-5 and b = a / 10 per unit of sum at 128 pixels, where the perceptual layer has 512 x 8 x 8 values."""
    model = full()
    a = 5e-5
    residual = torch.rand(2, 3, 128, 128) * 2 - 1
    weights = model.weights["generator"]
    there = a * residual.abs().sum((1, 2, 3)).mean()
    torch.testing.assert_close(weights["sparsity"] * model.reconstruction(residual, torch.zeros_like(residual)), there)
    layer = model.critic(residual).features[model.perceptual_layer]
    assert layer.shape[1:] == (512, 8, 8)
    there = a / 10 * layer.abs().sum((1, 2, 3)).mean()
    torch.testing.assert_close(weights["perceptual"] * model.reconstruction(layer, torch.zeros_like(layer)), there)


def entropy(model: ResidualImages, images: torch.Tensor, kind: int) -> torch.Tensor:
    judged = model.critic(images)
    logits = torch.stack([judged.recognition[:, 0], judged.recognition[:, 1], -judged.logits[:, 0]], dim=1)
    return F.cross_entropy(logits, torch.full((len(images),), kind))


def test_the_critic_tells_three_classes_and_sees_fakes_of_both_translators() -> None:
    model = residual_images()
    on, off = LACKS.images + model.put_on(LACKS.images), HAS.images + model.take_off(HAS.images)
    expected = (
        entropy(model, HAS.images, 0) + entropy(model, LACKS.images, 1) + entropy(model, on, 2) + entropy(model, off, 2)
    ) / 4
    torch.testing.assert_close(model.critic_losses(HAS, LACKS)["recognition"], expected)


def test_the_translators_terms_are_those_of_the_paper() -> None:
    model = residual_images()
    r0, r1 = model.put_on(LACKS.images), model.take_off(HAS.images)
    on, off = LACKS.images + r0, HAS.images + r1
    phi = [model.critic(images).features[-2] for images in (on, LACKS.images, off, HAS.images)]
    expected = {
        "adversarial": entropy(model, on, 0) + entropy(model, off, 1),
        "dual": entropy(model, on + model.take_off(on), 1) + entropy(model, off + model.put_on(off), 0),
        "sparsity": r0.abs().mean() + r1.abs().mean(),
        "perceptual": (phi[0] - phi[1]).abs().mean() + (phi[2] - phi[3]).abs().mean(),
    }
    terms = model.generator_losses(HAS, LACKS)
    assert terms.keys() == expected.keys()
    for name, value in expected.items():
        torch.testing.assert_close(terms[name], value)


def test_the_translators_take_the_critics_faces() -> None:
    critic, generator = residual_images().phases
    assert (critic.trains, generator.trains, generator.reuse) == (("critic",), ("put_on", "take_off"), "critic")


def test_an_edit_adds_the_residual_and_strength_scales_it() -> None:
    model = residual_images()
    target = torch.tensor([[1.0], [0.0], [math.nan], [1.0]])
    residual = model.residual(HAS.images, target)
    with torch.no_grad():
        torch.testing.assert_close(residual[0], model.put_on(HAS.images)[0])
        torch.testing.assert_close(residual[1], model.take_off(HAS.images)[1])
    assert residual[2].abs().max() == 0
    for strength in (0.0, 1.0, 1.5):
        edited = model.edit(HAS.images, target, strength=strength)
        torch.testing.assert_close(edited, (HAS.images + strength * residual).clamp(-1, 1))


def test_verbs() -> None:
    model = residual_images()
    verbs_keep_their_promises(model, HAS.images)
    assert model.verbs == ("edit",)


def test_patches_can_be_the_critic() -> None:
    model = residual_images("discriminator=patch")
    assert model.classes(model.critic(HAS.images)).shape == (4, 3)


def test_a_layer_that_the_critic_lacks_is_refused() -> None:
    with pytest.raises(PartError, match=r"perceptual_layer is 4, but at 16 pixels it has maps 0 to 1, or -2 to -1"):
        residual_images("+model.perceptual_layer=4")
    with pytest.raises(UserError, match="exactly one attribute"):
        build("residual_images", attributes=("Eyeglasses", "Smiling"))


def test_a_distance_between_pictures_only_is_refused() -> None:
    with pytest.raises(PartError, match=r"MSSSIM compares pictures, not features of .*; l1 or l2 would fit"):
        residual_images("loss/reconstruction=ms_ssim")
