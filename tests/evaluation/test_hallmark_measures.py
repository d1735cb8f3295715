"""What hallmarks measure of generated and enlarged faces, against values computed by hand."""

import pytest
import torch

from facegan.evaluation.measures.low import low_error
from facegan.evaluation.measures.persons import own_person
from facegan.evaluation.measures.recovered import recovered
from facegan.evaluation.measures.success import balanced_success, judged_success


def test_success_may_be_asked_of_each_face_by_itself() -> None:
    logits = torch.tensor([1.0, 1.0, -1.0, -1.0])
    assert judged_success(logits, torch.tensor([1.0, 0.0, 1.0, 0.0])).each.tolist() == [1, 0, 0, 1]


def test_a_judge_that_always_says_yes_is_half_right_whatever_is_asked_how_often() -> None:
    asked = torch.tensor([1.0, 1.0, 1.0, 0.0])
    assert balanced_success(torch.ones(4), asked).pooled == pytest.approx(0.5)
    assert balanced_success(2 * asked - 1, asked).pooled == pytest.approx(1.0)


def test_low_error_sees_small_pixels_and_nothing_finer() -> None:
    low = torch.zeros(2, 3, 2, 2)
    checkered = torch.tensor([[1.0, -1.0], [-1.0, 1.0]]).repeat(2, 2).expand(2, 3, 4, 4)
    assert low_error(checkered, low).pooled == 0
    assert low_error(checkered + 0.5, low).pooled == pytest.approx(0.25)  # of a range of 2


def test_a_person_is_found_again_among_others() -> None:
    persons = torch.arange(6.0)[:, None]
    assert own_person(persons + 0.4, persons, persons=3).pooled == 1
    assert own_person(persons + 0.6, persons, persons=6).pooled == pytest.approx(1 / 6)  # the last has no neighbour
    assert own_person(torch.zeros(6, 1), torch.zeros(6, 1), persons=6).pooled == 0  # a tie is a miss


def test_a_factor_is_recovered_as_far_as_codes_tell_it() -> None:
    generator = torch.Generator().manual_seed(0)
    codes, noise = torch.randn(4000, 2, generator=generator), torch.randn(4000, generator=generator)
    values = torch.stack([codes[:, 0] ** 2 - codes[:, 1], codes[:, 0] + noise, noise, torch.ones(4000)], dim=1)
    told = recovered(codes, values)
    assert told[0] > 0.99
    assert told[1] == pytest.approx(0.5, abs=0.05)
    assert abs(told[2]) < 0.02
    assert told[3] == 0  # what does not vary cannot be told


def test_codes_that_do_not_vary_tell_nothing() -> None:
    values = torch.randn(100, 1, generator=torch.Generator().manual_seed(0))
    assert recovered(torch.ones(100, 3), values).abs().max() < 0.1
