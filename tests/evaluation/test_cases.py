"""Cases: fixed, fresh, and with the right answer beside them."""

import pytest
import torch

from facegan.data.twinfaces import ATTRIBUTES, TwinFaces
from facegan.errors import UserError
from facegan.evaluation.cases import PhotoCases
from facegan.evaluation.twin_cases import TwinCase, cases_of, fresh_cases
from tests.data.faces import Numbered

SIZE = 16


def fresh(direction: str, count: int = 12, seed: int = 9) -> TwinCase:
    known = ("Smiling", "Eyeglasses")
    return fresh_cases(
        attribute="Eyeglasses", direction=direction, attributes=known, count=count, image_size=SIZE, seed=seed
    ).at(slice(0, count))


@pytest.mark.parametrize(("direction", "value"), [("adding", 1), ("removing", 0)])
def test_faces_lack_what_they_are_to_get_and_twins_have_it(direction: str, value: int) -> None:
    case, place = fresh(direction), ATTRIBUTES.index("Eyeglasses")
    assert (case.faces.labels[:, place] == 1 - value).all()
    assert case.labels[:, 1].equal(case.faces.labels[:, place])
    assert case.source.shape == case.exemplar.shape == case.twin.shape == (12, 3, SIZE, SIZE)
    outside = ~case.may[:, None].expand_as(case.source)
    assert case.source[outside].equal(case.twin[outside])
    assert (case.source - case.twin).abs().sum() > 0


def test_the_same_faces_every_time_and_others_by_another_seed() -> None:
    assert fresh("adding").source.equal(fresh("adding").source)
    assert fresh("adding", count=4).source.equal(fresh("adding").source[:4])
    assert not fresh("adding").source.equal(fresh("adding", seed=10).source)


def test_exemplars_are_other_faces() -> None:
    adding, removing = fresh("adding"), fresh("removing")
    assert not adding.exemplar.equal(removing.source)


def test_validation_cases_follow_the_runs_own_data() -> None:
    source = TwinFaces(image_size=SIZE, size=60, split="validation", seed=3, blur=1.0)
    case = cases_of(source, "Eyeglasses", "adding", ("Eyeglasses",), 8)
    assert isinstance(case, TwinCase)
    assert case.source.equal(source.render(case.faces))
    wanted = source.labels[case.faces.index][:, ATTRIBUTES.index("Eyeglasses")]
    assert (wanted == 0).all()


def test_photo_cases_take_the_first_that_fit_and_use_few_exemplars_again() -> None:
    source = Numbered(50)
    cases = PhotoCases(source, attribute="Eyeglasses", direction="adding", attributes=("Smiling",), count=100)
    assert cases.index[:4].tolist() == [1, 2, 3, 4]
    assert len(cases) == 40
    assert cases.exemplars[10:12].tolist() == [0, 5]
    case = cases.at(slice(0, 4))
    assert case.labels.flatten().tolist() == [1, 0, 1, 0]
    assert case.source.equal(source.pixels[1:5].float() / 127.5 - 1)


def test_no_face_with_the_value_is_one_clear_line() -> None:
    source = Numbered(50)
    source.labels[:, 1] = 0
    with pytest.raises(UserError, match="no face of 'numbered' has Eyeglasses=1"):
        PhotoCases(source, attribute="Eyeglasses", direction="adding", attributes=("Smiling",), count=4)


def test_chosen_numbers_give_the_same_faces_as_the_slice() -> None:
    cases = fresh_cases(attribute="Bangs", direction="adding", attributes=("Bangs",), count=6, image_size=SIZE, seed=1)
    assert cases.at(torch.tensor([4, 2])).source.equal(cases.at(slice(0, 6)).source[[4, 2]])
