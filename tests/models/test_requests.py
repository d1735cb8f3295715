"""What an edit asks for: values on the way from a face's own to the wanted ones."""

from math import nan
from pathlib import Path

import pytest
import torch

from facegan.errors import UserError
from facegan.models.requests import own, signed, towards
from tests.tiny import tiny_engine


def test_values_are_told_as_minus_one_and_plus_one_and_unknown_ones_as_the_middle() -> None:
    assert signed(torch.tensor([[0.0, 1.0], [nan, 1.5]])).tolist() == [[-1, 1], [0, 2]]


@pytest.mark.parametrize(("strength", "expected"), [(0.0, 0.0), (0.5, 0.5), (1.0, 1.0), (1.5, 1.5)])
def test_strength_goes_from_the_source_to_the_target_and_beyond(strength: float, expected: float) -> None:
    on, off = torch.ones(1, 1), torch.zeros(1, 1)
    assert towards(on, off, strength) == expected
    assert towards(off, on, strength) == 1 - expected


def test_an_unknown_value_is_moved_from_the_opposite_of_the_target() -> None:
    target = torch.tensor([[1.0, 0.0]])
    for source in (torch.tensor([[nan, nan]]), None):
        moved = [towards(target, source, strength).tolist() for strength in (0.0, 0.5, 1.0, 2.0)]
        assert moved == [[[0, 1]], [[0.5, 0.5]], [[1, 0]], [[2, -1]]]


def test_a_face_that_shows_the_target_is_moved_by_what_is_above_one_alone() -> None:
    target = torch.tensor([[1.0, 0.0]])
    for strength in (0.0, 0.5, 1.0):
        assert towards(target, target, strength).tolist() == [[1, 0]]
    assert towards(target, target, 2.0).tolist() == [[2, -1]] == towards(target, 1 - target, 2.0).tolist()


def test_strength_nothing_asks_nothing_of_any_face() -> None:
    source = torch.tensor([[1.0, 0.0, 1.0, 0.0]])
    assert towards(torch.tensor([[1.0, 1.0, 0.0, nan]]), source, 0.0).tolist() == source.tolist()


def test_a_faces_own_attributes_are_its_labels_and_else_the_signs_of_logits() -> None:
    logits = torch.tensor([[3.0, -2.0], [-1.0, 0.0]])
    assert own(None, lambda: logits).tolist() == [[1, 0], [0, 0]]
    assert own(torch.tensor([[nan, 1.0], [1.0, nan]]), lambda: logits).tolist() == [[1, 1], [1, 0]]


def test_logits_are_not_asked_for_where_every_label_is_known() -> None:
    known = torch.tensor([[0.0, 1.0]])
    assert own(known, lambda: pytest.fail("asked")) is known


def test_nan_keeps_the_faces_own_value_whatever_the_strength() -> None:
    assert towards(torch.tensor([[nan, nan]]), torch.tensor([[0.0, 1.0]]), 2.0).tolist() == [[0, 1]]


@pytest.mark.parametrize("name", ["attgan_quickstart", "stargan_quickstart", "identity_cyclegan_quickstart"])
def test_a_batch_of_one_face_is_refused_since_it_holds_no_other(name: str, tmp_path: Path) -> None:
    engine = tiny_engine(name, tmp_path / "run", "trainer.batch_size=1")
    with pytest.raises(UserError, match=r"trainer\.batch_size=2 or more"):
        engine.fit()
