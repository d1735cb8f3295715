"""The dial: how much of a face may be invented, when the small face itself may not be contradicted.

A small face x leaves open the null space of the linear degradation A, and that alone. Of the pictures in [-1, 1] that
shrink to x (an affine set cut by a box) the nearest to a network's answer is taken. Without the box that is one step,
adding A+ (x - A y), which leaves the null space alone: range and null-space decomposition (Schwab et al. 2019; Wang et
al. 2023). With it the step is repeated on the unclamped picture: gradient ascent of the dual problem, in the metric of
A A^T, where its rate is 1, with Nesterov's momentum, begun anew where it leads astray (O'Donoghue and Candes 2015).
The set is convex: whatever lies between two pictures that agree agrees too, and needs no projection of its own.
"""

import torch
from torch import Tensor

from facegan.data.degradations import Degradation, Separable
from facegan.errors import UserError

TOLERANCE = 1e-3
"""In [-1, 1], of the worst pixel of a small face."""
STEPS = 3_000
DIAL = (0.0, 0.25, 0.5, 0.75, 1.0)
"""The settings at which it is measured."""


def agreeing(images: Tensor, low: Tensor, degradation: Separable, *, tolerance: float = TOLERANCE) -> Tensor:
    """The pictures nearest to `images`, N x 3 x S x S, in [-1, 1] and off `low` by less than the tolerance when shrunk.

    images are cut to [-1, 1] first. Where no picture in [-1, 1] shrinks to `low` (one of noise, or that overshoots),
    they are as near as STEPS steps come. A face's answer does not depend on those beside it.
    """
    images = images.float().clamp(-1.0, 1.0)
    result, open_ = images.clone(), torch.arange(len(images), device=images.device)
    shift = ahead = moved = torch.zeros_like(images)
    pace = images.new_ones(len(images), 1, 1, 1)
    for _ in range(STEPS):
        answer = (images + ahead).clamp(-1.0, 1.0)
        result[open_] = answer
        gap = low - degradation(answer)
        far = gap.abs().flatten(1).amax(1) >= tolerance / 2
        if not far.any():
            break
        open_, images, low, gap = open_[far], images[far], low[far], gap[far]
        shift, ahead, moved, pace = shift[far], ahead[far], moved[far], pace[far]
        target = ahead + degradation.lifted(gap)
        move = target - shift
        astray = (move * moved).sum((1, 2, 3), keepdim=True) < 0
        faster = torch.where(astray, 1.0, (1 + (1 + 4 * pace**2) ** 0.5) / 2)
        ahead = target + (pace - 1) / faster * move
        shift, moved, pace = target, move, faster
    return result


def between(mean: Tensor, bold: Tensor, low: Tensor, degradation: Degradation, *, invention: float) -> Tensor:
    """Pictures that agree with `low`: at invention 0 the mean's answer, at 1 the bold one, between them in between.

    mean, bold: N x 3 x S x S. Raises UserError for a degradation that is not linear, and beyond 0 to 1.
    """
    if not isinstance(degradation, Separable):
        raise UserError(
            f"invention: what a small face leaves open is known of linear degradations alone, not of "
            f"{type(degradation).__name__}; set degradation=bicubic or box."
        )
    if not 0 <= invention <= 1:
        raise UserError(f"invention={invention}: it must lie between 0 (nothing invented) and 1.")
    ends = [agreeing(each, low, degradation) for each, share in ((mean, 1 - invention), (bold, invention)) if share]
    return ends[0] if len(ends) == 1 else torch.lerp(ends[0], ends[1], invention)


def invented(images: Tensor, mean: Tensor) -> Tensor:
    """The map of what was invented: N x 1 x S x S, the mean over channels of |images - mean|, in [0, 2]."""
    return (images - mean).abs().mean(1, keepdim=True)
