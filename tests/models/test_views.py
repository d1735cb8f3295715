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
    across = (seen * torch.arange(16)).sum((1, 2, 3)) / seen.sum((1, 2, 3)) - 7.5
    assert across.abs().max() <= 4.01
    assert across.min() < -3
    assert across.max() > 3


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


@pytest.mark.parametrize("wrong", [{"shift": -0.1}, {"zoom": 1.0}, {"light": 0.7}])
def test_ranges_that_no_picture_stands_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(UserError, match="zoom below 1"):
        Views(**wrong)
