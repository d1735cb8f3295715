"""Views: one move and one light for all that is shown together."""

import pytest
import torch

from facegan.errors import UserError
from facegan.models.views import Views


def pictures() -> torch.Tensor:
    torch.manual_seed(0)
    return torch.rand(8, 3, 16, 16) * 2 - 1


def test_no_range_leaves_everything_as_it_is() -> None:
    images = pictures()
    (seen,) = Views(shift=0, turn=0, zoom=0, light=0)(images)
    torch.testing.assert_close(seen, images, atol=1e-5, rtol=0)


def test_a_shift_moves_by_a_share_of_the_side() -> None:
    """A quarter of 16 pixels: a bar in the middle never moves further than four of them, and does move."""
    mask = torch.zeros(200, 1, 16, 16)
    mask[..., 7:9, 7:9] = 1
    torch.manual_seed(0)
    _, seen = Views(shift=0.25, turn=0, zoom=0, light=0)(torch.zeros(200, 3, 16, 16), mask)
    for places in (torch.arange(16), torch.arange(16)[:, None]):
        middle = (seen * places).sum((1, 2, 3)) / seen.sum((1, 2, 3)) - 7.5
        assert middle.abs().max() <= 4.01
        assert middle.min() < -3
        assert middle.max() > 3


def moved(views: Views) -> torch.Tensor:
    """Where 500 views put the places (1, 0) and (0, 1) of a picture, N x 2 x 2, by where they are looked up."""
    torch.manual_seed(0)
    maps = views._maps(torch.zeros(500, 3, 8, 8))
    return torch.linalg.inv(maps[..., :2])


def test_a_turn_is_a_turn() -> None:
    turned = moved(Views(shift=0, turn=0.5, zoom=0, light=0))
    torch.testing.assert_close(turned @ turned.mT, torch.eye(2).expand(500, 2, 2))
    angle = torch.atan2(turned[:, 0, 1], turned[:, 0, 0])
    assert torch.linalg.det(turned).min() > 0
    assert 0.48 < angle.abs().max() <= 0.5 + 1e-5


def test_a_zoom_makes_larger_and_smaller_by_a_share() -> None:
    size = moved(Views(shift=0, turn=0, zoom=0.2, light=0))
    assert torch.equal(size[:, 0, 0], size[:, 1, 1])
    assert not size[:, 0, 1].any()
    assert 0.8 - 1e-5 <= size[:, 0, 0].min() < 0.81
    assert 1.19 < size[:, 0, 0].max() <= 1.2 + 1e-5


def test_half_precision_changes_no_view() -> None:
    images = pictures()
    torch.manual_seed(1)
    (whole,) = Views()(images)
    torch.manual_seed(1)
    with torch.autocast("cpu", torch.bfloat16):
        (half,) = Views()(images)
    torch.testing.assert_close(half, whole)


def test_all_are_seen_in_the_same_view_and_a_mask_is_not_lit() -> None:
    images, mask = pictures(), torch.ones(8, 1, 16, 16)
    seen, twice, covered = Views(light=0.5)(images, images, mask)
    assert torch.equal(seen, twice)
    assert not torch.allclose(seen, images, atol=0.1)
    torch.testing.assert_close(covered, mask)


def test_light_goes_over_each_picture_as_a_whole_and_keeps_the_range() -> None:
    grey = torch.zeros(64, 3, 4, 4)
    (seen,) = Views(shift=0, turn=0, zoom=0, light=0.2)(grey)
    assert (seen.amax((2, 3)) - seen.amin((2, 3))).max() < 1e-6, "no place is lit otherwise than another"
    assert seen[:, :, 0, 0].abs().max() <= 0.3 + 1e-6
    assert seen[:, :, 0, 0].std() > 0.05
    assert Views(light=0.6)(pictures())[0].abs().max() <= 1


def test_the_same_random_numbers_give_the_same_view() -> None:
    images = pictures()
    torch.manual_seed(5)
    first = Views()(images)[0]
    torch.manual_seed(5)
    assert torch.equal(first, Views()(images)[0])


@pytest.mark.parametrize("wrong", [{"shift": -0.1}, {"zoom": 1.0}, {"light": 0.7}, {"turn": float("nan")}])
def test_ranges_that_no_picture_stands_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(UserError, match="zoom below 1"):
        Views(**wrong)
