"""Several small frames to one large one (Caballero et al., CVPR 2017): early fusion and a sub-pixel tail."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torch import Tensor, nn
from torch.nn import functional as F

from facegan.networks.errors import PartError, choose

ENDS = ("none", "added")


class EarlyFusion(nn.Module):
    """All frames are channels of the first layer's input; the rest is ESPCN, at the side of the small frames.

    Facts: `frames`, `scale`, `channels` of a frame. Hyper-parameters: `layers` convolutions of `kernel` x `kernel`,
    `width` (24) channels between them with ReLU, the last to scale^2 values for each pixel and channel, and a sub-pixel
    shuffle. Nine layers are the paper's 9L-E3. `end`: 'none' as in the paper, 'added' for what is missing from the
    bicubically enlarged middle frame. Raises `PartError` for an even number of frames or kernel and too few layers.
    """

    def __init__(
        self,
        *,
        frames: int,
        scale: int,
        channels: int = 3,
        layers: int = 9,
        width: int = 24,
        kernel: int = 3,
        end: str = "none",
    ) -> None:
        super().__init__()
        part = type(self).__name__
        if frames < 1 or frames % 2 == 0:
            raise PartError(f"{part}: {frames} frames have no middle one; 1, 3 or 5 would fit")
        if layers < 2 or kernel % 2 == 0 or scale < 1:
            raise PartError(f"{part}: {layers} layers, kernel {kernel}, scale {scale}: 2, 3 and 2 or more would fit")
        self.scale, self.end = scale, choose(part, "end", end, ENDS)
        row: list[nn.Module] = [nn.Conv2d(frames * channels, width, kernel, padding=kernel // 2), nn.ReLU()]
        for _ in range(layers - 2):
            row += [nn.Conv2d(width, width, kernel, padding=kernel // 2), nn.ReLU()]
        last = nn.Conv2d(width, channels * scale**2, kernel, padding=kernel // 2)
        self.layers = nn.Sequential(*row, last, nn.PixelShuffle(scale))

    if TYPE_CHECKING:

        def __call__(self, frames: Tensor) -> Tensor: ...  # noqa: D102

    def forward(self, frames: Tensor) -> Tensor:
        """Frames N x T x C x h x w, the neighbours moved onto the middle one, to N x C x h*scale x w*scale; not cut."""
        result: Tensor = self.layers(frames.flatten(1, 2))
        if self.end == "none":
            return result
        middle = frames[:, frames.shape[1] // 2]
        return result + F.interpolate(
            middle, scale_factor=self.scale, mode="bicubic", antialias=True, align_corners=False
        )
