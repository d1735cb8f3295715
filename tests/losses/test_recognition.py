"""Recognition losses: hand-computed values, and labels that are not known."""

import math

import pytest
import torch
from torch import Tensor

from facegan.losses.latent import WrongClass
from facegan.losses.recognition import BinaryRecognition, CategoricalRecognition, Recognition

NAN = math.nan
LABELS = torch.tensor([[1.0, 0.0, NAN], [0.0, NAN, NAN]], dtype=torch.float64)
LOSSES = [BinaryRecognition(), BinaryRecognition(reduction="sum"), CategoricalRecognition(), WrongClass()]


def softplus(x: float) -> float:
    return math.log(1 + math.exp(x))


def logits_for(loss: Recognition | WrongClass, labels: Tensor) -> Tensor:
    noise = torch.Generator().manual_seed(0)
    shape = (len(labels), labels.shape[1] * loss.logits_per_attribute)
    return torch.randn(shape, dtype=torch.float64, generator=noise).requires_grad_()


def test_binary_recognition_has_its_hand_computed_values() -> None:
    logits = torch.tensor([[2.0, -1.0, 9.0], [0.5, 9.0, 9.0]], dtype=torch.float64)
    total = softplus(-2) + softplus(-1) + softplus(0.5)
    assert BinaryRecognition()(logits, LABELS).item() == pytest.approx(total / 3, abs=1e-12)
    assert BinaryRecognition(reduction="sum")(logits, LABELS).item() == pytest.approx(total / 2, abs=1e-12)


def test_categorical_recognition_reads_absent_then_present_for_each_attribute() -> None:
    logits = torch.tensor([[1.0, 4.0, 2.0, -1.0, 9.0, 7.0], [0.0, 2.0, 9.0, 9.0, 9.0, 9.0]], dtype=torch.float64)
    right = softplus(-3) + softplus(-3) + softplus(2)
    wrong = softplus(3) + softplus(3) + softplus(-2)
    assert CategoricalRecognition()(logits, LABELS).item() == pytest.approx(right / 2, abs=1e-12)
    assert WrongClass()(logits, LABELS).item() == pytest.approx(wrong / 2, abs=1e-12)


def test_an_undecided_latent_discriminator_costs_log_2_for_each_attribute() -> None:
    logits, labels = torch.zeros(5, 6), torch.ones(5, 3)
    for loss in (CategoricalRecognition(), WrongClass()):
        assert loss(logits, labels).item() == pytest.approx(3 * math.log(2))


@pytest.mark.parametrize("loss", LOSSES)
def test_numerical_gradients_agree_under_a_mask(loss: Recognition | WrongClass) -> None:
    assert torch.autograd.gradcheck(lambda logits: loss(logits, LABELS), (logits_for(loss, LABELS),))


@pytest.mark.parametrize("loss", LOSSES)
def test_unknown_labels_get_no_gradient_and_known_ones_do(loss: Recognition | WrongClass) -> None:
    logits = logits_for(loss, LABELS)
    result = loss(logits, LABELS)
    (gradient,) = torch.autograd.grad(result, logits)
    moved = gradient.view(*LABELS.shape, -1).abs().sum(-1) > 0
    assert result.shape == ()
    assert torch.equal(moved, ~LABELS.isnan())


@pytest.mark.parametrize("loss", LOSSES)
def test_a_batch_of_unknown_labels_costs_nothing(loss: Recognition | WrongClass) -> None:
    labels = torch.full((2, 3), NAN, dtype=torch.float64)
    logits = logits_for(loss, labels)
    result = loss(logits, labels)
    (gradient,) = torch.autograd.grad(result, logits)
    assert result.item() == 0
    assert torch.equal(gradient, torch.zeros_like(gradient))


@pytest.mark.parametrize("loss", LOSSES)
def test_logits_that_do_not_fit_the_labels_are_refused(loss: Recognition | WrongClass) -> None:
    with pytest.raises(ValueError, match=r"labels \(2, 3\) need logits .* got \(2, 5\)"):
        loss(torch.zeros(2, 5), LABELS)


def test_the_right_answer_is_cheaper_than_the_wrong_one() -> None:
    labels = torch.tensor([[1.0, 0.0]])
    one, two = torch.tensor([[5.0, -5.0]]), torch.tensor([[-5.0, 5.0, 5.0, -5.0]])
    assert BinaryRecognition()(one, labels) < 0.01 < 1 < BinaryRecognition()(-one, labels)
    assert CategoricalRecognition()(two, labels) < 0.01 < 1 < WrongClass()(two, labels)


def test_an_unknown_reduction_is_refused() -> None:
    with pytest.raises(ValueError, match="'mean' or 'sum'"):
        BinaryRecognition(reduction="median")  # type: ignore[arg-type]


@pytest.mark.parametrize("loss", LOSSES)
def test_a_weight_is_what_its_face_counts(loss: Recognition | WrongClass) -> None:
    """Weights of 1 change nothing; a face of weight 2 counts as if it came twice in a batch of as many labels."""
    labels = torch.tensor([[1.0, 0.0, NAN], [0.0, NAN, 1.0], [1.0, 1.0, NAN]], dtype=torch.float64)
    logits = logits_for(loss, labels)
    torch.testing.assert_close(loss(logits, labels, torch.ones(3)), loss(logits, labels))
    chosen = [0, 2, 2]
    torch.testing.assert_close(loss(logits, labels, torch.tensor([1.0, 0, 2])), loss(logits[chosen], labels[chosen]))


@pytest.mark.parametrize("loss", LOSSES)
def test_weights_that_do_not_fit_the_faces_are_refused(loss: Recognition | WrongClass) -> None:
    with pytest.raises(ValueError, match="2 faces need as many weights"):
        loss(logits_for(loss, LABELS), LABELS, torch.ones(3))
