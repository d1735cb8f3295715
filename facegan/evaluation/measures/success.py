"""Judged success: whether an independent classifier sees the wanted value, and still does in a worn picture."""

import torch
from torch import Tensor

from facegan.evaluation.measures.about import About
from facegan.evaluation.measures.ratio import Ratio

JUDGED_SUCCESS = About(
    name="judged_success",
    title="Judged success",
    unit="share of faces, 0 to 1",
    better="higher",
    means="The share of edited faces in which a classifier that no model was trained with sees the wanted value: in "
    "the picture in 8 bits, as a JPEG, and slightly blurred, all three.",
    blind="How well it is done, in which style, and what else changed; the judge errs as its own figures say.",
    source="He et al. 2019 (AttGAN) count a classifier's verdicts; that they must survive is this project's.",
)

CORRECTED_SUCCESS = About(
    name="corrected_success",
    title="Judged success, corrected",
    unit="share of faces, 0 to 1",
    better="higher",
    means="Judged success, freed of the judge's own errors by its sensitivity and specificity.",
    blind="That the judge errs on edits otherwise than on the real faces on which it was examined.",
    source="Rogan and Gladen 1978.",
)


def judged_success(logits: Tensor, value: int | Tensor) -> Ratio:
    """1 where the judge says the wanted value of the attribute of every copy, else 0. Higher is better, 0 to 1.

    logits: N, or V x N for V copies of each picture, above 0 for "has it"; value: 0 or 1, or N of them. Cannot see
    style, quality, or anything but this attribute.
    """
    says = (logits > 0).eq(torch.as_tensor(value, device=logits.device).bool())
    return Ratio.of((says.all(0) if says.ndim == 2 else says).float())


def balanced_success(logits: Tensor, values: Tensor) -> Ratio:
    """The same where faces ask for either value, weighed so that both count the same: 0.5 where no one looks at them.

    logits, values: N, values in {0, 1}, both of which should come up.
    """
    share = values.mean().clamp(1e-6, 1 - 1e-6)
    weights = torch.where(values.bool(), 0.5 / share, 0.5 / (1 - share))
    return Ratio(judged_success(logits, values).above * weights, weights)


def corrected_success(success: float, *, hits: float, alarms: float) -> float:
    """The share of faces that truly have the wanted value, 0 to 1, from the share in which the judge sees it.

    hits, alarms: how often the judge sees the value in faces that have it, and in faces that do not. NaN for a judge
    that cannot tell them apart.
    """
    if not hits > alarms:
        return float("nan")
    return min(1.0, max(0.0, (success - alarms) / (hits - alarms)))
