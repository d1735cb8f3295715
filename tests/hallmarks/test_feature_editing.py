"""Feature editing's hallmark on editors whose worth is known, before a judge that knows the answers."""

from typing import ClassVar

import pytest
import torch
from torch import Tensor

from facegan.evaluation.asking import DIRECTIONS, VALUE
from facegan.evaluation.twin_cases import fresh_cases
from facegan.hallmarks.base import Measured, Subject
from facegan.hallmarks.feature_editing import FeatureHallmark
from facegan.hallmarks.plan import compose_hallmark, read_plan
from tests.evaluation.editors import SIZE, Change, Editor, knowing_twins

SEED, FACES = 3, 6
NAMES = ("dfi", "manifold_traversal")


class Optimiser(Editor):
    """An editor whose edits count as optimised."""

    optimises: ClassVar[bool] = True


class Oracle:
    """Knows which faces and twins wear glasses, but for one face of each direction, which it takes for the other."""

    def __init__(self) -> None:
        self.known: dict[bytes, bool] = {}
        for direction in DIRECTIONS:
            case = fresh_cases(
                attribute="Eyeglasses",
                direction=direction,
                attributes=("Eyeglasses",),
                count=FACES,
                image_size=SIZE,
                seed=SEED,
            ).at(slice(0, FACES))
            value = bool(VALUE[direction])
            self.known |= {key(face): not value for face in case.source} | {key(face): value for face in case.twin}
            self.known[key(case.source[0])] = value

    def logits(self, images: Tensor, attribute: str) -> Tensor:
        return torch.tensor([1.0 if self.known[key(face)] else -1.0 for face in images])


def key(face: Tensor) -> bytes:
    return face.contiguous().numpy().tobytes()


def figures(change: Change, monkeypatch: pytest.MonkeyPatch) -> dict[str, Measured]:
    judge = Oracle()
    monkeypatch.setattr(Subject, "judge", lambda *_: judge)
    subject = Subject(Optimiser(change), seed=SEED)
    return {one.name: one for one in FeatureHallmark(attributes=("Eyeglasses",), faces=FACES).measure(subject)}


def test_the_true_twins_turn_every_face_and_a_face_that_was_judged_right_already_does_not_count(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = figures(knowing_twins(FACES, SEED), monkeypatch)
    for direction in DIRECTIONS:
        turned = found[f"turned_{direction}_Eyeglasses"]
        assert (turned.value, turned.count, turned.lines) == (1, FACES - 1, {"true twins": 1})
        assert found[f"outside_{direction}_Eyeglasses"].value == 0
    assert found["seconds"].count == 2 * FACES
    assert found["seconds"].value > 0


@pytest.mark.parametrize("name", NAMES)
def test_an_editor_that_does_nothing_fails_every_threshold(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    thresholds = read_plan(name, compose_hallmark(name)["hallmark"]).thresholds
    perfect, idle = (figures(change, monkeypatch) for change in (knowing_twins(FACES, SEED), lambda images: images))
    ours = [threshold for threshold in thresholds if threshold.endswith("Eyeglasses")]
    assert ours
    for threshold in ours:
        assert thresholds[threshold].passes(perfect[threshold].value)
        assert not thresholds[threshold].passes(idle[threshold].value)
