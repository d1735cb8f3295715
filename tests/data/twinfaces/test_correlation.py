"""Marginals and correlations of labels."""

import pytest
import torch

from facegan.data.twinfaces import ATTRIBUTES, sample
from facegan.data.twinfaces.labels import MARGINALS, joint, phi_range

MALE, MUSTACHE, GOATEE = (ATTRIBUTES.index(n) for n in ("Male", "Mustache", "Goatee"))


def _phi(a: torch.Tensor, b: torch.Tensor) -> float:
    return float(torch.corrcoef(torch.stack([a, b]))[0, 1])


def test_the_table_is_exact() -> None:
    table = joint(0.5, 0.3, 0.4)
    assert torch.allclose(table.sum(dim=1), torch.tensor([0.5, 0.5], dtype=torch.float64))
    assert torch.allclose(table.sum(dim=0), torch.tensor([0.7, 0.3], dtype=torch.float64))
    width = (0.5 * 0.5 * 0.3 * 0.7) ** 0.5
    assert float((table[1, 1] - 0.15) / width) == pytest.approx(0.4)


def test_at_the_bound_a_cell_is_empty() -> None:
    low, high = phi_range(0.5, 0.3)
    assert float(joint(0.5, 0.3, high)[0, 1]) == 0.0
    assert float(joint(0.5, 0.3, low)[1, 1]) == 0.0
    labels = sample(torch.arange(4000), seed=0, phi={"Male-Mustache": high}).labels
    assert not ((labels[:, MALE] == 0) & (labels[:, MUSTACHE] == 1)).any()
    assert float(labels[:, MUSTACHE].mean()) == pytest.approx(0.3, abs=0.025)


def test_marginals_hold_and_labels_are_independent_by_default() -> None:
    labels = sample(torch.arange(8000), seed=2).labels
    wanted = torch.tensor([MARGINALS[name] for name in ATTRIBUTES])
    assert (labels.mean(dim=0) - wanted).abs().max() < 0.02
    assert torch.corrcoef(labels.T).fill_diagonal_(0).abs().max() < 0.045


def test_a_chain_of_pairs_holds_phi_and_marginals() -> None:
    labels = sample(torch.arange(8000), seed=0, phi={"Male-Mustache": 0.5, "Mustache-Goatee": -0.3}).labels
    assert _phi(labels[:, MALE], labels[:, MUSTACHE]) == pytest.approx(0.5, abs=0.03)
    assert _phi(labels[:, MUSTACHE], labels[:, GOATEE]) == pytest.approx(-0.3, abs=0.03)
    wanted = torch.tensor([MARGINALS[name] for name in ATTRIBUTES])
    assert (labels.mean(dim=0) - wanted).abs().max() < 0.02


def test_correlation_leaves_the_rest_of_a_face_alone() -> None:
    plain, tied = sample(torch.arange(20), seed=0), sample(torch.arange(20), seed=0, phi={"Male-Mustache": 0.5})
    assert torch.equal(plain.look, tied.look)
    assert torch.equal(plain.styles, tied.styles)


def test_every_pair_of_labels_comes_up() -> None:
    labels = sample(torch.arange(4000), seed=0).labels
    for value in (0.0, 1.0):
        for other in (0.0, 1.0):
            counts = (labels == value).float().T @ (labels == other).float()
            assert (counts.fill_diagonal_(99) > 50).all()


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"phi": {"Male-Mustache": 0.9}}, r"phi: Male-Mustache=0.9 cannot be had .* between -0.655 and 0.655 fits"),
        ({"phi": {"Male": 0.5}}, "names no pair"),
        ({"phi": {"Male-Beard": 0.5}}, "unknown attribute 'Beard'"),
        ({"phi": {"Male-Young": 0.1, "Young-Bangs": 0.1, "Bangs-Male": 0.1}}, "closes a loop"),
        ({"marginals": {"Male": 1.5}}, "Male=1.5 is no share"),
        ({"marginals": {"Beard": 0.5}}, "unknown attribute 'Beard'"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(settings, words) -> None:
    with pytest.raises(ValueError, match=words) as caught:
        sample(torch.arange(2), seed=0, **settings)
    assert "\n" not in str(caught.value)
