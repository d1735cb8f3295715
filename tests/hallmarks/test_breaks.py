"""Breaks change one model's verbs, and no others'; thresholds know their direction."""

import inspect
import math

import pytest
import torch
from torch import Tensor

from facegan.errors import UserError
from facegan.hallmarks.breaks import DoNothing, ExemplarIgnored, NoWayBack, NoWayThere, StrengthIgnored, WholeCodeTaken
from facegan.hallmarks.thresholds import Threshold, read_thresholds
from facegan.models.base import Model, verb


class Adder(Model):
    """Adds strength, or the mean of the exemplar."""

    paper, verb_parts = "none", ()

    @verb
    def edit(self, images: Tensor, target: Tensor, strength: float = 1.0) -> Tensor:
        return images + 0.1 * strength * target.view(-1, 1, 1, 1)

    @verb
    def transfer(self, images: Tensor, exemplars: Tensor, attribute: str) -> Tensor:
        return images + exemplars.mean((1, 2, 3), keepdim=True)

    @verb
    def generate(self, attributes: Tensor, seed: int = 0) -> Tensor:
        return torch.ones(len(attributes), 3, 4, 4)

    @verb
    def upscale(self, low: Tensor, attributes: Tensor) -> Tensor:
        return torch.ones(len(low), 3, 4, 4)


IMAGES, EXEMPLARS = torch.zeros(3, 3, 4, 4), torch.linspace(0, 0.5, 3).view(3, 1, 1, 1).expand(3, 3, 4, 4)
ON, OFF = torch.ones(3, 1), torch.zeros(3, 1)


def adder() -> Adder:
    return Adder(image_size=4, attributes=("Smiling",), weights={})


def test_an_idle_model_answers_every_verb_and_moves_nothing() -> None:
    model = adder()
    before = inspect.signature(model.edit)
    DoNothing()(model)
    assert torch.equal(model.edit(IMAGES, ON, strength=2.0), IMAGES)
    assert torch.equal(model.transfer(IMAGES, EXEMPLARS, "Smiling"), IMAGES)
    assert model.generate(ON, seed=3).abs().max() == 0
    low = torch.rand(2, 3, 2, 2)
    assert model.upscale(low, ON[:2]).shape == (2, 3, 4, 4)
    assert model.verbs == adder().verbs  # none is added, none is lost
    assert inspect.signature(model.edit) == before  # so that Asked still finds what to tell it
    assert adder().edit(IMAGES, ON).max() > 0


def test_a_strength_that_is_ignored() -> None:
    model = adder()
    StrengthIgnored()(model)
    once, twice = (model.edit(IMAGES, ON, strength=strength) for strength in (0.0, 2.0))
    assert torch.equal(once, twice)
    assert once.max() > 0


def test_an_exemplar_that_is_ignored() -> None:
    model = adder()
    ExemplarIgnored()(model)
    given = model.transfer(IMAGES, EXEMPLARS + 0.1, "Smiling")
    assert torch.equal(given, given[:1].expand_as(given))


def test_a_code_that_is_taken_whole() -> None:
    model = adder()
    WholeCodeTaken()(model)
    assert torch.equal(model.transfer(IMAGES, EXEMPLARS, "Smiling"), EXEMPLARS)


def test_ways_that_are_closed() -> None:
    there, back = adder(), adder()
    NoWayThere()(there)
    NoWayBack()(back)
    moved = 0.1 + IMAGES
    assert torch.equal(there.edit(IMAGES, ON), IMAGES)
    assert torch.equal(back.edit(moved, OFF), moved)
    assert torch.equal(back.edit(IMAGES, ON), adder().edit(IMAGES, ON))


@pytest.mark.parametrize(
    ("threshold", "good", "bad"),
    [
        (Threshold(at_least=0.5), 0.5, 0.49),
        (Threshold(at_most=0.5), 0.5, 0.51),
        (Threshold(at_least=0.4, at_most=0.6), 0.5, 0.7),
        (Threshold(at_least=0.4, at_most=0.6), 0.4, 0.3),
        (Threshold(at_most=1.0), -3.0, math.nan),
        (Threshold(at_least=0.0), 1.0, math.nan),
    ],
)
def test_thresholds_have_a_direction(threshold: Threshold, good: float, bad: float) -> None:
    assert threshold.passes(good)
    assert not threshold.passes(bad)


@pytest.mark.parametrize("node", [{"x": {}}, {"x": {"least": 1}}, {"x": 3}])
def test_a_threshold_that_says_nothing_is_refused(node: dict[str, object]) -> None:
    with pytest.raises(UserError, match=r"hallmark\.thresholds\.x"):
        read_thresholds(node)
