"""Judged success: whether an independent classifier sees the wanted value."""

import torch
from torch import Tensor

from facegan.evaluation.measures.about import About
from facegan.evaluation.measures.ratio import Ratio

JUDGED_SUCCESS = About(
    name="judged_success",
    title="Judged success",
    unit="share of faces, 0 to 1",
    better="higher",
    means="The share of edited faces in which a classifier that no model was trained with sees the wanted value.",
    blind="How well it is done, in which style, and what else changed; the judge errs as its own figures say.",
)


def judged_success(logits: Tensor, value: int | Tensor) -> Ratio:
    """1 where the judge says the wanted value of the attribute, else 0. Higher is better, 0 to 1.

    logits: N, above 0 for "has it"; value: 0 or 1, or N of them. Cannot see style, quality, or anything but this
    attribute.
    """
    return Ratio.of((logits > 0).eq(torch.as_tensor(value, device=logits.device).bool()).float())


def balanced_success(logits: Tensor, values: Tensor) -> Ratio:
    """The same where faces ask for either value, weighed so that both count the same: 0.5 where no one looks at them.

    logits, values: N, values in {0, 1}, both of which should come up.
    """
    share = values.mean().clamp(1e-6, 1 - 1e-6)
    weights = torch.where(values.bool(), 0.5 / share, 0.5 / (1 - share))
    return Ratio(judged_success(logits, values).above * weights, weights)
