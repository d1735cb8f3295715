"""Measures against values computed by hand."""

import math

import pytest
import torch

from facegan.evaluation.measures import ABOUT
from facegan.evaluation.measures.entanglement import entanglement, excess, others, pull
from facegan.evaluation.measures.outside import outside
from facegan.evaluation.measures.ratio import Ratio
from facegan.evaluation.measures.reconstruction import psnr, ssim
from facegan.evaluation.measures.success import corrected_success, judged_success
from facegan.evaluation.measures.twin import nearest_style_error, twin_error

FACES = torch.linspace(-1, 1, 2 * 3 * 12 * 12).reshape(2, 3, 12, 12)


def flat(*values: float) -> torch.Tensor:
    """One grey 2 x 2 face per value."""
    return torch.tensor(values).reshape(-1, 1, 1, 1).expand(-1, 3, 2, 2).clone()


def region(*rows: list[int]) -> torch.Tensor:
    return torch.tensor(rows, dtype=torch.bool).reshape(-1, 2, 2)


def test_twin_error_is_a_fraction_of_doing_nothing_inside_the_region() -> None:
    source, twin, edited = flat(0.0), flat(0.8), flat(0.6)
    edited[..., 1, 1] = -1.0  # outside the region
    assert twin_error(edited, twin, source, region([1, 1, 1, 0])).pooled == pytest.approx(0.25)


def test_twin_error_pools_sums_and_keeps_faces_apart() -> None:
    source, twin, edited = flat(0.0, 0.0), flat(1.0, 0.1), flat(0.5, 0.0)
    ratio = twin_error(edited, twin, source, torch.ones(2, 2, 2, dtype=torch.bool))
    assert ratio.each.tolist() == pytest.approx([0.5, 1.0])
    assert ratio.pooled == pytest.approx(0.6 / 1.1)


def test_doing_nothing_is_exactly_one_and_the_twin_exactly_zero() -> None:
    twin, everywhere = FACES.flip(0), torch.ones(2, 12, 12, dtype=torch.bool)
    assert twin_error(FACES, twin, FACES, everywhere).pooled == 1.0
    assert twin_error(twin, twin, FACES, everywhere).pooled == 0.0


def test_a_face_without_a_region_weighs_nothing() -> None:
    ratio = twin_error(flat(0.5, 0.9), flat(1.0, 1.0), flat(0.0, 0.0), region([1, 1, 1, 1], [0, 0, 0, 0]))
    assert (ratio.pooled, ratio.count) == (0.5, 1)
    assert math.isnan(ratio.each[1])


def test_nothing_to_measure_is_no_number() -> None:
    assert math.isnan(Ratio(torch.zeros(3), torch.zeros(3)).pooled)


def test_nearest_style_takes_the_least_error_of_each_face() -> None:
    source, edited = flat(0.0, 0.0), flat(0.5, -0.5)
    twins = [flat(1.0, 1.0), flat(-1.0, -1.0)]
    ratio = nearest_style_error(edited, twins, source, torch.ones(2, 2, 2, dtype=torch.bool))
    assert ratio.each.tolist() == pytest.approx([0.5, 0.5])


def test_nearest_style_of_doing_nothing_is_exactly_one() -> None:
    twins = [FACES.flip(0), FACES.flip(-1)]
    assert nearest_style_error(FACES, twins, FACES, torch.ones(2, 12, 12, dtype=torch.bool)).pooled == 1.0


def test_nearest_style_without_any_change_measures_nothing() -> None:
    ratio = nearest_style_error(FACES, [FACES], FACES, torch.ones(2, 12, 12, dtype=torch.bool))
    assert (ratio.count, math.isnan(ratio.pooled)) == (0, True)


def test_outside_is_in_units_of_the_range() -> None:
    image, base = flat(1.0), flat(-1.0)
    assert outside(image, base, region([0, 0, 0, 0])).pooled == 1.0
    image[..., 0, :] = -1.0
    assert outside(image, base, region([0, 0, 0, 0])).pooled == 0.5
    assert outside(image, base, region([0, 0, 1, 1])).pooled == 0.0


def test_psnr_of_a_known_error() -> None:
    assert psnr(flat(0.2), flat(0.0)).pooled == pytest.approx(10 * math.log10(4 / 0.04), abs=1e-4)
    assert psnr(flat(0.2), flat(0.2)).pooled == 100.0


def test_ssim_is_one_for_equal_faces_and_follows_its_formula_for_flat_ones() -> None:
    assert ssim(FACES, FACES).pooled == pytest.approx(1.0, abs=1e-6)
    light, dark = 1.5, 1.0  # of flat 0.5 and 0.0, black taken as 0
    expected = (2 * light * dark + 0.0004) / (light**2 + dark**2 + 0.0004)
    assert ssim(flat(0.5), flat(0.0)).pooled == pytest.approx(expected, abs=1e-6)


def test_ssim_falls_with_noise_and_hears_of_a_blur() -> None:
    generator = torch.Generator().manual_seed(0)
    face = torch.rand(1, 3, 32, 32, generator=generator) * 2 - 1
    noisy = (face + 0.3 * torch.randn(face.shape, generator=generator)).clamp(-1, 1)
    blurred = torch.nn.functional.avg_pool2d(face, 3, 1, 1)
    assert ssim(blurred, face).pooled < ssim(noisy, face).pooled < 0.99


def test_judged_success_wants_the_wanted_value() -> None:
    logits = torch.tensor([2.0, -1.0, 0.5, -3.0])
    assert judged_success(logits, 1).pooled == 0.5
    assert judged_success(logits[:3], 0).pooled == pytest.approx(1 / 3)


def test_judged_success_must_hold_in_every_copy() -> None:
    copies = torch.tensor([[2.0, 1.0, -1.0], [1.0, -1.0, -2.0]])
    assert judged_success(copies, 1).each.tolist() == [1.0, 0.0, 0.0]
    assert judged_success(copies, 0).each.tolist() == [0.0, 0.0, 1.0]


def test_success_is_freed_of_the_judges_errors() -> None:
    """Of 100 faces 60 have the value; a judge with 90 % hits and 20 % alarms sees it in 54 + 8."""
    assert corrected_success(0.62, hits=0.9, alarms=0.2) == pytest.approx(0.6)
    assert corrected_success(0.1, hits=0.9, alarms=0.2) == 0.0
    assert math.isnan(corrected_success(0.5, hits=0.4, alarms=0.4))


SOURCE = torch.tensor([[-0.5, 0.0, 0.2], [-0.5, 0.4, -0.2]])
OFF = torch.tensor([False, True, True])


def test_entanglement_is_what_else_moves_per_change_of_the_wanted_attribute() -> None:
    edited = SOURCE + torch.tensor([[2.0, 0.4, 0.2], [2.0, 0.4, -0.2]])
    found = pull(edited, SOURCE, SOURCE + torch.tensor([1.0, 0.1, 0.0]), 0)
    assert found.drag.tolist() == pytest.approx([1.0, 0.2, 0.0])  # the third moves to and fro
    assert found.moved.tolist() == pytest.approx([1.0, 0.2, 0.1])
    assert found.data.tolist() == pytest.approx([1.0, 0.1, 0.0])
    assert entanglement(found, OFF) == pytest.approx(0.15)
    assert excess(found, OFF) == pytest.approx(0.05)


def test_what_hangs_together_in_the_faces_is_no_excess() -> None:
    with_it = SOURCE + torch.tensor([1.0, 0.5, 0.0])
    assert excess(pull(SOURCE + torch.tensor([1.0, 0.5, 0.0]), SOURCE, with_it, 0), OFF) == pytest.approx(0.0)
    assert excess(pull(SOURCE + torch.tensor([1.0, 0.0, 0.0]), SOURCE, with_it, 0), OFF) == pytest.approx(-0.25)


def test_removing_has_the_same_sign_as_adding() -> None:
    back = pull(SOURCE - torch.tensor([1.0, 0.5, 0.0]), SOURCE, SOURCE - torch.tensor([1.0, 0.5, 0.0]), 0)
    assert back.drag.tolist() == pytest.approx([1.0, 0.5, 0.0])
    assert back.data.tolist() == pytest.approx([1.0, 0.5, 0.0])


def test_off_target_are_others_that_the_judge_can_tell() -> None:
    assert others(1, [0.9, 0.99, 0.84, float("nan")], least=0.85).tolist() == [True, False, False, False]


def test_every_measure_says_which_way_is_better_and_what_it_cannot_see() -> None:
    assert len(ABOUT) == 38
    assert all(about.source and about.blind and about.means for about in ABOUT.values())
