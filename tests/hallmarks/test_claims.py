"""Each hallmark is passed by an editor that knows the answers, and by none that is idle or broken."""

import copy
from collections.abc import Callable
from functools import cache

import pytest
import torch

from facegan.evaluation.asking import DIRECTIONS
from facegan.hallmarks.breaks import DoNothing
from facegan.hallmarks.genegan import GeneGANHallmark
from facegan.hallmarks.plan import Plan, compose_hallmark, read_plan
from facegan.hallmarks.trial import rows_of
from tests.evaluation.editors import Editor
from tests.hallmarks.editors import SIZE, Knowing, KnowingStyles, Sure, to_the_median
from tests.hallmarks.tiny import tiny_words


@cache
def plan_of(name: str) -> Plan:
    words = [word for word in tiny_words(name, None) if not word.startswith("train=")]
    return read_plan(name, compose_hallmark(name, tuple(words))["hallmark"])


def subject_of(plan: Plan) -> Sure:
    """Knows nothing yet; only its faces are of use."""
    return Sure(Editor(lambda images: images), seed=plan.seed)


def both_ways(plan: Plan) -> Knowing:
    return Knowing(*(subject_of(plan).cases("Eyeglasses", way, 8) for way in DIRECTIONS))


def to_the_medians(plan: Plan) -> Knowing:
    return Knowing(*(to_the_median(subject_of(plan).cases("Eyeglasses", way, 8)) for way in DIRECTIONS))


def exemplars(plan: Plan) -> Knowing:
    assert isinstance(plan.hallmark, GeneGANHallmark)
    return KnowingStyles(plan.hallmark.cases(subject_of(plan), 8)[1])


KNOWING: dict[str, Callable[[Plan], Knowing]] = {
    "fader": to_the_medians, "residual_images": both_ways, "cyclegan": both_ways, "discogan": both_ways,
    "genegan": exemplars,
}  # fmt: skip


@cache
def knowing(name: str) -> Knowing:
    model = KNOWING[name](plan_of(name))
    assert model.image_size == SIZE
    return model


def failed(name: str, model: Knowing) -> set[str]:
    """The thresholds that a model fails."""
    plan, idle = plan_of(name), copy.deepcopy(knowing(name))
    DoNothing()(idle)
    with torch.no_grad():
        rows = rows_of(plan, Sure(model, seed=plan.seed), idle)
    # Whatever the model, the idle editor beside it passes nothing.
    assert not [row.name for row in rows if row.caught is False]
    return {row.name for row in rows if row.passed is False}


@pytest.mark.parametrize("name", KNOWING)
def test_an_editor_that_knows_the_answers_passes(name: str) -> None:
    assert failed(name, copy.deepcopy(knowing(name))) == set()


@pytest.mark.parametrize(
    ("name", "variant"),
    [
        (name, variant)
        for name in KNOWING
        for variant, broken in read_plan(name, compose_hallmark(name)["hallmark"]).broken.items()
        if broken.damage
    ],
)
def test_a_broken_one_fails_what_it_must(name: str, variant: str) -> None:
    model, broken = copy.deepcopy(knowing(name)), plan_of(name).broken[variant]
    assert broken.damage
    broken.damage(model)
    assert set(broken.fails) <= failed(name, model)


@pytest.mark.parametrize("name", KNOWING)
def test_an_idle_one_fails_everything(name: str) -> None:
    idle = copy.deepcopy(knowing(name))
    DoNothing()(idle)
    assert failed(name, idle) == set(plan_of(name).thresholds)


@pytest.mark.parametrize("name", KNOWING)
def test_its_picture_is_small_and_shows_the_first_faces(name: str) -> None:
    plan = plan_of(name)
    with torch.no_grad():
        picture = plan.hallmark.picture(Sure(knowing(name), seed=plan.seed))
    assert 300 < picture.width < 1500
    assert picture.height < 1000
