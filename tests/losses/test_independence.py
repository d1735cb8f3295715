"""Dependence of a code on an attribute, given others: hand-computed values, bounds, gradients, unknown labels."""

import math
from pathlib import Path

import pytest
import torch
from hydra.utils import instantiate
from omegaconf import OmegaConf
from torch import Tensor

from facegan.losses.independence import Dependence, PartialCorrelation, StratifiedHSIC

FILES = sorted((Path(__file__).parents[2] / "conf" / "loss" / "independence").glob("*.yaml"))
LOSSES = [PartialCorrelation(), StratifiedHSIC()]
NOTHING = torch.zeros(8, 0, dtype=torch.float64)
every_loss = pytest.mark.parametrize("loss", LOSSES, ids=lambda loss: type(loss).__name__)


def normal(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))


def bits(count: int, *, share: float = 0.5, seed: int = 1) -> Tensor:
    return (torch.rand(count, generator=torch.Generator().manual_seed(seed)) < share).double()


def column(*values: float) -> Tensor:
    return torch.tensor(values, dtype=torch.float64)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_file_is_one_choice_with_its_weight(file: Path) -> None:
    assert file.read_text().startswith("# @package independence\n")
    config = OmegaConf.load(file)
    assert set(config) == {"loss", "weight"}
    assert isinstance(instantiate(config["loss"]), Dependence)
    assert config["weight"] > 0


def test_the_squared_correlation_has_its_hand_computed_value() -> None:
    code, label = column(0, 1, 2, 3)[:, None], column(0, 0, 1, 1)
    # covariance 1/2, variances 5/4 and 1/4: squared correlation 1/4 / (5/16) = 4/5; a column without any halves it
    assert PartialCorrelation()(code, label, NOTHING[:4]).item() == pytest.approx(0.8, abs=1e-6)
    other = torch.cat([code, column(1, -1, 1, -1)[:, None]], dim=1)
    assert PartialCorrelation()(other, label, NOTHING[:4]).item() == pytest.approx(0.4, abs=1e-6)


def test_the_squared_partial_correlation_has_its_hand_computed_value() -> None:
    """Within the strata of b = 0 0 0 1 1 1 what is left of a is 1 1 -2, -1 2 -1 (thirds), of c 0 2 -2, 1 -2 1."""
    label, given = column(1, 1, 0, 0, 1, 0), column(0, 0, 0, 1, 1, 1)[:, None]
    code = column(5, 7, 3, 2, -1, 2)[:, None]
    assert PartialCorrelation()(code, label, given).item() == pytest.approx(0, abs=1e-6)
    code = column(7, 7, 4, 1, 4, 1)[:, None]
    assert PartialCorrelation()(code, label, given).item() == pytest.approx(1, abs=1e-6)


def test_the_kernel_criterion_has_its_hand_computed_value() -> None:
    """Two pairs of equal codes, told apart by the label: squared distances 0 and 1, mean 1/2, so the kernel is 1, e^-2.

    Centred it is (1 - e^-2) / 2 times the sign pattern of the label, and so is the label's kernel: the answer is 1.
    """
    code, label = column(0, 0, 1, 1)[:, None], column(0, 0, 1, 1)
    assert StratifiedHSIC()(code, label, NOTHING[:4]).item() == pytest.approx(1, abs=1e-6)
    assert StratifiedHSIC()(code, column(0, 1, 0, 1), NOTHING[:4]).item() == pytest.approx(0, abs=1e-6)


def test_the_kernel_criterion_is_that_of_its_definition() -> None:
    code, label, given = normal(24, 3), bits(24), bits(24, seed=2)
    squares = torch.cdist(code, code).square() / 3
    together = given[:, None] == given[None]
    width = squares[together].mean()
    products, squared, variance = [], [], []
    for value in (0, 1):
        here = given == value
        count = int(here.sum())
        centring = torch.eye(count, dtype=torch.float64) - 1 / count
        kernel = centring @ torch.exp(-squares[here][:, here] / width) @ centring
        linear = centring @ torch.outer(label[here], label[here]) @ centring
        products.append((kernel * linear).sum())
        squared.append(kernel.square().sum())
        variance.append(linear.trace())
    wanted = sum(products) / (sum(squared) ** 0.5 * sum(variance))
    torch.testing.assert_close(StratifiedHSIC()(code, label, given[:, None]), wanted, rtol=1e-6, atol=0)


@every_loss
def test_dependence_that_the_given_attribute_explains_costs_next_to_nothing(loss: Dependence) -> None:
    """b drives both code and a: without b they depend, given b they do not."""
    given = bits(400)
    label = torch.where(torch.rand(400, generator=torch.Generator().manual_seed(5)) < 0.85, given, 1 - given)
    code = 3 * given[:, None] + normal(400, 4)
    assert loss(code, label, torch.zeros(400, 0)) > 0.05
    assert loss(code, label, given[:, None]) < 0.01
    assert loss(code + 3 * label[:, None], label, given[:, None]) > 0.05


def test_only_the_kernel_criterion_sees_what_is_not_linear() -> None:
    label = bits(400)
    code = (1 + 2 * label[:, None]) * normal(400, 1).sign() + 0.1 * normal(400, 1, seed=3)
    assert PartialCorrelation()(code, label, torch.zeros(400, 0)) < 0.01
    assert StratifiedHSIC()(code, label, torch.zeros(400, 0)) > 0.1


@every_loss
@pytest.mark.parametrize("seed", range(6))
def test_it_stays_between_0_and_1_and_ignores_scale_and_shift(loss: Dependence, seed: int) -> None:
    given = torch.stack([bits(9, seed=seed), bits(9, seed=seed + 50)], dim=1)
    label, code = bits(9, seed=seed + 20), normal(9, 2, 3, seed=seed)
    found = loss(code, label, given)
    assert -1e-9 <= found <= 1
    torch.testing.assert_close(loss(7 * code + 3, label, given), found, rtol=1e-4, atol=1e-6)
    assert loss(label[:, None] + 1e-3 * code.flatten(1), label, torch.zeros(9, 0)) <= 1


@every_loss
@pytest.mark.parametrize("known", [True, False])
def test_numerical_gradients_agree(loss: Dependence, known: bool) -> None:
    label, given = bits(8, seed=4), bits(8, seed=5)[:, None]
    if not known:
        label[2], given[5] = math.nan, math.nan
    code = normal(8, 3).requires_grad_()
    assert torch.autograd.gradcheck(lambda value: loss(value, label, given), (code,))


@every_loss
def test_a_face_with_an_unknown_label_is_left_out(loss: Dependence) -> None:
    label, given, code = bits(12, seed=6), bits(12, seed=7)[:, None], normal(12, 3)
    unknown, lost = label.clone(), given.clone()
    unknown[3], lost[8] = math.nan, math.nan
    rest = [n for n in range(12) if n not in (3, 8)]
    torch.testing.assert_close(loss(code, unknown, lost), loss(code[rest], label[rest], given[rest]))


@every_loss
def test_what_cannot_be_told_costs_nothing_and_gives_no_gradient(loss: Dependence) -> None:
    code = normal(6, 2).requires_grad_()
    nobody = torch.full((6,), math.nan, dtype=torch.float64)
    determined = bits(6)
    for label, given in (
        (nobody, NOTHING[:6]),
        (torch.ones(6), NOTHING[:6]),
        (determined, determined[:, None]),
        (column(0, 1, *[math.nan] * 4), NOTHING[:6]),
    ):
        found = loss(code, label, given)
        (gradient,) = torch.autograd.grad(found, code)
        assert found.item() == 0
        assert not gradient.any()


@every_loss
def test_a_code_that_collapsed_has_a_finite_gradient(loss: Dependence) -> None:
    code = torch.ones(8, 3, requires_grad=True)
    (gradient,) = torch.autograd.grad(loss(code, bits(8), NOTHING), code)
    assert gradient.isfinite().all()


@every_loss
def test_lowering_it_makes_the_code_forget(loss: Dependence) -> None:
    label, code = bits(40), normal(40, 2)
    code = (code + 2 * label[:, None]).requires_grad_()
    optimizer = torch.optim.Adam([code], lr=0.05)
    before = loss(code, label, torch.zeros(40, 0)).item()
    for _ in range(60):
        optimizer.zero_grad()
        loss(code, label, torch.zeros(40, 0)).backward()
        optimizer.step()
    assert loss(code, label, torch.zeros(40, 0)).item() < before / 10


@every_loss
def test_it_is_computed_in_float32_under_autocast(loss: Dependence) -> None:
    code, label = normal(16, 5).float(), bits(16)
    expected = loss(code, label, torch.zeros(16, 0))
    with torch.autocast("cpu", dtype=torch.bfloat16):
        found = loss(code, label, torch.zeros(16, 0))
    assert found.dtype == torch.float32
    assert torch.equal(found, expected)


@every_loss
def test_faces_that_do_not_match_are_refused(loss: Dependence) -> None:
    with pytest.raises(ValueError, match="4 codes, 3 labels and 4 given"):
        loss(torch.zeros(4, 2), torch.zeros(3), torch.zeros(4, 1))
