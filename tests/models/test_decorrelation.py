"""Decorrelation by one override, for every model: draws for all, weights and the penalty where they fit."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from facegan.assemble import make_sampler
from facegan.data.batch import FaceBatch
from facegan.errors import UserError
from facegan.losses.independence import PartialCorrelation
from facegan.models.base import Model
from facegan.models.independence import TERM, Independence
from facegan.networks.contracts import encodes
from tests.models.builders import build, faces
from tests.tiny import SMALL, TinySource, states, tiny_config, tiny_engine

DRAWS = "decorrelate.draws=[Eyeglasses,Smiling]"
WEIGHTS = "decorrelate.weights=[Eyeglasses,Smiling]"
PENALTY = ("loss/independence=partial_correlation", "independence.of=[Smiling]", "independence.given=[Eyeglasses]")


class Correlated(TinySource):
    """Nine in ten of those with glasses smile, one in ten of those without."""

    def __init__(self, *, size: int = 200, image_size: int = 16) -> None:
        super().__init__(size=size, image_size=image_size)
        number = torch.arange(size)
        glasses = (number % 2).float()
        self.labels = torch.stack([glasses, torch.where(number % 20 < 2, 1 - glasses, glasses)], dim=1)


def has_codes(name: str) -> bool:
    model = build(name, attributes=tuple(tiny_config(name)["attributes"]))
    return bool(model.code_names) and any(encodes(part) for part in model.parts.values())


@pytest.mark.parametrize("name", SMALL)
def test_every_model_draws_faces_on_which_the_attributes_are_independent(name: str) -> None:
    config, source = tiny_config(name, DRAWS), Correlated()
    model = build(name, attributes=tuple(config["attributes"]))
    sampler = make_sampler(config, source, model)
    for phase in model.phases:
        for stream, draw in phase.draws.items():
            drawn = sampler.batch(stream, draw, 0, len(sampler.pool(draw)))
            glasses, smiling = source.labels[drawn.index].T
            for value in glasses.unique():
                assert smiling[glasses == value].mean().item() == pytest.approx(0.5, abs=0.02)


@pytest.mark.parametrize("name", ["genegan_quickstart", "fader_quickstart"])
def test_decorrelated_draws_resume_exactly(name: str, tmp_path: Path) -> None:
    once = tiny_engine(name, tmp_path / "once", DRAWS, "trainer.images=128")
    once.fit()
    tiny_engine(name, tmp_path / "twice", DRAWS).fit()
    twice = tiny_engine(name, tmp_path / "twice", DRAWS, "trainer.images=128")
    assert twice.progressed.clocks["images"] >= 64
    twice.fit()
    after = states(twice)
    assert all(torch.equal(value, after[key]) for key, value in states(once).items())


@pytest.mark.parametrize("name", SMALL)
def test_who_says_that_its_losses_weigh_faces_does_so_and_who_does_not_is_refused(name: str, tmp_path: Path) -> None:
    config = tiny_config(name, WEIGHTS)
    model = build(name, attributes=tuple(config["attributes"]))
    if not model.weighs_faces:
        with pytest.raises(UserError, match=r"decorrelate\.weights: no loss of .*decorrelate\.draws fits every model"):
            make_sampler(config, Correlated(), model)
        return
    engine = tiny_engine(name, tmp_path / "run", WEIGHTS)
    moved = set()
    for phase in engine.model.phases:
        draws, kept = engine._draws(phase)
        torch.manual_seed(0)
        play = engine.model.play(phase, draws, kept)
        engine.kept[phase.name] = [(draws, play.kept)], dict(engine.steps)
        weighed = play.losses
        for batch in draws.values():
            assert batch.weights is not None
            batch.weights.mul_(3)
        torch.manual_seed(0)
        again = engine.model.play(phase, draws, kept).losses
        moved |= {term for term in weighed if not torch.equal(weighed[term], again[term])}
    assert moved


@pytest.mark.parametrize("name", SMALL)
def test_the_penalty_joins_the_phases_that_train_a_code_or_the_model_is_refused(name: str, tmp_path: Path) -> None:
    if not has_codes(name):
        with pytest.raises(UserError, match="trains no encoder whose code could be independent"):
            tiny_engine(name, tmp_path / "run", *PENALTY)
        return
    engine = tiny_engine(name, tmp_path / "run", *PENALTY, "trainer.batch_size=8")
    joined = [phase for phase in engine.model.phases if TERM in phase.terms]
    assert joined
    for phase in engine.model.phases:
        before = states(engine)
        engine.play(phase)
        after = states(engine)
        names = [key for key, _ in engine.model.named_parameters()]
        assert {key.split(".")[0] for key in names if not torch.equal(before[key], after[key])} == set(phase.trains)
    engine.meter.check()


@pytest.mark.parametrize("name", SMALL)
def test_the_penalty_alone_moves_encoders_and_lowers_what_the_code_tells(name: str, tmp_path: Path) -> None:
    if not has_codes(name):
        return
    engine = tiny_engine(name, tmp_path / "run", *PENALTY, "trainer.batch_size=8")
    model = engine.model
    for phase in model.phases:
        if TERM in phase.terms:
            break
        engine.play(phase)  # the penalised one may take its faces from this
    engine._set_modes(phase)
    draws, _ = engine._draws(phase)
    assert model.independence is not None
    term = model.independence(model.codes_of, draws)
    assert 0 <= term <= 1
    parts = {key: part for key, part in model.parts.items() if key in phase.trains and encodes(part)}
    gradients = torch.autograd.grad(term, [p for part in parts.values() for p in part.parameters()], allow_unused=True)
    assert any(gradient is not None and gradient.abs().sum() > 0 for gradient in gradients)


def test_by_default_each_attribute_is_told_apart_from_the_others() -> None:
    wish = Independence(loss=PartialCorrelation(), attributes=("A", "B", "C"))
    assert wish.given == {"A": ("B", "C"), "B": ("A", "C"), "C": ("A", "B")}
    assert wish.names == ("A", "B", "C")
    outside = Independence(loss=PartialCorrelation(), attributes=("A",), of=["D"])
    assert outside.given == {"D": ("A",)}
    assert outside.names == ("D", "A")


def test_the_term_is_the_mean_over_attributes_of_what_the_code_tells_in_all_draws() -> None:
    one, two = faces(6, attributes=2), faces(6, attributes=2, seed=2)
    loss = PartialCorrelation()
    wish = Independence(loss=loss, attributes=("A", "B"), code="second")
    draws = {"one": with_context(one), "two": with_context(two)}
    found = wish(lambda images: {"first": images, "second": images[:, :, 0]}, draws)
    code, labels = torch.cat([one.images, two.images])[:, :, 0], torch.cat([one.attributes, two.attributes])
    wanted = (loss(code, labels[:, 0], labels[:, 1:]) + loss(code, labels[:, 1], labels[:, :1])) / 2
    torch.testing.assert_close(found, wanted)


def with_context(batch: FaceBatch) -> FaceBatch:
    return replace(batch, context=batch.attributes)


def fader(*overrides: str) -> Model:
    return build("fader", *overrides, attributes=("Eyeglasses", "Smiling"))


def test_one_override_is_enough_and_its_weight_is_in_the_one_place() -> None:
    model = fader("loss/independence=hsic", "independence.weight=3")
    assert {name: dict(terms).get(TERM) for name, terms in model.weights.items()} == {"latent": None, "autoencoder": 3}
    assert build("genegan", "loss/independence=hsic", "independence.of=[Male]", "independence.code=own").independence


def test_the_weight_may_follow_a_schedule() -> None:
    schedule = (
        "independence.weight={_target_: facegan.models.schedules.Linear, clock: images, first: 0, last: 1, over: 9}"
    )
    assert callable(fader("loss/independence=hsic", schedule).weights["autoencoder"][TERM])


@pytest.mark.parametrize(
    ("override", "line"),
    [
        ("independence.code=own", r"independence\.code=own: Fader has the codes \['code'\]"),
        ("independence.of=[Smiling,Smiling]", "name attributes, each once"),
        ("independence.of=[]", "name attributes, each once"),
    ],
)
def test_a_wish_that_cannot_be_met_is_one_line(override: str, line: str) -> None:
    with pytest.raises(UserError, match=line):
        fader("loss/independence=hsic", override)


def test_without_context_the_penalty_says_what_it_misses() -> None:
    model = fader("loss/independence=hsic")
    with pytest.raises(ValueError, match=r"needs the labels \['Eyeglasses', 'Smiling'\] in FaceBatch.context"):
        model.play(model.phases[1], {"faces": faces(attributes=2)})
