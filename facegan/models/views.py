"""The same picture seen otherwise: moved, turned, nearer, in another light; from torch's global generator."""

import torch
from torch import Tensor

from facegan.errors import UserError
from facegan.networks.warping import resample


class Views:
    """Another view of each square picture of a batch, by which a network learns to leave pose and light out of a code.

    shift: the furthest move in x and in y, as a share of the side. turn: the furthest turn, in radians.
    zoom: how much smaller or larger it is seen at most, as a share. light: how much brighter or darker at most, as a
    share, and half as much again for each colour.
    Raises UserError for a range below 0, a zoom from 1 or a light from 2/3 on.
    """

    def __init__(self, *, shift: float = 0.03, turn: float = 0.07, zoom: float = 0.07, light: float = 0.25) -> None:
        if not (shift >= 0 and turn >= 0 and 0 <= zoom < 1 and 0 <= light < 2 / 3):  # NaN is refused too
            raise UserError(
                f"Views: shift={shift}, turn={turn}, zoom={zoom}, light={light}; from 0, zoom below 1, light below 2/3."
            )
        self.shift, self.turn, self.zoom, self.light = shift, turn, zoom, light

    def __call__(self, images: Tensor, *others: Tensor) -> list[Tensor]:
        """All of them in one and the same new view. Each N x C x S x S in [-1, 1]; one of one channel is a mask, which
        is moved and not lit. What comes into the picture repeats its border.
        """
        maps = self._maps(images)
        gain = 1 + self.light * (_around(images, 1) + 0.5 * _around(images, 3))[..., None, None]
        return [self._seen(stack, maps, gain) for stack in (images, *others)]

    def _maps(self, images: Tensor) -> Tensor:
        """From places of the view to places of the picture, N x 2 x 3."""
        size, angle = 1 + self.zoom * _around(images, 1), self.turn * _around(images, 1)
        cosine, sine = angle.cos() / size, angle.sin() / size
        moved = 2 * self.shift * _around(images, 2)  # the side is 2 long in the units of a map
        rows = (torch.cat([cosine, sine, moved[:, :1]], dim=1), torch.cat([-sine, cosine, moved[:, 1:]], dim=1))
        return torch.stack(rows, dim=1)

    def _seen(self, stack: Tensor, maps: Tensor, gain: Tensor) -> Tensor:
        seen = resample(stack, maps)
        if stack.shape[1] > 1:
            seen = ((seen + 1) * gain - 1).clamp(-1, 1)
        return seen.to(stack).contiguous(memory_format=torch.channels_last)


def _around(images: Tensor, count: int) -> Tensor:
    """N x count uniform numbers in [-1, 1]."""
    return 2 * torch.rand(len(images), count, device=images.device) - 1
