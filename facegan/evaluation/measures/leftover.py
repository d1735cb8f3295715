"""Leftover: what stays of an edit after it was undone; and the noise that erases hidden messages in between."""

import torch
from torch import Tensor

from facegan.evaluation.measures.about import About
from facegan.evaluation.measures.ratio import Ratio

LEFTOVER = About(
    name="leftover",
    title="Left over after the way back",
    unit="fraction of the edit: 0 is all undone, 1 as far away as the edit itself",
    better="lower",
    means="Mean |there and back - source| over mean |there - source|.",
    blind="How the way back knew what to restore: by a message hidden in the edit, unless noise lies in between.",
)

FAINT = 2 / 127.5
"""Two steps of 255, in [-1, 1]: invisible, and enough to erase a message hidden in the lowest bits."""


def leftover(back: Tensor, there: Tensor, source: Tensor) -> Ratio:
    """Sum of |back - source| over the sum of |there - source|, per face. Lower is better; NaN where nothing was done.

    back (edited, then edited back), there (edited once), source: N x 3 x H x W in [-1, 1].
    """
    above, below = ((image - source).abs().flatten(1).sum(1) for image in (back, there))
    return Ratio(above, below)


def with_noise(images: Tensor, *, seed: int, deviation: float = FAINT) -> Tensor:
    """The images with Gaussian noise of this standard deviation in [-1, 1], clipped; the same noise at every call."""
    noise = torch.randn(images.shape, generator=torch.Generator().manual_seed(seed))
    return (images + deviation * noise).clamp(-1, 1)
