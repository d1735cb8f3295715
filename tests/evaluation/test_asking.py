"""Models are asked through the verbs that they have, with the options that these know."""

from typing import ClassVar

import pytest
import torch
from torch import Tensor

from facegan.attributes import UnknownAttributeError
from facegan.evaluation.asking import Asked
from facegan.models.base import Model, verb
from tests.evaluation.editors import Editor, Transferer

IMAGES, LABELS = torch.zeros(2, 3, 4, 4), torch.tensor([[0.0], [1.0]])


class Recording(Model):
    """Notes what it was asked."""

    paper: ClassVar[str] = "none"
    verb_parts: ClassVar[tuple[str, ...]] = ()

    def __init__(self) -> None:
        super().__init__(image_size=4, attributes=("Smiling", "Eyeglasses"), weights={})
        self.asked: list[tuple[str, object]] = []

    @verb
    def reconstruct(self, images: Tensor, source: Tensor | None = None) -> Tensor:
        self.asked.append(("reconstruct", source))
        return images

    @verb
    def edit(
        self, images: Tensor, target: Tensor, source: Tensor | None = None, strength: float = 1.0, seed: int = 0
    ) -> Tensor:
        self.asked.append(("edit", (target, source, strength, seed)))
        return images


def test_edit_is_told_one_target_the_true_labels_and_the_strength() -> None:
    model, labels = Recording(), torch.tensor([[1.0, 0.0], [0.0, 0.0]])
    Asked(model, "Eyeglasses", seed=3).change("adding", IMAGES, labels, IMAGES, 2.0)
    ((_, (target, source, strength, seed)),) = model.asked
    assert target[:, 0].isnan().all()
    assert target[:, 1].tolist() == [1.0, 1.0]
    assert source.equal(labels)
    assert (strength, seed) == (2.0, 3)


def test_reconstruct_is_told_the_labels_where_it_wants_them() -> None:
    model = Recording()
    Asked(model, "Smiling").reconstruct(IMAGES, LABELS)
    assert model.asked[0][1].equal(LABELS)


def test_removing_sets_the_attribute_to_0() -> None:
    model = Recording()
    Asked(model, "Smiling").change("removing", IMAGES, LABELS, IMAGES)
    assert model.asked[0][1][0][:, 0].tolist() == [0.0, 0.0]


def test_transfer_adds_and_edit_removes_where_a_model_has_both() -> None:
    asked = Asked(Transferer(lambda images: images), "Eyeglasses")
    assert asked.uses_exemplars("adding")
    assert not asked.uses_exemplars("removing")
    assert not Asked(Editor(lambda images: images), "Eyeglasses").uses_exemplars("adding")


def test_answers_are_pictures() -> None:
    answer = Asked(Editor(lambda images: images + 3), "Eyeglasses").change("adding", IMAGES, LABELS, IMAGES)
    assert answer.max() == 1.0


def test_an_attribute_that_the_model_does_not_know() -> None:
    with pytest.raises(UnknownAttributeError, match="Did you mean 'Eyeglasses'"):
        Asked(Editor(lambda images: images), "Eyeglases")


def test_a_model_that_transfers_persons_is_not_asked_for_attributes() -> None:
    class Swapper(Transferer):
        @property
        def transferable(self) -> tuple[str, ...]:
            return ("identity",)

    asked = Asked(Swapper(lambda images: images), "Eyeglasses")
    assert (asked.transfers, asked.edits) == (False, True)
    assert not asked.uses_exemplars("adding")
