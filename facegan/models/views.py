"""The same picture seen otherwise: moved, turned, nearer, in another light; from torch's global generator."""

import torch
from torch import Tensor
from torch.nn import functional as F

from facegan.errors import UserError


class Views:
    """Another view of each picture of a batch, by which a network learns to leave pose and light out of a code.

    shift: the furthest move in x and in y, as a share of the side. turn: the furthest turn, in radians.
    zoom: how much nearer or further at most, as a share. light: how much brighter or darker at most, as a share, and
    half as much again for each colour. Raises UserError for a range below 0, a zoom from 1 or a light from 2/3 on.
    """

    def __init__(self, *, shift: float = 0.03, turn: float = 0.07, zoom: float = 0.07, light: float = 0.25) -> None:
        if min(shift, turn, zoom, light) < 0 or zoom >= 1 or light >= 2 / 3:
            raise UserError(
                f"Views: shift={shift}, turn={turn}, zoom={zoom}, light={light}; from 0, zoom below 1, light below 2/3."
            )
        self.shift, self.turn, self.zoom, self.light = shift, turn, zoom, light

    def __call__(self, images: Tensor, *others: Tensor) -> list[Tensor]:
        """All of them in one and the same new view. Each N x C x H x W in [-1, 1]; one of one channel is a mask, which
        is moved and not lit. What comes into the picture repeats its border.
        """
        count, _, height, width = images.shape
        grid = F.affine_grid(self._maps(images), [count, 1, height, width], align_corners=False)
        gain = 1 + self.light * (_around(images, 1) + 0.5 * _around(images, 3)).reshape(count, 3, 1, 1)
        return [self._seen(stack, grid, gain) for stack in (images, *others)]

    def _maps(self, images: Tensor) -> Tensor:
        near, turn = 1 + self.zoom * _around(images, 1), self.turn * _around(images, 1)
        rows = (torch.cat([near, turn], dim=1), torch.cat([-turn, near], dim=1))
        moved = 2 * self.shift * _around(images, 2)  # the side is 2 long in the units of a grid
        return torch.cat([torch.stack(rows, dim=1), moved[..., None]], dim=2)

    def _seen(self, stack: Tensor, grid: Tensor, gain: Tensor) -> Tensor:
        seen = F.grid_sample(stack.float(), grid, padding_mode="border", align_corners=False)
        if stack.shape[1] > 1:
            seen = ((seen + 1) * gain - 1).clamp(-1, 1)
        return seen.to(stack).contiguous(memory_format=torch.channels_last)


def _around(images: Tensor, count: int) -> Tensor:
    """N x count uniform numbers in [-1, 1]."""
    return 2 * torch.rand(len(images), count, device=images.device) - 1
