"""The soft shadow that a worn thing casts where it touches."""

import torch.nn.functional as F
from torch import Tensor

_DEPTH = 0.30  # of the light, where half of it is covered
_FALL, _SPREAD = 0.015, 0.012  # shares of the side: how far it falls, and the reach of one of the two blurs


def _fall(size: int) -> int:
    return max(1, round(_FALL * size))


def _spread(size: int) -> int:
    return max(1, round(_SPREAD * size))


def shadow(cover: Tensor) -> Tensor:
    """The share of light that is taken, N x S x S in [0, 1], by a layer that covers N x S x S; 0 beyond `shaded`."""
    size = cover.shape[-1]
    fallen = F.pad(cover, (0, 0, _fall(size), 0))[:, :size]
    reach = _spread(size)
    for _ in range(2):
        fallen = F.avg_pool2d(fallen[:, None], 2 * reach + 1, stride=1, padding=reach)[:, 0]
    # What the layer lies on is hidden by it; the light is taken from what is beside it.
    return _DEPTH * fallen


def shaded(region: Tensor) -> Tensor:
    """How far the shadow of a layer within a region (N x S x S bool) can reach, the region included."""
    size = region.shape[-1]
    reach = _fall(size) + 2 * _spread(size)
    grown = F.max_pool2d(region[:, None].float(), 2 * reach + 1, stride=1, padding=reach)
    return grown[:, 0] > 0
