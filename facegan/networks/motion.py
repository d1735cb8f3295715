"""Motion between two frames: a dense flow, coarse, then fine (Caballero et al., CVPR 2017, arXiv 1611.05250)."""

from __future__ import annotations

from math import ceil, prod
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from facegan.networks.warping import warp

Rows = tuple[tuple[int, int, int], ...]
"""Kernel, stride and whether the layer is as wide as the network (1) or has the flow's channels (0)."""

COARSE: Rows = ((5, 2, 1), (3, 1, 1), (5, 2, 1), (3, 1, 1), (3, 1, 0))
FINE: Rows = ((5, 2, 1), (3, 1, 1), (3, 1, 1), (3, 1, 1), (3, 1, 0))


class Motion(nn.Module):
    """Says where the pixels of a frame lie in its neighbour. Built from `channels` of a frame."""

    def forward(self, frame: Tensor, neighbour: Tensor) -> Tensor:
        """Map two frames, N x channels x H x W, to the flow between them: N x 2 x H x W in pixels, x then y."""
        raise NotImplementedError

    if TYPE_CHECKING:

        def __call__(self, frame: Tensor, neighbour: Tensor) -> Tensor: ...  # noqa: D102


class CoarseToFine(Motion):
    """VESPCN's motion: a flow at a quarter of the side, and what a second network, which sees its result, adds to it.

    Facts: `channels` of a frame. Hyper-parameter: `width` (24). Each network is five convolutions, ReLU between them,
    tanh after the last, then a sub-pixel shuffle by 4 (coarse: 32 channels) or 2 (fine: 8) to two channels at the side
    of the frames. tanh spans from the middle of the picture to its border. The fine network sees the frame, its
    neighbour, the neighbour moved by the coarse flow, and that flow. Frames of any size fit: what is lacking to a
    multiple of 4 is repeated at the border and cut off again.

    The last layers begin at zero, so that a new network says that nothing moves; the paper does not tell its own.
    """

    def __init__(self, *, channels: int = 3, width: int = 24) -> None:
        super().__init__()
        self.coarse = _flow(2 * channels, width, COARSE)
        self.fine = _flow(3 * channels + 2, width, FINE)

    def forward(self, frame: Tensor, neighbour: Tensor) -> Tensor:
        """N x 2 x H x W in pixels (x, then y): where in the neighbour that lies which the frame shows at each pixel."""
        height, width = frame.shape[-2:]
        frame, neighbour = (_padded(image, 4) for image in (frame, neighbour))
        coarse = self.coarse(torch.cat([frame, neighbour], dim=1))
        moved = warp(neighbour, _pixels(coarse))
        fine = self.fine(torch.cat([frame, neighbour, moved.to(frame.dtype), coarse.to(frame.dtype)], dim=1))
        return _pixels(coarse + fine)[..., :height, :width]


class NoMotion(Motion):
    """Nothing moves: the frames are taken as they are, which is VESPCN without motion compensation."""

    def __init__(self, *, channels: int = 3) -> None:
        super().__init__()

    def forward(self, frame: Tensor, neighbour: Tensor) -> Tensor:
        """N x 2 x H x W of zeros."""
        return torch.zeros_like(frame[:, :2])


def _flow(inputs: int, width: int, rows: Rows) -> nn.Sequential:
    layers: list[nn.Module] = []
    shrinks = prod(stride for _, stride, _ in rows)
    for kernel, stride, wide in rows:
        outputs = width if wide else 2 * shrinks**2
        layers += [nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2), nn.ReLU() if wide else nn.Tanh()]
        inputs = outputs
    last = layers[-2]
    assert isinstance(last, nn.Conv2d)
    assert last.bias is not None
    nn.init.zeros_(last.weight)
    nn.init.zeros_(last.bias)
    return nn.Sequential(*layers, nn.PixelShuffle(shrinks))


def _padded(images: Tensor, multiple: int) -> Tensor:
    height, width = images.shape[-2:]
    down, across = ceil(height / multiple) * multiple - height, ceil(width / multiple) * multiple - width
    return F.pad(images, (0, across, 0, down), mode="replicate") if down or across else images


def _pixels(share: Tensor) -> Tensor:
    """A flow of shares of half the picture in pixels."""
    height, width = share.shape[-2:]
    return share.float() * torch.tensor([width / 2.0, height / 2.0], device=share.device)[:, None, None]
