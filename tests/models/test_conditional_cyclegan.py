"""Conditional CycleGAN, guided by attributes or by a face: the terms by hand, the mismatched vectors, the verbs."""

import math
from dataclasses import replace

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from facegan.assemble import make_model
from facegan.config import compose_config
from facegan.data.batch import FaceBatch
from facegan.data.sampling import shrink
from facegan.errors import UserError
from facegan.models.editing.conditional_cyclegan import ConditionalCycleGAN
from facegan.models.editing.cycle_pair import CyclePair
from facegan.models.editing.identity_cyclegan import IdentityCycleGAN, view
from tests.models.builders import build, faces, verbs_keep_their_promises

LOW = 8
BOTH = ("conditional_cyclegan", "identity_cyclegan")


def drawn(seed: int, count: int = 6) -> FaceBatch:
    batch = faces(count, attributes=2, seed=seed)
    return replace(batch, low=shrink(batch.images, side=LOW))


LOWS, HIGHS = drawn(1), drawn(2)


def made(name: str, *overrides: str) -> CyclePair:
    model = build(name, *overrides, attributes=("Eyeglasses", "Smiling"))
    assert isinstance(model, CyclePair)
    return model


def conditional(*overrides: str, name: str = "conditional_cyclegan") -> ConditionalCycleGAN:
    model = made(name, *overrides)
    assert isinstance(model, ConditionalCycleGAN)
    return model


def identity(*overrides: str) -> IdentityCycleGAN:
    model = made("identity_cyclegan", *overrides)
    assert isinstance(model, IdentityCycleGAN)
    return model


def translations(model: CyclePair, z: Tensor) -> tuple[Tensor, Tensor]:
    """G(x, z) and F(y), written out again."""
    assert LOWS.low is not None
    seen = F.interpolate(LOWS.low, size=16, mode="bilinear", align_corners=False)
    return model.generator(seen, z), shrink(model.shrinker(HIGHS.images), side=LOW)


@pytest.mark.parametrize("name", BOTH)
def test_the_generators_terms_are_those_of_the_paper(name: str) -> None:
    model = made(name)
    z = model.guide(HIGHS)
    high, low = translations(model, z)
    back_low = shrink(model.shrinker(high), side=LOW)
    back_high = model.generator(F.interpolate(low, size=16, mode="bilinear", align_corners=False), z)
    expected = {
        "adversarial": (model.critic_high(high, z).logits - 1).square().mean()
        + (model.critic_low(low).logits - 1).square().mean(),
        "cycle_low": (back_low - LOWS.low).abs().mean(),
        "cycle_high": (back_high - HIGHS.images).abs().mean(),
    }
    if isinstance(model, IdentityCycleGAN):
        expected["identity"] = (model.embed(high) - z).abs().mean()
    terms = model.generator_losses(LOWS, HIGHS)
    assert terms.keys() == expected.keys()
    for term, value in expected.items():
        torch.testing.assert_close(terms[term], value)


def test_a_real_face_with_the_wrong_vector_is_half_of_the_high_critics_fakes() -> None:
    model = identity()
    z = model.guide(HIGHS)
    high, low = translations(model, z)
    logits = model.critic_high(HIGHS.images, z).logits
    fakes = torch.cat([model.critic_high(high, z).logits, model.critic_high(HIGHS.images, z.roll(1, 0)).logits])
    expected = (logits - 1).square().mean() + fakes.square().mean()
    expected = (
        expected
        + (model.critic_low(LOWS.low).logits - 1).square().mean()
        + model.critic_low(low).logits.square().mean()
    )
    torch.testing.assert_close(model.critic_losses(LOWS, HIGHS)["adversarial"], expected)


def test_the_critic_of_low_faces_hears_nothing_of_the_vector() -> None:
    model = conditional()
    assert model.critic_low.condition == 0
    assert model.critic_high.condition == 2
    one, other = (model.critic_high(HIGHS.images, torch.full((6, 2), value)).logits for value in (-1.0, 1.0))
    assert not torch.allclose(one, other)


@pytest.mark.parametrize("count", [2, 3, 64])
def test_mismatched_labels_are_never_the_faces_own(count: int) -> None:
    model = conditional()
    guides = torch.randint(0, 2, (count, 2), generator=torch.Generator().manual_seed(count)).float() * 2 - 1
    for seed in range(20):
        torch.manual_seed(seed)
        wrong = model.mismatched(guides)
        assert (wrong != guides).any(1).all()
        assert set(wrong.unique().tolist()) <= {-1.0, 1.0}


def test_an_unknown_label_is_not_flipped_and_a_row_of_them_stays() -> None:
    model = conditional()
    wrong = model.mismatched(torch.tensor([[0.0, 1.0], [0.0, 1.0]]))
    assert wrong.tolist() == [[0, -1], [0, -1]]
    assert not model.mismatched(torch.zeros(3, 2)).any()


def test_mismatched_embeddings_are_those_of_other_faces() -> None:
    model = identity()
    z = model.guide(HIGHS)
    assert ((model.mismatched(z) - z).norm(dim=1) > 1e-4).all()


def test_the_vector_belongs_to_another_face_than_the_low_one() -> None:
    for name in BOTH:
        phases = {phase.name: phase for phase in made(name).phases}
        assert list(phases["generator"].draws) == list(phases["critic"].draws) == ["lows", "highs"]
        assert phases["generator"].draws["lows"].low == LOW
        assert phases["generator"].draws["highs"].low is None


@pytest.mark.parametrize("adversarial", ["wasserstein_gp", "r1"])
def test_a_loss_with_a_penalty_brings_its_term(adversarial: str) -> None:
    model = conditional(f"loss/adversarial={adversarial}")
    assert model.phases[0].terms == ("adversarial", "penalty")
    assert model.critic_losses(LOWS, HIGHS)["penalty"] > 0


def test_a_relativistic_game_goes_as_well() -> None:
    model = conditional("loss/adversarial=relativistic")
    model.generator_losses(LOWS, HIGHS)["adversarial"].backward()
    assert all(parameter.grad is not None for parameter in model.generator.parameters())


def test_the_setting_is_cyclegans() -> None:
    config = compose_config("train", ["model=conditional_cyclegan"])
    weights = config["model"]["weights"]
    assert weights["generator"] == {"adversarial": 1, "cycle_low": 10, "cycle_high": 10}
    assert (config["optimizer"]["lr"], config["optimizer"]["betas"]) == (2e-4, [0.5, 0.999])
    model = make_model(config, image_size=128, attributes=("Eyeglasses",))
    assert isinstance(model, ConditionalCycleGAN)
    assert model.low == 16
    assert model.generator.first[0].padding_mode == "zeros", (
        "a tiled value is lost between reflection and instance norm"
    )


def test_upscale_and_edit() -> None:
    model = conditional()
    ones, zeros = torch.ones(6, 2), torch.zeros(6, 2)
    upscaled = model.upscale(LOWS.low, ones)
    assert upscaled.shape == LOWS.images.shape
    torch.testing.assert_close(model.edit(LOWS.images, ones, source=zeros), upscaled)
    assert not torch.allclose(model.upscale(LOWS.low, zeros), upscaled)
    unknown = model.upscale(LOWS.low, torch.full((6, 2), math.nan))
    torch.testing.assert_close(unknown, model.upscale(LOWS.low, torch.full((6, 2), 0.5)))


def test_nan_keeps_and_strength_extrapolates() -> None:
    model = conditional()
    target = torch.tensor([[1.0, math.nan]]).expand(6, 2)
    wanted = torch.stack([torch.full((6,), 2.0), LOWS.attributes[:, 1]], dim=1)
    source = torch.stack([torch.zeros(6), LOWS.attributes[:, 1]], dim=1)
    edited = model.edit(LOWS.images, target, source=source, strength=2.0)
    torch.testing.assert_close(edited, model.upscale(LOWS.low, wanted))
    with pytest.raises(UserError, match="ConditionalCycleGAN keeps no recognizer"):
        model.edit(LOWS.images, target)


def test_the_recognizer_of_the_run_tells_the_source() -> None:
    model = conditional(name="conditional_cyclegan_quickstart")
    guess = (model.recognizer(LOWS.images) > 0).float()
    torch.testing.assert_close(model.reconstruct(LOWS.images), model.reconstruct(LOWS.images, guess))
    partly = torch.stack([LOWS.attributes[:, 0], torch.full((6,), math.nan)], dim=1)
    filled = torch.stack([LOWS.attributes[:, 0], guess[:, 1]], dim=1)
    torch.testing.assert_close(model.reconstruct(LOWS.images, partly), model.reconstruct(LOWS.images, filled))


def test_transfer_gives_a_face_another_person() -> None:
    model = identity()
    swapped = model.transfer(LOWS.images, HIGHS.images, attribute="identity")
    torch.testing.assert_close(swapped, model.upscale(LOWS.low, HIGHS.images))
    as_it_is = model.transfer(LOWS.images, HIGHS.images, strength=0.0)
    torch.testing.assert_close(as_it_is, model.reconstruct(LOWS.images))
    with pytest.raises(UserError, match="transfers 'identity', not 'Smiling'"):
        model.transfer(LOWS.images, HIGHS.images, attribute="Smiling")


def test_verbs_are_honest() -> None:
    model = conditional()
    verbs_keep_their_promises(model, LOWS.images)
    assert model.verbs == ("reconstruct", "edit", "upscale")
    assert identity().verbs == ("reconstruct", "transfer", "upscale")
    assert identity().transferable == ("identity",)


def test_the_embedder_learns_before_all_others_and_never_again() -> None:
    embedder, critic, generator = identity("model.embedder_rounds=5").phases
    plays = [(p.plays(4), p.plays(5)) for p in (embedder, critic, generator)]
    assert plays == [(1, 0), (0, 1), (0, 1)]
    assert [p.name for p in identity().phases if "embedder" in p.trains] == ["embedder"]


def test_embeddings_have_components_of_about_one() -> None:
    z = identity().guide(HIGHS)
    torch.testing.assert_close(z.square().mean(1), torch.ones(6))


def test_views_of_a_face_are_pictures_of_it_and_differ() -> None:
    torch.manual_seed(0)
    one, other = view(HIGHS.images), view(HIGHS.images)
    assert one.shape == HIGHS.images.shape
    assert one.abs().max() <= 1
    assert (one - other).abs().mean((1, 2, 3)).min() > 0.01
    plain = torch.full((50, 3, 16, 16), 0.25)
    assert view(plain).std((2, 3)).max() < 1e-4, "moving and turning leave a plain picture plain"


@pytest.mark.parametrize("low", [0, 16, 5])
def test_a_low_side_that_does_not_divide_the_size_is_refused(low: int) -> None:
    with pytest.raises(UserError, match="must divide the image size 16"):
        made("conditional_cyclegan", f"model.low={low}")


@pytest.mark.parametrize("name", BOTH)
def test_the_quickstart_is_small_and_looks_at_one_face_at_a_time(name: str) -> None:
    config = compose_config("train", [f"model={name}_quickstart"])
    model = make_model(config, image_size=32, attributes=tuple(config["attributes"]))
    assert sum(value.numel() for value in model.parameters()) < 2_000_000
    used = [model.parts[part] for part in (*model.verb_parts, *({"embedder"} & set(model.parts)))]
    assert not any(isinstance(module, torch.nn.BatchNorm2d) for part in used for module in part.modules())


def test_no_attribute_is_refused() -> None:
    with pytest.raises(UserError, match="at least one attribute"):
        build("conditional_cyclegan", attributes=())


def test_the_embedder_holds_its_statistics_still_in_the_game() -> None:
    assert [phase.name for phase in identity().phases if "embedder" in phase.evals] == ["critic", "generator"]
