"""What an edit asks for: values on the way from a face's own to the wanted ones."""

from math import nan

import pytest
import torch

from facegan.models.requests import signed, towards


def test_values_are_told_as_minus_one_and_plus_one_and_unknown_ones_as_the_middle() -> None:
    assert signed(torch.tensor([[0.0, 1.0], [nan, 1.5]])).tolist() == [[-1, 1], [0, 2]]


@pytest.mark.parametrize(("strength", "expected"), [(0.0, 0.0), (0.5, 0.5), (1.0, 1.0), (1.5, 1.5)])
def test_strength_goes_from_the_source_to_the_target_and_beyond(strength: float, expected: float) -> None:
    on, off = torch.ones(1, 1), torch.zeros(1, 1)
    assert towards(on, off, strength) == expected
    assert towards(off, on, strength) == 1 - expected


def test_a_face_that_shows_the_target_or_is_unknown_is_moved_from_the_opposite_value() -> None:
    target = torch.tensor([[1.0, 0.0]])
    for source in (target, torch.tensor([[nan, nan]]), None):
        assert towards(target, source, 2.0).tolist() == [[2, -1]]
        assert towards(target, source, 1.0).tolist() == [[1, 0]]


def test_nan_keeps_the_faces_own_value_whatever_the_strength() -> None:
    assert towards(torch.tensor([[nan, nan]]), torch.tensor([[0.0, 1.0]]), 2.0).tolist() == [[0, 1]]
