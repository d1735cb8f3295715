"""Rain on a face: bright slanted streaks, each face's and each batch's its own. Not linear; the side may stay."""

import math

import torch
from torch import Tensor
from torch.nn import functional as F

from facegan.data.degradations.base import Degradation

Span = tuple[float, float]


class Rain(Degradation):
    """Streaks of one slant a face added, cut to [-1, 1], then shrunk by area where `scale` is above 1.

    slant: from the vertical, in degrees, this far to either side at most. length: of a streak as a share of the side,
    from this to that. brightness: what a streak adds to [-1, 1], likewise. streaks: how many a face has on average.
    Random numbers come from torch's own generator. Raises ValueError where a span is no span or nothing would fall.
    """

    def __init__(
        self,
        *,
        scale: int,
        slant: float = 25.0,
        length: Span = (0.15, 0.4),
        brightness: Span = (0.4, 1.0),
        streaks: float = 24.0,
    ) -> None:
        super().__init__(scale=scale)
        for name, (least, most) in {"length": length, "brightness": brightness}.items():
            if not 0 < least <= most:
                raise ValueError(f"Rain: {name} goes from {least} to {most}; it must rise, from above 0")
        if not (0 <= slant < 90 and streaks > 0):
            raise ValueError(f"Rain: slant={slant}, streaks={streaks}; 0 to below 90 degrees and above 0 fit")
        self.slant, self.length, self.brightness, self.streaks = slant, length, brightness, streaks

    def streaked(self, images: Tensor) -> Tensor:
        """Images N x C x H x W in [-1, 1] with rain on them, as large as they were."""
        count, _, height, width = images.shape
        kernels = self._kernels(count, height).to(images)
        begun = torch.rand(count, height, width) < self.streaks / (height * width)
        drops = begun * (self.brightness[0] + (self.brightness[1] - self.brightness[0]) * torch.rand(begun.shape))
        falling = F.conv2d(drops[None].to(images), kernels[:, None], padding="same", groups=count)[0]
        return (images + falling[:, None]).clamp(-1.0, 1.0)

    def _kernels(self, count: int, side: int) -> Tensor:
        """A line a face, about a pixel wide, N x k x k with an odd k; 1 on the line."""
        reach = max(1, math.ceil(self.length[1] * side / 2))
        place = torch.arange(-reach, reach + 1, dtype=torch.float32)
        down, across = torch.meshgrid(place, place, indexing="ij")
        angle = math.radians(self.slant) * (2 * torch.rand(count, 1, 1) - 1)
        share = self.length[0] + (self.length[1] - self.length[0]) * torch.rand(count, 1, 1)
        along, beside = down * angle.cos() + across * angle.sin(), across * angle.cos() - down * angle.sin()
        inside = (share * side / 2 + 0.5 - along.abs()).clamp(0, 1)
        return inside * (1 - beside.abs()).clamp(0, 1)

    def _shrunk(self, images: Tensor) -> Tensor:
        wet = self.streaked(images)
        return wet if self.scale == 1 else F.avg_pool2d(wet, self.scale)
