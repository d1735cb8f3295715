"""Measures of many edits at once, and of what a model costs, against values computed by hand."""

import math

import pytest
import torch
from torch import nn

from facegan.evaluation.measures.cost import images_per_second, multiply_adds, parameters, peak_memory
from facegan.evaluation.measures.diversity import spread, wearer
from facegan.evaluation.measures.identity import likeness, verification
from facegan.evaluation.measures.patches import swd
from facegan.evaluation.measures.realism import ENOUGH, fid, kid
from facegan.evaluation.measures.response import response
from facegan.evaluation.measures.twin import style_fit

NAN = math.nan


def crowd(count: int, seed: int, *, shift: float = 0.0, width: float = 1.0) -> torch.Tensor:
    return torch.randn(count, 6, generator=torch.Generator().manual_seed(seed)) * width + shift


def looks(*values: float) -> torch.Tensor:
    """One face, a grey 2 x 2 edit for each exemplar."""
    return torch.tensor(values).reshape(1, -1, 1, 1, 1).expand(1, -1, 3, 2, 2).clone()


ALL = torch.ones(1, 2, 2, dtype=torch.bool)


def test_spread_is_the_truths_own_share_of_variance_inside() -> None:
    twins = looks(-0.4, 0.0, 0.4)
    assert spread(twins, twins, ALL).pooled == pytest.approx(1.0)
    assert spread(twins / 2, twins, ALL).pooled == pytest.approx(0.25)
    assert spread(looks(0.1, 0.1, 0.1), twins, ALL).pooled == 0.0
    outside = twins.clone()
    outside[..., 0, :] = torch.tensor([0.9, -0.9, 0.3]).reshape(1, 3, 1, 1)
    bottom = torch.tensor([[[False, False], [True, True]]])
    assert spread(outside, twins, bottom).pooled == pytest.approx(1.0)


def test_the_wearer_counts_nothing_where_style_alone_decides() -> None:
    edits = looks(-0.4, 0.0, 0.4)
    assert wearer(edits, edits).pooled == 0.0
    assert wearer(edits, edits.roll(1, 1)).pooled == pytest.approx(1.0)
    assert wearer(edits, edits + 0.2).pooled == pytest.approx(0.2 / ((0.8 + 0.4 + 0.4) / 3))
    assert math.isnan(wearer(looks(0.1, 0.1, 0.1), looks(0.1, 0.1, 0.1)).pooled)


def test_fit_lies_between_a_valid_style_and_doing_nothing() -> None:
    source, twins = looks(0.0)[0], [looks(0.4)[0], looks(-0.8)[0]]
    fit = {value: style_fit(looks(value)[0], twins, source, ALL) for value in (0.4, -0.8, 0.0, 0.2, -0.6)}
    assert [fit[v].fit.pooled for v in (0.4, -0.8, 0.0)] == pytest.approx([0.0, 0.0, 1.0])
    assert fit[0.2].fit.pooled == pytest.approx(0.5)
    assert fit[-0.6].fit.pooled == pytest.approx(0.25)
    assert fit[-0.6].d1.pooled == pytest.approx(0.1)  # 0.2 of a range of 2
    assert fit[-0.6].d0.pooled == pytest.approx(0.3)


def test_likeness_is_a_cosine_and_knows_of_missing_pairs() -> None:
    one = torch.tensor([[1.0, 0.0], [0.0, 1.0], [1.0, 0.0]])
    other = torch.tensor([[1.0, 0.0], [1.0, 0.0], [NAN, NAN]])
    ratio = likeness(one, other)
    assert (ratio.pooled, ratio.count) == (0.5, 2)


def test_verification_takes_the_best_threshold() -> None:
    assert verification(torch.tensor([0.9, 0.8]), torch.tensor([0.1, 0.3])) == 1.0
    assert verification(torch.tensor([0.9, 0.2]), torch.tensor([0.1, 0.3])) == 0.75
    assert verification(torch.tensor([0.1, 0.2]), torch.tensor([0.9, 0.9])) == 0.5


def test_response_counts_steps_the_right_way_and_stillness_as_none() -> None:
    rising = torch.tensor([[0.0, 1.0, 2.0, 1.5, 3.0], [0.0, 0.0, 0.0, 0.0, 0.0]])
    assert response(rising, 1).each.tolist() == [0.75, 0.0]
    assert response(rising, 0).each.tolist() == [0.25, 0.0]


def test_kid_of_one_crowd_is_0_on_average_and_grows_with_the_distance() -> None:
    real = crowd(300, 0)
    same = [kid(crowd(300, seed), real) for seed in range(1, 6)]
    assert abs(sum(same) / 5) < 30
    assert max(same) < kid(crowd(300, 9, shift=0.3), real) < kid(crowd(300, 9, shift=0.6), real)
    assert kid(crowd(300, 9, width=0.3), real) > max(same)
    assert math.isnan(kid(real[:1], real))


def test_kid_by_its_definition() -> None:
    edits, real = torch.tensor([[1.0, 0.0], [0.0, 1.0]]), torch.tensor([[1.0, 1.0], [-1.0, 1.0]])
    # The real ones have mean square 1. Kernels: (x.y / 2 + 1)^3.
    within = 1.0 + 1.0
    across = (1.5**3 + 0.5**3 + 1.5**3 + 1.5**3) / 4
    assert kid(edits, real) == pytest.approx(1000 * (within - 2 * across))


def test_kid_of_answers_leaves_out_the_faces_they_were_made_of() -> None:
    """Else the very faces, the best answer there is, would come out below 0, and no chance crowd could."""
    real = crowd(50, 0)
    assert kid(real, real, made_of_it=True) == pytest.approx(0.0, abs=1e-9)
    assert kid(real, real) < -1
    with pytest.raises(ValueError, match="50 faces"):
        kid(real[:40], real, made_of_it=True)


def test_fid_is_exact_for_gaussians_and_silent_below_2000_faces() -> None:
    real = crowd(ENOUGH + 1, 0)
    assert fid(real, real) == pytest.approx(0.0, abs=1e-6)
    assert fid(real + 2.0, real) == pytest.approx(6 * 4.0, abs=1e-5)
    covariance = torch.cov(real.double().T).trace()
    assert fid(real * 3, real) == pytest.approx(
        float(4 * covariance + 4 * real.double().mean(0).square().sum()), rel=1e-5
    )
    assert math.isnan(fid(real, real[:ENOUGH]))


@torch.no_grad()
def test_costs_of_a_network_that_can_be_counted_by_hand() -> None:
    network = nn.Sequential(nn.Conv2d(3, 8, 3, padding=1), nn.ReLU(), nn.Conv2d(8, 3, 3, padding=1))
    images = torch.zeros(4, 3, 16, 16)
    assert parameters([network, network]) == pytest.approx((3 * 8 * 9 + 8 + 8 * 3 * 9 + 3) / 1e6)
    assert multiply_adds(network, images) == pytest.approx(2 * 16 * 16 * 3 * 8 * 9 / 1e6)
    # The maps before and after the ReLU live at the same time.
    assert peak_memory(network, images) == pytest.approx(2 * 8 * 16 * 16 * 4 / 1e6)
    assert images_per_second(network, images) > 0


def textures(count: int, seed: int, side: int = 32) -> torch.Tensor:
    return torch.randn(count, 3, side, side, generator=torch.Generator().manual_seed(seed)) * 0.2


def test_swd_is_nothing_for_a_crowd_and_itself_and_little_for_another_of_its_kind() -> None:
    crowd = textures(24, 0)
    assert swd(crowd, crowd) == 0
    assert swd(textures(24, 1), crowd) < 60
    assert swd(textures(16, 1), crowd) < 60


def test_swd_sees_what_a_blur_takes_and_what_noise_adds() -> None:
    crowd = textures(24, 0)
    blurred = torch.nn.functional.avg_pool2d(crowd, 3, stride=1, padding=1)
    chance = swd(textures(24, 1), crowd)
    assert swd(blurred, crowd) > 5 * chance
    assert swd(crowd + textures(24, 2), crowd) > 5 * chance
    assert swd(crowd + textures(24, 2), crowd) < swd(crowd + 2 * textures(24, 2), crowd)


def test_swd_counts_deviations_of_real_patches() -> None:
    """A shift by one deviation of the real crowd shifts its 147 numbers together: seen along a line, by their sum."""
    crowd = textures(8, 0, side=16)
    dice = torch.Generator().manual_seed(1)
    lines = torch.nn.functional.normalize(torch.randn(20_000, 3 * 49, generator=dice), dim=1)
    assert swd(crowd + crowd.std(), crowd) == pytest.approx(1000 * float(lines.sum(1).abs().mean()), rel=0.15)


def test_swd_refuses_what_has_no_patches() -> None:
    with pytest.raises(ValueError, match="8 pixels have no patches"):
        swd(textures(2, 0, side=8), textures(2, 1, side=8))
