"""Each hallmark is passed by an editor that knows the answers, and by none that is idle or broken."""

import copy
from collections.abc import Callable
from functools import cache

import pytest
import torch

from facegan.data.twinfaces import sample
from facegan.evaluation.asking import DIRECTIONS
from facegan.hallmarks.base import Subject
from facegan.hallmarks.breaks import DoNothing
from facegan.hallmarks.genegan import GeneGANHallmark
from facegan.hallmarks.plan import Plan, compose_hallmark, read_plan
from facegan.hallmarks.trial import measured, rows_of
from tests.evaluation.editors import Editor
from tests.hallmarks.drawers import Coder, Drawer, Enlarger, Exchanger, Generator, Marked
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
# Those that generate, enlarge, or edit by attribute vector are passed by models that draw the answer.
DRAWERS: dict[str, type[Drawer]] = {
    "semilatent": Generator, "infogan": Coder, "conditional_cyclegan": Enlarger, "identity_cyclegan": Exchanger,
    "attgan": Drawer, "stargan": Drawer, "vaegan": Drawer,
}  # fmt: skip
NAMES = (*KNOWING, *DRAWERS)
WIDEST = {name: 1500 if name in KNOWING else 1800 for name in NAMES}


@cache
def made(name: str) -> Knowing | Drawer:
    if name in DRAWERS:
        return DRAWERS[name](("Eyeglasses", "Male", "Mustache"), seed=plan_of(name).seed)
    model = KNOWING[name](plan_of(name))
    assert model.image_size == SIZE
    return model


def knowing(name: str) -> Knowing | Drawer:
    """A model that knows the answers, to be broken at will."""
    return copy.deepcopy(made(name))


def asked(model: Knowing | Drawer, plan: Plan) -> Subject:
    return (Marked if isinstance(model, Drawer) else Sure)(model, seed=plan.seed)


def idle(name: str) -> Knowing | Drawer:
    model = knowing(name)
    DoNothing()(model)
    return model


def failed(name: str, model: Knowing | Drawer) -> set[str]:
    """The thresholds that a model fails."""
    plan = plan_of(name)
    with torch.no_grad(), torch.random.fork_rng(devices=[]):
        found = {figure.name: figure.value for figure in measured(plan.hallmark, asked(model, plan))}
    return {name for name, threshold in plan.thresholds.items() if not threshold.passes(found[name])}


@pytest.mark.parametrize("name", NAMES)
def test_a_model_that_knows_the_answers_passes(name: str) -> None:
    assert failed(name, knowing(name)) == set()


@pytest.mark.parametrize(
    ("name", "variant"),
    [
        (name, variant)
        for name in NAMES
        for variant, broken in read_plan(name, compose_hallmark(name)["hallmark"]).broken.items()
        if broken.damage
    ],
)
def test_a_broken_one_fails_what_it_must(name: str, variant: str) -> None:
    model, broken = knowing(name), plan_of(name).broken[variant]
    assert broken.damage
    broken.damage(model)
    assert set(broken.fails) <= failed(name, model)


@pytest.mark.parametrize("name", NAMES)
def test_an_idle_one_fails_everything(name: str) -> None:
    assert failed(name, idle(name)) == set(plan_of(name).thresholds)


@pytest.mark.parametrize("name", KNOWING)
def test_an_idle_one_passes_nothing_by_the_judge_of_a_real_check(name: str) -> None:
    plan = plan_of(name)
    with torch.no_grad():
        rows = rows_of(plan, asked(knowing(name), plan), idle(name))
    assert not [row.name for row in rows if row.caught is False]


@pytest.mark.parametrize("name", NAMES)
def test_its_picture_is_small_and_shows_the_first_faces(name: str) -> None:
    with torch.no_grad():
        picture = plan_of(name).hallmark.picture(asked(knowing(name), plan_of(name)))
    assert 300 < picture.width < WIDEST[name]
    assert picture.height < 1000


def test_genegans_faces_are_aligned_where_they_should_be_and_wear_held_out_styles() -> None:
    plan = plan_of("genegan")
    for wish in (True, False):
        hallmark = GeneGANHallmark(attribute="Eyeglasses", faces=6, eyes_aligned=wish)
        cases, case = hallmark.cases(subject_of(plan), 6)
        for faces, seed in ((case.faces, plan.seed), (cases.exemplars, plan.seed + 1)):
            same = sample(faces.index, seed=seed, split="test", eyes_aligned=wish)
            assert torch.equal(faces.look, same.look)
            other = sample(faces.index, seed=seed, split="test", eyes_aligned=not wish)
            assert not torch.equal(faces.look, other.look)
        assert cases.exemplars.held_out("Eyeglasses").all()
    assert isinstance(plan.hallmark, GeneGANHallmark)
    assert plan.hallmark.eyes_aligned
