"""Unpaired super-resolution: terms written out again, who moves when, and that no pair is ever shown."""

from pathlib import Path

import pytest
import torch
from torch.nn import functional as F

from facegan.errors import UserError
from facegan.models.superresolution.unpaired import UnpairedUpscaling
from tests.models.builders import build, faces, verbs_keep_their_promises
from tests.tiny import SMALL, states, tiny_engine

HIGHS, LOWS = faces(attributes=0), faces(attributes=0, seed=7)
NAMES = ["unpaired_upscaling", "unpaired_upscaling_quickstart"]


def made(name: str = "unpaired_upscaling_quickstart", *overrides: str) -> UnpairedUpscaling:
    torch.manual_seed(3)
    model = build(name, *SMALL[name][1:], *overrides, attributes=(), image_size=16)
    assert isinstance(model, UnpairedUpscaling)
    return model


@pytest.mark.parametrize("name", NAMES)
def test_verbs_are_honest(name: str) -> None:
    model = made(name)
    assert model.verbs == ("reconstruct", "upscale")
    verbs_keep_their_promises(model, HIGHS.images)


@pytest.mark.parametrize("name", NAMES)
def test_a_phase_trains_what_it_says_and_nothing_else(name: str, tmp_path: Path) -> None:
    engine = tiny_engine(name, tmp_path)
    for phase in engine.model.phases:
        before = states(engine)
        engine.play(phase)
        moved = {
            key.partition(".")[0]
            for key, value in engine.model.named_parameters()
            if not torch.equal(before[key], value)
        }
        assert moved == {*phase.trains}


def test_small_and_large_faces_are_of_different_persons(tmp_path: Path) -> None:
    engine = tiny_engine(NAMES[1], tmp_path)
    shown = {}
    engine.model.critic_losses = lambda **draws: (
        shown.update(draws)
        or {  # type: ignore[method-assign,assignment]
            "adversarial": sum(value.sum() for value in engine.model.parts["critic_low"].parameters()) * 0
            + sum(value.sum() for value in engine.model.parts["critic_high"].parameters()) * 0
        }
    )
    engine.play(engine.model.phases[0])
    assert not torch.equal(shown["lows"].index, shown["highs"].index)


def test_terms() -> None:
    model = made(NAMES[1], "+model.noise=0", "degradation=box")
    small, large = F.avg_pool2d(LOWS.images, 2), HIGHS.images
    up, down = model.upscaler, model.shrinker
    plain = F.avg_pool2d(large, 2)
    answer, reduced = up(small).images, down(plain)
    expected = {
        "adversarial_high": F.softplus(-model.critic_high(answer).logits).mean(),
        "adversarial_low": F.softplus(-model.critic_low(reduced).logits).mean(),
        "cycle_high": (up(reduced).images - large).abs().mean(),
        "cycle_low": (down(F.avg_pool2d(answer, 2)) - small).abs().mean(),
        "content": (reduced - plain).abs().mean(),
    }
    losses = model.generator_losses(LOWS, HIGHS)
    assert losses.keys() == expected.keys()
    for term, value in expected.items():
        torch.testing.assert_close(losses[term], value)
    game = sum(
        F.softplus(-critic(real).logits).mean() + F.softplus(critic(fake).logits).mean()
        for critic, real, fake in ((model.critic_high, large, answer), (model.critic_low, small, reduced))
    )
    torch.testing.assert_close(model.critic_losses(LOWS, HIGHS)["adversarial"], game)


def test_the_shrinker_makes_another_small_face_each_time_where_it_has_noise() -> None:
    noisy, still = made(), made(NAMES[1], "+model.noise=0")
    assert not torch.equal(noisy.reduced(HIGHS.images), noisy.reduced(HIGHS.images))
    assert torch.equal(still.reduced(HIGHS.images), still.reduced(HIGHS.images))
    with pytest.raises(UserError, match=r"noise=-1(\.0)?; it must be 0 or more"):
        made(NAMES[1], "+model.noise=-1.0")
