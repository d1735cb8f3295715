"""Super-resolution: terms written out again, who moves when, and what the dial promises."""

import math
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from facegan.assemble import copy_parts, fetch_parts, make_model
from facegan.config import compose_config
from facegan.data.degradations import Bicubic, Box, Camera, Separable, enlarged
from facegan.data.twinfaces import render, sample
from facegan.errors import UserError
from facegan.models.superresolution.face_wgan import FaceWGAN
from facegan.models.superresolution.invention import agreeing, between, invented
from facegan.models.superresolution.pan import PAN
from facegan.models.superresolution.perceptual import PerceptualUpscaling
from facegan.models.superresolution.regression import Regression
from facegan.models.superresolution.srgan import SRGAN
from facegan.models.superresolution.upscaling import Upscaling
from facegan.networks import PartError
from tests.models.builders import build, faces, verbs_keep_their_promises
from tests.tiny import SMALL, states, tiny_engine

FACES = faces(attributes=2)
SYSTEMS = ["bicubic", "srcnn", "espcn", "drcn", "srresnet", "perceptual", "srgan", "face_wgan", "pan"]
DIALLED = ["srgan_quickstart", "face_wgan_quickstart", "pan_quickstart", "perceptual_quickstart"]
LABELLED = ("Eyeglasses", "Smiling")


def made(name: str, *overrides: str, size: int = 16) -> Upscaling:
    model = build(name, *overrides, attributes=LABELLED, image_size=size)
    assert isinstance(model, Upscaling)
    return model


@pytest.mark.parametrize("name", SYSTEMS)
def test_verbs_are_honest(name: str) -> None:
    model = made(name)
    assert (model.verbs, model.low) == (("reconstruct", "upscale"), 4)
    large = model.upscale(model.shrunk(FACES.images))
    assert large.shape == FACES.images.shape
    assert large.abs().max() <= 1
    torch.testing.assert_close(model.reconstruct(FACES.images), large)
    verbs_keep_their_promises(model, FACES.images)


@pytest.mark.parametrize("name", [name for name in SMALL if name.removesuffix("_quickstart") in SYSTEMS])
def test_a_run_trains_what_its_phases_say_and_nothing_else(name: str, tmp_path: Path) -> None:
    engine = tiny_engine(name, tmp_path, "attributes=[Eyeglasses,Smiling]")
    for phase in engine.model.phases:
        before = states(engine)
        engine.play(phase)
        changed = {
            key.partition(".")[0]
            for key, value in engine.model.named_parameters()
            if not torch.equal(before[key], value)
        }
        assert changed == {*phase.trains}


def test_bicubic_has_nothing_to_train_and_still_is_a_run(tmp_path: Path) -> None:
    engine = tiny_engine("bicubic", tmp_path / "run")
    engine.fit()
    assert (tmp_path / "run" / "last.safetensors").is_file()


def test_regression_is_the_mean_squared_error_of_the_degraded_face() -> None:
    model = made("srresnet")
    assert isinstance(model, Regression)
    answer = model.upscaler(Bicubic(scale=4)(FACES.images)).images
    expected = (answer - FACES.images).square().mean()
    torch.testing.assert_close(model.regression_losses(FACES)["reconstruction"], expected)


def test_drcn_is_supervised_on_the_way() -> None:
    model = made("drcn", "++model.upscaler.recursions=3")
    assert isinstance(model, Regression)
    answer = model.upscaler(Bicubic(scale=4)(FACES.images))
    losses = model.regression_losses(FACES)
    early = torch.stack([(each - FACES.images).square().mean() for each in answer.partial])
    torch.testing.assert_close(losses["partial"], early.mean())
    assert model.phases[0].terms == ("reconstruction", "partial")
    early_weight, late = model.weights["regression"]["partial"], model.weights["regression"]["reconstruction"]
    assert callable(early_weight)
    assert callable(late)
    for rounds in (0, 20_000, 90_000):
        assert early_weight({"rounds": rounds}) + late({"rounds": rounds}) == pytest.approx(1)


def test_srgans_terms() -> None:
    model = made("srgan")
    assert isinstance(model, SRGAN)
    answer = model.upscaler(Bicubic(scale=4)(FACES.images)).images
    seen, wanted = (model.extractor(images)[0] for images in (answer, FACES.images))
    expected = {
        "adversarial": F.softplus(-model.critic(answer).logits).mean(),
        "content": (seen - wanted).square().mean(),
        "reconstruction": (answer - FACES.images).square().mean(),
    }
    losses = model.generator_losses(FACES)
    assert losses.keys() == expected.keys()
    for term, value in expected.items():
        torch.testing.assert_close(losses[term], value)
    game = F.softplus(-model.critic(FACES.images).logits).mean() + F.softplus(model.critic(answer).logits).mean()
    torch.testing.assert_close(model.critic_losses(FACES)["adversarial"], game)


def test_the_face_wgan_never_looks_at_the_large_faces_pixels() -> None:
    model = made("face_wgan")
    assert isinstance(model, FaceWGAN)
    low = F.avg_pool2d(FACES.images, 4)
    answer = model.upscaler(low).images
    losses = model.generator_losses(FACES)
    torch.testing.assert_close(losses["adversarial"], -model.critic(answer).logits.mean())
    torch.testing.assert_close(losses["consistency"], (F.avg_pool2d(answer, 4) - low).abs().mean())
    assert set(losses) == {"adversarial", "consistency"}


def test_pans_critic_opens_the_gap_that_its_generator_closes() -> None:
    model = made("pan", "model.margin=100")
    assert isinstance(model, PAN)
    answer = model.upscaler(Bicubic(scale=4)(FACES.images)).images
    fake, real = model.critic(answer).features, model.critic(FACES.images).features
    pairs = zip((5, 1.5, 1.5, 1), (0, 3, 5, 7), strict=True)
    gap = torch.stack([weight * (fake[k] - real[k]).abs().mean() for weight, k in pairs]).sum()
    torch.testing.assert_close(model.generator_losses(FACES)["matching"], gap)
    torch.testing.assert_close(model.critic_losses(FACES)["margin"], 100 - gap)
    model = made("pan", "model.margin=1.0e-6")
    assert model.phases[1].terms == ("adversarial", "margin")


def test_of_a_critic_with_few_maps_pans_layers_take_those_that_are_there() -> None:
    model = made("pan", "discriminator=small", "++model.discriminator.width=4")
    assert isinstance(model, PAN)
    answer = model.upscaler(Bicubic(scale=4)(FACES.images)).images
    gap = (model.critic(answer).features[0] - model.critic(FACES.images).features[0]).abs().mean()
    torch.testing.assert_close(model.generator_losses(FACES)["matching"], 5 * gap)


def test_pan_sees_with_an_extractor_too_where_it_has_one() -> None:
    words = ("+extractor=small", "++model.extractor.width=4", "+loss/perceptual=l1")
    model = made("pan", *words, "+model.weights.generator.content=2")
    assert isinstance(model, PAN)
    answer = model.upscaler(Bicubic(scale=4)(FACES.images)).images
    seen, wanted = (model.extractor(images)[0] for images in (answer, FACES.images))
    losses = model.generator_losses(FACES)
    torch.testing.assert_close(losses["content"], (seen - wanted).abs().mean())
    assert set(losses) == {"adversarial", "matching", "reconstruction", "content"}
    assert [(phase.name, phase.trains, phase.evals) for phase in model.phases[1:]] == [
        ("critic", ("critic",), ()),
        ("generator", ("upscaler",), ("extractor",)),
    ]
    for missing in (words[:2], words[2:3]):
        with pytest.raises(UserError, match=r"an extractor and a perceptual loss go together; set \+extractor=small"):
            made("pan", *missing)


def test_perceptual_terms() -> None:
    model = made("perceptual", "+loss/style=gram")
    assert isinstance(model, PerceptualUpscaling)
    answer = model.upscaler(Bicubic(scale=4)(FACES.images)).images
    seen, wanted = model.seen(answer), model.seen(FACES.images)
    losses = model.generator_losses(FACES)
    torch.testing.assert_close(losses["content"], (seen[-1] - wanted[-1]).square().mean())
    across, down = answer.diff(dim=3).square().mean(), answer.diff(dim=2).square().mean()
    torch.testing.assert_close(losses["variation"], across + down)
    assert losses["style"] > 0
    with pytest.raises(PartError, match=r"perceptual.layer is 7; -2 to 1 would fit"):
        made("perceptual", "model.perceptual.layer=7")


def test_phases_come_one_after_the_other() -> None:
    model = made("srgan_quickstart", "model.pretrain_rounds=3", "model.features_rounds=5")
    plays = {phase.name: [phase.plays(round_) for round_ in (0, 3, 5)] for phase in model.phases}
    assert plays == {"features": [1, 1, 0], "regression": [1, 0, 0], "critic": [0, 0, 1], "generator": [0, 0, 1]}
    assert {phase.name: phase.plays(0) for phase in made("srgan").phases}["regression"] == 0


def test_an_extractor_with_a_head_needs_attributes() -> None:
    with pytest.raises(UserError, match=r"set attributes=\[Smiling\]"):
        build("srgan_quickstart", attributes=())


def test_pretrained_features_are_fetched_when_a_run_begins(tmp_path: Path) -> None:
    words = ["model=srgan", "extractor=vgg54", f"++model.extractor.weights={tmp_path / 'none.pth'}"]
    model = make_model(compose_config("train", words), image_size=32, attributes=())
    with pytest.raises(PartError, match=r"VGG19: weights .* could not be had"):
        fetch_parts(model)
    fetch_parts(made("srgan_quickstart"))  # learns its own


def test_the_mean_and_the_bold_network_begin_with_one_regression(tmp_path: Path) -> None:
    engine = tiny_engine("srresnet_quickstart", tmp_path / "mean")
    engine.fit()
    model = made("srgan_quickstart")
    wish = {"run": str(tmp_path / "mean"), "parts": ["upscaler", "mean=upscaler"]}
    copy_parts(wish, model)
    assert engine.ema
    for part in ("upscaler", "mean"):
        for name, value in model.parts[part].named_parameters():
            assert torch.equal(value, engine.ema.shadow[f"upscaler.{name}"])
    parts = compose_config("train", ["experiment=srgan_paper", "data.root=somewhere"])["init_from"]["parts"]
    assert parts == wish["parts"]


def portraits(size: int = 32) -> Tensor:
    return render(sample(torch.arange(6), seed=3, split="test"), image_size=size)


@pytest.mark.parametrize("degradation", [Bicubic(scale=4), Box(scale=4), Bicubic(scale=8)])
@pytest.mark.parametrize("noise", [0.3, 3.0])
def test_pictures_are_brought_to_agree_after_clamping(degradation: Separable, noise: float) -> None:
    """On drawn faces, and on hard ones: black or white almost everywhere."""
    for truth in (portraits(), (portraits() * 3).clamp(-1, 1)):
        low = degradation(truth)
        rough = truth + noise * torch.randn(truth.shape, generator=torch.Generator().manual_seed(1))
        agreed = agreeing(rough, low, degradation)
        assert agreed.abs().max() <= 1
        assert (degradation(agreed) - low).abs().max() < 1e-3


def test_what_agrees_already_stays_and_the_null_space_is_left_alone() -> None:
    degradation, truth = Bicubic(scale=4), portraits()
    low = degradation(truth)
    torch.testing.assert_close(agreeing(truth, low, degradation), truth)
    mild = 0.2 * truth
    shift = agreeing(mild, degradation(mild) + 0.1, degradation) - mild
    torch.testing.assert_close(shift, degradation.lifted(degradation(shift)), atol=1e-5, rtol=0)


def test_a_face_agrees_alike_whoever_stands_beside_it() -> None:
    degradation, truth = Bicubic(scale=4), (portraits() * 3).clamp(-1, 1)
    low = degradation(truth)
    rough = truth + 0.3 * torch.randn(truth.shape, generator=torch.Generator().manual_seed(1))
    alone = torch.cat([agreeing(*pair, degradation) for pair in zip(rough.split(1), low.split(1), strict=True)])
    torch.testing.assert_close(agreeing(rough, low, degradation), alone, atol=1e-4, rtol=0)


@pytest.mark.parametrize("name", DIALLED)
def test_the_dial_agrees_everywhere_and_goes_from_the_mean_to_the_bold_answer(name: str) -> None:
    model = made(name, size=32)
    dial: Callable[..., Tensor] = getattr(model, "upscale")  # noqa: B009  the base has no such setting
    with torch.no_grad():
        for parameter in model.parts["upscaler"].parameters():
            parameter.add_(0.2 * torch.randn(parameter.shape, generator=torch.Generator().manual_seed(2)))
    low = model.shrunk(portraits())
    answers = [dial(low, invention=t) for t in (0.0, 0.3, 0.7, 1.0)]
    for answer in answers:
        assert (model.shrunk(answer) - low).abs().max() < 1e-3
        assert answer.abs().max() <= 1
    assert isinstance(model.degradation, Separable)
    torch.testing.assert_close(answers[0], agreeing(model.parts["mean"](low).images, low, model.degradation))
    torch.testing.assert_close(answers[3], agreeing(dial(low), low, model.degradation))
    steps = [float(invented(answer, answers[0]).mean()) for answer in answers]
    assert steps == sorted(steps)
    assert steps[0] == 0 < steps[1]
    maps = getattr(model, "invented")(low, 0.7)  # noqa: B009
    torch.testing.assert_close(maps, invented(answers[2], answers[0]))
    assert maps.shape == (6, 1, 32, 32)


def test_the_dial_refuses_what_it_cannot_promise() -> None:
    low = torch.zeros(1, 3, 8, 8)
    large = torch.zeros(1, 3, 32, 32)
    with pytest.raises(UserError, match="linear degradations alone, not of Camera; set degradation=bicubic"):
        between(large, large, low, Camera(scale=4), invention=0.5)
    for beyond in (-0.1, 1.1, math.nan):
        with pytest.raises(UserError, match="between 0"):
            between(large, large, low, Box(scale=4), invention=beyond)
    with pytest.raises(UserError, match=r"train it with \+\+model\.keep_mean=true"):
        getattr(made("srgan"), "upscale")(torch.zeros(1, 3, 4, 4), invention=0.5)  # noqa: B009


def test_a_mean_that_nothing_trains_is_refused_before_the_run_begins(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"keeps a mean that nothing trains; set \+\+model\.pretrain_rounds=2000, or"):
        tiny_engine("srgan_quickstart", tmp_path / "run", "model.pretrain_rounds=0")
    assert not (tmp_path / "run").exists()
    tiny_engine("srresnet_quickstart", tmp_path / "mean").fit()
    begun = ["model.pretrain_rounds=0", f"init_from.run={tmp_path / 'mean'}"]
    with pytest.raises(UserError, match="keeps a mean that nothing trains"):
        tiny_engine("srgan_quickstart", tmp_path / "run", *begun, "init_from.parts=[upscaler]")
    tiny_engine("srgan_quickstart", tmp_path / "run", *begun, "init_from.parts=[upscaler,'mean=upscaler']")


@pytest.mark.parametrize("scale", [0, 5, 16])
def test_a_scale_that_does_not_fit_is_refused(scale: int) -> None:
    with pytest.raises(UserError, match="must be 1 or more and divide the image size 16"):
        made("bicubic", f"model.scale={scale}")


def test_at_scale_1_a_face_is_freed_of_rain_and_shrinking_would_be_idle() -> None:
    model = made("srresnet", "degradation=rain", "model.scale=1")
    assert model.low == 16
    wet = model.shrunk(FACES.images)
    assert (wet - FACES.images).abs().max() > 0.2
    assert model.upscale(wet).shape == FACES.images.shape
    for idle in ("bicubic", "box"):
        with pytest.raises(UserError, match=r"at scale=1 .* leaves a face as it is; .* degradation=rain"):
            made("srresnet", f"degradation={idle}", "model.scale=1")


def test_bicubic_is_torchs_but_for_the_border() -> None:
    low = portraits(16)
    theirs = F.interpolate(low, scale_factor=4, mode="bicubic", antialias=True)
    torch.testing.assert_close(enlarged(low, 4)[..., 12:-12, 12:-12], theirs[..., 12:-12, 12:-12], atol=1e-4, rtol=0)


@pytest.mark.parametrize(
    "name", [name for name in SMALL if name.removesuffix("_quickstart") in SYSTEMS and "_quick" in name]
)
def test_a_quickstart_is_small(name: str) -> None:
    config = compose_config("train", [f"model={name}"])
    model = make_model(config, image_size=32, attributes=tuple(config["attributes"]))
    used = [part for key, part in model.parts.items() if key not in ("extractor", "head")]
    assert sum(value.numel() for part in used for value in part.parameters()) < 2_000_000
    assert not any(isinstance(module, torch.nn.BatchNorm2d) for part in used for module in part.modules())
