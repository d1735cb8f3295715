"""Hallmarks of systems that generate, enlarge, or edit by attribute vector: passed by models that draw the answer."""

import copy
from functools import cache

import pytest
import torch

from facegan.hallmarks.breaks import DoNothing
from facegan.hallmarks.plan import Plan, compose_hallmark, read_plan
from facegan.hallmarks.trial import measured
from tests.hallmarks.drawers import Coder, Drawer, Enlarger, Exchanger, Generator, Marked
from tests.hallmarks.tiny import tiny_words

DRAWERS: dict[str, type[Drawer]] = {
    "semilatent": Generator, "infogan": Coder, "conditional_cyclegan": Enlarger, "identity_cyclegan": Exchanger,
    "attgan": Drawer, "stargan": Drawer, "vaegan": Drawer,
}  # fmt: skip


@cache
def plan_of(name: str) -> Plan:
    words = [word for word in tiny_words(name, None) if not word.startswith("train=")]
    return read_plan(name, compose_hallmark(name, tuple(words))["hallmark"])


@cache
def drawer(name: str) -> Drawer:
    return DRAWERS[name](("Eyeglasses", "Male", "Mustache"), seed=plan_of(name).seed)


def failed(name: str, model: Drawer) -> set[str]:
    """The thresholds that a model fails."""
    plan = plan_of(name)
    with torch.no_grad(), torch.random.fork_rng(devices=[]):
        found = {figure.name: figure.value for figure in measured(plan.hallmark, Marked(model, seed=plan.seed))}
    return {name for name, threshold in plan.thresholds.items() if not threshold.passes(found[name])}


@pytest.mark.parametrize("name", DRAWERS)
def test_one_that_draws_the_answer_passes(name: str) -> None:
    assert failed(name, copy.deepcopy(drawer(name))) == set()


@pytest.mark.parametrize(
    ("name", "variant"),
    [
        (name, variant)
        for name in DRAWERS
        for variant, broken in read_plan(name, compose_hallmark(name)["hallmark"]).broken.items()
        if broken.damage
    ],
)
def test_a_broken_one_fails_what_it_must(name: str, variant: str) -> None:
    model, broken = copy.deepcopy(drawer(name)), plan_of(name).broken[variant]
    assert broken.damage
    broken.damage(model)
    assert set(broken.fails) <= failed(name, model)


@pytest.mark.parametrize("name", DRAWERS)
def test_an_idle_one_fails_everything(name: str) -> None:
    idle = copy.deepcopy(drawer(name))
    DoNothing()(idle)
    assert failed(name, idle) == set(plan_of(name).thresholds)


@pytest.mark.parametrize("name", DRAWERS)
def test_its_picture_fits_a_page(name: str) -> None:
    with torch.no_grad():
        picture = plan_of(name).hallmark.picture(Marked(drawer(name), seed=plan_of(name).seed))
    assert 300 < picture.width < 1800
    assert picture.height < 1000
