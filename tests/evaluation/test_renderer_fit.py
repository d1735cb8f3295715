"""Success by renderer fit: no judge, nothing learned, and its own errors stated."""

from collections.abc import Mapping

import pytest
import torch
from torch import Tensor

from facegan.evaluation.measures.fit import fit_margin
from facegan.evaluation.renderer_fit import Exam, add_fit, exam_of, fit_facts
from facegan.evaluation.result import Tally
from facegan.evaluation.twin_cases import TwinCase, fresh_cases

SIZE = 32
FACES = 8
GLASSES = "Eyeglasses"


def case_of(direction: str) -> TwinCase:
    return fresh_cases(
        attribute=GLASSES, direction=direction, attributes=(GLASSES,), count=FACES, image_size=SIZE, seed=5
    ).at(slice(0, FACES))  # type: ignore[arg-type]


def success(direction: str, images: Mapping[str, Tensor]) -> tuple[Mapping[str, float], list[Exam]]:
    tally = Tally(GLASSES, direction)  # type: ignore[arg-type]
    add_fit(case_of(direction), tally, images, 16)
    return {figure.line: figure.value for figure in tally.figures()}, exam_of(tally)


def test_the_margin_is_the_nearer_drawings() -> None:
    image, other = torch.full((2, 3, 4, 4), 0.5), torch.zeros(2, 3, 4, 4)
    may = torch.ones(2, 4, 4, dtype=torch.bool)
    may[1] = False
    assert fit_margin(image, [other, image], [other], may).tolist() == [1.0, 0.0]
    assert fit_margin(image, [other], [image], may).tolist() == [-1.0, 0.0]
    near = torch.full_like(image, 0.4)
    assert fit_margin(image, [near], [other], may)[0] == pytest.approx((0.5 - 0.1) / 0.6)


@pytest.mark.parametrize("direction", ["adding", "removing"])
def test_a_true_twin_succeeds_and_the_untouched_face_does_not(direction: str) -> None:
    case = case_of(direction)
    speck = case.source.clone()
    speck[:, :, :3, :3] = 1.0
    found, exams = success(direction, {"model": case.twin, "nothing": case.source, "paper": speck})
    assert found["model"] >= 7 / 8
    assert found["nothing"] <= 2 / 8  # faint glasses are nearer to none than to any other glasses
    assert found["paper"] == found["nothing"]
    told = fit_facts(exams)["fit"]["accuracy"][GLASSES]
    assert (told["having"], told["lacking"]) == (FACES, FACES)
    assert told["balanced"] >= 6 / 8
    assert sum(told["confusion"].values()) == 2 * FACES


def test_an_exam_of_both_directions_is_one() -> None:
    margins = torch.tensor([[0.5, 0.5, 0.5], [-0.5, -0.5, 0.5]])
    exams = [Exam(GLASSES, margins, torch.tensor([1, 0])), Exam(GLASSES, margins, torch.tensor([0, 0]))]
    told = fit_facts(exams)["fit"]["accuracy"][GLASSES]
    assert (told["having"], told["lacking"]) == (1, 3)
    assert told["specificity"] == pytest.approx(2 / 3)
    assert (told["alarms"], told["silences"]) == (pytest.approx(1 / 3), 0.0)  # blurred, the other two look worn


def test_the_first_faces_only_are_drawn_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("facegan.evaluation.renderer_fit.FACES", 5)
    case, tally = case_of("adding"), Tally(GLASSES, "adding")
    for _ in range(2):
        add_fit(case, tally, {"model": case.twin}, 2)
    assert [figure.count for figure in tally.figures()] == [5]


def test_where_nothing_was_asked_nothing_is_said() -> None:
    assert exam_of(Tally(GLASSES, "adding")) == []
    assert fit_facts([]) == {}
