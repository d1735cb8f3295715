"""CycleGAN: terms, pool, phases and verbs, against the equations of the authors' code written out again."""

import math
from pathlib import Path

import pytest
import torch

from facegan.assemble import make_model, open_model
from facegan.config import build as build_node
from facegan.config import compose_config
from facegan.errors import UserError
from facegan.models.editing.cyclegan import CycleGAN
from facegan.models.pools import exchanged
from facegan.models.schedules import value_at
from facegan.training.checkpoint import read_checkpoint
from facegan.training.settings import Hooks
from tests.models.builders import build, faces, verbs_keep_their_promises
from tests.tiny import tiny_engine

HAS, LACKS = faces(value=1.0, seed=1), faces(value=0.0, seed=2)


def cyclegan(*overrides: str) -> CycleGAN:
    model = build("cyclegan", *overrides)
    assert isinstance(model, CycleGAN)
    return model


def test_the_official_setting() -> None:
    config = compose_config("train", ["model=cyclegan"])
    model = make_model(config, image_size=128, attributes=("Eyeglasses",))
    assert isinstance(model, CycleGAN)
    assert model.weights["generator"] == {"adversarial": 1, "cycle": 10, "identity": 5}
    assert (config["optimizer"]["lr"], config["optimizer"]["betas"]) == (2e-4, [0.5, 0.999])
    assert config["trainer"]["batch_size"] == 1
    assert model.pool_has.shape == (50, 3, 128, 128)
    assert len(model.put_on.trunk) == 6
    assert model.critic_has(torch.zeros(1, 3, 128, 128)).logits.shape == (1, 1, 14, 14)


def test_the_papers_rate_is_full_for_the_first_half_and_falls_to_zero() -> None:
    trainer = compose_config("train", ["experiment=cyclegan_paper", "data.root=."])["trainer"]
    schedule = build_node(trainer["learning_rate"], "schedule")
    rates = [value_at(schedule, {"images": trainer["images"] * part // 4}) for part in range(5)]
    assert rates == [1, 1, 1, 0.5, 0]


def test_the_translators_terms_are_those_of_the_paper() -> None:
    model = cyclegan()
    put_on, taken_off = model.put_on(LACKS.images), model.take_off(HAS.images)
    expected = {
        "adversarial": (model.critic_has(put_on).logits - 1).square().mean()
        + (model.critic_lacks(taken_off).logits - 1).square().mean(),
        "cycle": (model.put_on(taken_off) - HAS.images).abs().mean()
        + (model.take_off(put_on) - LACKS.images).abs().mean(),
        "identity": (model.put_on(HAS.images) - HAS.images).abs().mean()
        + (model.take_off(LACKS.images) - LACKS.images).abs().mean(),
    }
    terms, kept = model.generator_losses(HAS, LACKS)
    assert terms.keys() == expected.keys()
    for name, value in expected.items():
        torch.testing.assert_close(terms[name], value)
    torch.testing.assert_close(kept["put_on"], put_on)
    torch.testing.assert_close(kept["taken_off"], taken_off)


def test_the_critics_judge_the_translators_own_fakes_each_its_kind() -> None:
    model = cyclegan("model.pool_size=8")
    on, off = torch.full_like(HAS.images, 0.3), torch.full_like(HAS.images, -0.3)
    expected = sum(
        (critic(real).logits - 1).square().mean() + critic(fake).logits.square().mean()
        for critic, real, fake in ((model.critic_has, HAS.images, on), (model.critic_lacks, LACKS.images, off))
    )
    torch.testing.assert_close(model.critic_losses(HAS, LACKS, on, off)["adversarial"], expected)
    assert int(model.filled_has) == int(model.filled_lacks) == 4
    assert torch.equal(model.pool_has[:4], on)
    assert torch.equal(model.pool_lacks[:4], off)


def test_the_translators_play_first_and_the_critics_reuse_their_fakes() -> None:
    generator, critic = cyclegan().phases
    assert (generator.name, generator.trains) == ("generator", ("put_on", "take_off"))
    assert (critic.trains, critic.reuse, critic.draws) == (("critic_has", "critic_lacks"), "generator", {})


def test_the_pool_shows_new_fakes_until_it_is_full_and_half_old_ones_from_then_on() -> None:
    torch.manual_seed(0)
    pool, filled = torch.zeros(50, 3, 1, 1), torch.zeros((), dtype=torch.int64)
    numbered = torch.arange(1050.0).view(-1, 1, 1, 1).expand(-1, 3, 1, 1)
    shown = exchanged(pool, filled, numbered[:50])
    assert torch.equal(shown, numbered[:50])
    assert torch.equal(pool, numbered[:50])
    shown = exchanged(pool, filled, numbered[50:])
    old = shown[:, 0, 0, 0] != numbered[50:, 0, 0, 0]
    assert 0.45 < old.float().mean() < 0.55
    seen = sorted([*shown[:, 0, 0, 0].tolist(), *pool[:, 0, 0, 0].tolist()])
    assert seen == list(range(1050)), "each fake is shown once or still waits"
    assert int(filled) == 50


def test_without_places_the_pool_is_no_pool() -> None:
    pool, filled = torch.zeros(0, 3, 1, 1), torch.zeros((), dtype=torch.int64)
    fakes = torch.rand(4, 3, 1, 1)
    assert torch.equal(exchanged(pool, filled, fakes), fakes)


def test_the_pool_depends_on_torchs_generator_alone_and_is_saved() -> None:
    results = []
    for _ in range(2):
        model = cyclegan()
        torch.manual_seed(3)
        for _ in range(3):
            model.critic_losses(HAS, LACKS, HAS.images, LACKS.images)
        results.append(model.pool_has.clone())
    assert torch.equal(*results)
    assert {"pool_has", "pool_lacks", "filled_has", "filled_lacks"} <= set(model.state_dict())


def test_the_best_checkpoint_holds_no_old_fakes_and_is_used_without_them(tmp_path: Path) -> None:
    scored = Hooks(validate=lambda model: {"score": 1.0})
    engine = tiny_engine("cyclegan", tmp_path, "trainer.validate_every=1", hooks=scored)
    engine.fit()
    best, last = (read_checkpoint(path)[0] for path in (engine.folder.best, engine.folder.last))
    old = {f"model.{name}" for name in CycleGAN.memory}
    assert old == {"model.pool_has", "model.pool_lacks", "model.filled_has", "model.filled_lacks"}
    assert old <= set(last)
    assert set(best) == {name for name in last if name.startswith("model.")} - old
    model, _, _ = open_model(engine.folder)
    assert all(torch.equal(model.state_dict()[name.removeprefix("model.")], value) for name, value in best.items())


def test_edit_goes_one_way_the_other_or_nowhere() -> None:
    model = cyclegan()
    target = torch.tensor([[1.0], [0.0], [math.nan], [1.0]])
    edited = model.edit(HAS.images, target)
    with torch.no_grad():
        on, off = model.put_on(HAS.images), model.take_off(HAS.images)
    torch.testing.assert_close(edited, torch.stack([on[0], off[1], HAS.images[2], on[3]]))


def test_there_are_no_degrees() -> None:
    with pytest.raises(UserError, match=r"CycleGAN knows no degrees of an edit: strength is 1, not 0\.5"):
        cyclegan().edit(HAS.images, torch.ones(4, 1), strength=0.5)
    assert not CycleGAN.degrees


def test_verbs() -> None:
    model = cyclegan()
    verbs_keep_their_promises(model, HAS.images)
    assert model.verbs == ("edit",)


@pytest.mark.parametrize("adversarial", ["wasserstein_gp", "r1", "wasserstein_clip", "relativistic"])
def test_any_game_can_be_played(adversarial: str) -> None:
    model = cyclegan(f"loss/adversarial={adversarial}", "model.discriminator.norm=layer")
    generator, critic = model.phases
    play = model.generator_losses(HAS, LACKS)
    assert set(play.losses) == set(generator.terms)
    assert set(model.critic_losses(HAS, LACKS, **play.kept)) == set(critic.terms)


def test_the_identity_term_can_be_left_out() -> None:
    model = cyclegan("model.identity=false", "~model.weights.generator.identity")
    assert set(model.generator_losses(HAS, LACKS).losses) == {"adversarial", "cycle"}


def test_one_attribute_is_what_it_edits() -> None:
    with pytest.raises(UserError, match="CycleGAN edits exactly one attribute"):
        build("cyclegan", attributes=("Eyeglasses", "Smiling"))
