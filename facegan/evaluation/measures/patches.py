"""Realism of details: how far the patches of answers are, as a crowd, from those of real faces, at every size.

Legend: N and M images.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean

import torch
from torch import Tensor
from torch.nn import functional as F

from facegan.evaluation.measures.about import About

SWD = About(
    name="swd",
    title="Realism of details, sliced Wasserstein distance of patches",
    unit="deviations of real patches x 1000, 0 up",
    better="lower",
    means="Wasserstein distance between patches of 7 x 7 of what was made and of real faces, on random lines through "
    "them, the mean over the levels of a Laplacian pyramid down to 16 pixels. No network has a say in it.",
    blind="What is larger than a patch: whether details are where a face has them. A single face: it compares crowds.",
    source="Karras et al. 2018; here patches are scaled by what real ones are, since a blur would be scaled away.",
)

PATCH = 7
EACH = 128  # patches of an image on each level
SMALLEST = 16  # pixels of the last level
LINES = 256  # 512 in the paper, in four rounds
SCALE = 1_000.0


def swd(made: Tensor, real: Tensor, *, seed: int = 0) -> float:
    """The mean over the pyramid's levels: 0 for the same crowd, lower is better.

    made: N x 3 x S x S, real: M x 3 x S x S, in [-1, 1]; S of at least 16. Image i of both is cut at the same places.
    Raises ValueError for smaller images.
    """
    if made.shape[-1] < SMALLEST:
        raise ValueError(f"images of {made.shape[-1]} pixels have no patches to speak of; {SMALLEST} would do")
    dice = torch.Generator().manual_seed(seed)
    levels = zip(pyramid(made), pyramid(real), strict=True)
    return SCALE * fmean(_level(one, other, dice) for one, other in levels)


def pyramid(images: Tensor) -> Sequence[Tensor]:
    """The Laplacian pyramid: what each halving takes away, the largest first, and the smallest image itself."""
    levels = []
    while images.shape[-1] >= 2 * SMALLEST:
        smaller = _blurred(images)[..., ::2, ::2]
        levels.append(images - F.interpolate(smaller, size=images.shape[-2:], mode="bilinear", align_corners=False))
        images = smaller
    return [*levels, images]


def _level(made: Tensor, real: Tensor, dice: torch.Generator) -> float:
    places = torch.randint(made.shape[-1] - PATCH + 1, (2, max(len(made), len(real)), EACH), generator=dice)
    one, other = _patches(made, places), _patches(real, places)
    middle, spread = other.mean(dim=(0, 2), keepdim=True), other.std(dim=(0, 2), keepdim=True).clamp_min(1e-6)
    return _sliced(((one - middle) / spread).flatten(1), ((other - middle) / spread).flatten(1), dice)


def _sliced(one: Tensor, other: Tensor, dice: torch.Generator) -> float:
    """The mean distance of the two crowds along random lines; quantiles stand for patches where counts differ."""
    lines = F.normalize(torch.randn(LINES, one.shape[1], generator=dice), dim=1)
    seen = [(lines @ crowd.T).sort(dim=1).values for crowd in (one, other)]
    count = min(crowd.shape[1] for crowd in seen)
    places = [torch.linspace(0, crowd.shape[1] - 1, count).round().long() for crowd in seen]
    return float((seen[0][:, places[0]] - seen[1][:, places[1]]).abs().mean())


def _patches(images: Tensor, places: Tensor) -> Tensor:
    """Of every image those whose upper left corners are `places` (y and x, 2 x N x EACH): N * EACH x 3 x 49."""
    windows = images.unfold(2, PATCH, 1).unfold(3, PATCH, 1)  # a view: N x 3 x side x side x 7 x 7
    rows, (y, x) = torch.arange(len(images)), places[:, : len(images)]
    return windows[rows[:, None], :, y, x].flatten(0, 1).flatten(2).float()


def _blurred(images: Tensor) -> Tensor:
    line = images.new_tensor([1.0, 4.0, 6.0, 4.0, 1.0]) / 16.0
    kernel = (line[:, None] * line)[None, None].expand(images.shape[1], 1, 5, 5)
    return F.conv2d(F.pad(images, (2, 2, 2, 2), mode="reflect"), kernel, groups=images.shape[1])
