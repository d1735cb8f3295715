"""Smoothness of a flow, against values computed by hand."""

import pytest
import torch

from facegan.losses.motion import HuberSmoothness


def test_a_constant_flow_is_at_the_least_value() -> None:
    assert HuberSmoothness()(torch.full((2, 2, 4, 4), 3.0)).item() == pytest.approx(0.1)


def test_a_step_is_seen_where_it_is() -> None:
    """u jumps by 2 between two columns of 2 x 3 pixels: two pixels of six have sqrt(0.01 + 4)."""
    flow = torch.zeros(1, 2, 2, 3)
    flow[:, 0, :, 2] = 2
    assert HuberSmoothness()(flow).item() == pytest.approx((4 * 0.1 + 2 * 4.01**0.5) / 6)


def test_both_components_and_both_directions_meet_under_one_root() -> None:
    flow = torch.zeros(1, 2, 2, 2)
    flow[0, 0, 0] = torch.tensor([0.0, 3.0])
    flow[0, 1, :, 0] = torch.tensor([0.0, 4.0])
    # (0,0): du/dx 3, dv/dy 4; (0,1): du/dy -3; (1,0): dv/dx -4.
    expected = (25.01**0.5 + 9.01**0.5 + 16.01**0.5 + 0.1) / 4
    assert HuberSmoothness(epsilon=0.01)(flow).item() == pytest.approx(expected)


def test_a_step_down_the_slope_is_smoother() -> None:
    flow = torch.randn(1, 2, 6, 6, generator=torch.Generator().manual_seed(0)).requires_grad_()
    loss = HuberSmoothness()(flow)
    (gradient,) = torch.autograd.grad(loss, flow)
    assert HuberSmoothness()(flow - 0.1 * gradient) < loss
    with pytest.raises(ValueError, match="epsilon must be positive"):
        HuberSmoothness(epsilon=0)
