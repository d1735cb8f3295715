"""Bilinear sampling: of images at moved pixels, and at the pixels of an affine grid. Borders are repeated.

Pixels are areas: the picture spans [-1, 1], and the middle of the first pixel lies half a pixel inside
(`align_corners=False`, said in every call). Computed in float32, since half precision cannot tell neighbouring pixels.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F


def warp(images: Tensor, flow: Tensor) -> Tensor:
    """What lies at p + flow(p), for every pixel p: N x C x H x W.

    flow: N x 2 x H x W in pixels, x to the right first, then y downwards. Gradients flow to both.
    """
    height, width = images.shape[-2:]
    with torch.autocast(images.device.type, enabled=False):
        x = (torch.arange(width, device=flow.device) + 0.5) * (2.0 / width) - 1.0
        y = (torch.arange(height, device=flow.device) + 0.5) * (2.0 / height) - 1.0
        moved = flow.float() * flow.new_tensor([2.0 / width, 2.0 / height]).float()[:, None, None]
        return _sampled(images.float(), torch.stack([x + moved[:, 0], y[:, None] + moved[:, 1]], dim=-1))


def resample(images: Tensor, theta: Tensor) -> Tensor:
    """The images at an affine grid: N x C x H x W.

    theta: N x 2 x 3, from places of the output to places of the input, both spanning [-1, 1] (x first). Gradients flow
    to both.
    """
    with torch.autocast(images.device.type, enabled=False):
        grid = F.affine_grid(theta.float(), list(images.shape), align_corners=False)
        return _sampled(images.float(), grid)


def _sampled(images: Tensor, grid: Tensor) -> Tensor:
    return F.grid_sample(images, grid, mode="bilinear", padding_mode="border", align_corners=False)
