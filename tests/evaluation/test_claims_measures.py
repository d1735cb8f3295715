"""The measures that hallmarks use: known answers on pictures made by hand."""

import math

import pytest
import torch

from facegan.evaluation.measures.degree import degree
from facegan.evaluation.measures.inside import inside
from facegan.evaluation.measures.leftover import FAINT, leftover, with_noise
from facegan.evaluation.measures.probe import probe
from facegan.evaluation.measures.retrieval import retrieval, variety

GENERATOR = torch.Generator().manual_seed(8)
SOURCE = torch.rand(4, 3, 8, 8, generator=GENERATOR) - 0.5
TWIN = SOURCE + torch.rand(4, 3, 8, 8, generator=GENERATOR) * 0.4
MAY = torch.zeros(4, 8, 8, dtype=torch.bool)
MAY[:, :4] = True
EVERYWHERE = torch.ones_like(MAY)


@pytest.mark.parametrize("share", [-0.5, 0.0, 0.5, 1.0, 2.5])
def test_degree_is_how_far_an_edit_went_and_has_no_end(share: float) -> None:
    edited = SOURCE + share * (TWIN - SOURCE)
    assert degree(edited, SOURCE, TWIN, SOURCE, MAY).pooled == pytest.approx(share, abs=1e-6)


def test_degree_counts_from_the_edit_at_strength_zero_and_inside_alone() -> None:
    base = SOURCE + 0.3
    edited = base + TWIN - SOURCE
    edited[:, :, 4:] = 1.0
    assert degree(edited, base, TWIN, SOURCE, MAY).pooled == pytest.approx(1.0, abs=1e-6)
    assert degree(base, base, SOURCE, SOURCE, MAY).count == 0


def test_the_share_inside_is_of_what_moved() -> None:
    edited = SOURCE.clone()
    edited[:, :, 2:6] += 0.1  # two rows of four lie inside
    assert inside(edited, SOURCE, MAY).pooled == pytest.approx(0.5, abs=1e-5)
    assert inside(edited, SOURCE, EVERYWHERE).pooled == 1.0
    assert math.isnan(inside(SOURCE, SOURCE, MAY).pooled)


def test_what_is_left_of_an_edit() -> None:
    there = SOURCE + 0.2
    assert leftover(SOURCE, there, SOURCE).pooled == 0
    assert leftover(there, there, SOURCE).pooled == 1
    assert leftover(SOURCE + 0.05, there, SOURCE).pooled == pytest.approx(0.25, abs=1e-5)
    assert math.isnan(leftover(SOURCE, SOURCE, SOURCE).pooled)


def test_noise_is_faint_and_always_the_same() -> None:
    flat = torch.zeros(8, 3, 32, 32)
    noisy = with_noise(flat, seed=3)
    assert torch.equal(noisy, with_noise(flat, seed=3))
    assert not torch.equal(noisy, with_noise(flat, seed=4))
    assert float(noisy.std()) == pytest.approx(FAINT, rel=0.05)
    assert with_noise(flat + 1, seed=3).max() <= 1


def test_the_nearest_style_is_retrieved_inside_alone() -> None:
    others = [SOURCE - 0.3, SOURCE + 0.9]
    assert retrieval(TWIN, [TWIN, *others], MAY).pooled == 1
    assert retrieval(others[0], [TWIN, *others], MAY).pooled == 0
    spoiled = TWIN.clone()
    spoiled[:, :, 4:] = -1
    assert retrieval(spoiled, [TWIN, *others], MAY).pooled == 1
    assert retrieval(TWIN, [TWIN, TWIN], MAY).pooled == 0  # a tie is no find


def test_variety_counts_the_styles_that_come_up() -> None:
    styles = [SOURCE + 0.1 * number for number in range(4)]
    each = torch.stack([styles[number][number] for number in range(4)])
    assert variety(each, styles, MAY) == pytest.approx(4)
    assert variety(styles[2], styles, MAY) == pytest.approx(1)


def test_a_probe_finds_what_a_code_tells_and_no_more() -> None:
    labels = torch.rand(600, generator=GENERATOR).lt(0.3).float()  # rare: accuracy alone would look good
    blind = torch.randn(600, 2, 3, generator=GENERATOR)
    telling = blind.clone()
    telling[:, 1, 2] += 4 * labels
    found = {
        name: probe(codes[:400], labels[:400], codes[400:], labels[400:], seed=1, steps=150)
        for name, codes in {"telling": telling, "blind": blind}.items()
    }
    assert found["telling"].pooled > 0.9
    assert 0.35 < found["blind"].pooled < 0.65
    assert found["blind"].count == 200


def test_a_probe_leaves_the_callers_random_numbers_alone() -> None:
    codes, labels = torch.randn(40, 3), torch.arange(40).remainder(2).float()
    before = torch.get_rng_state()
    first = probe(codes, labels, codes, labels, seed=1, steps=5)
    assert torch.equal(before, torch.get_rng_state())
    assert torch.equal(first.above, probe(codes, labels, codes, labels, seed=1, steps=5).above)
