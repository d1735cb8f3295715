"""Strength response: whether more strength means more of the attribute."""

import torch
from torch import Tensor

from facegan.evaluation.measures.about import About
from facegan.evaluation.measures.ratio import Ratio

RESPONSE = About(
    name="response",
    title="Strength response",
    unit="share of steps, 0 to 1; 0.5 is chance",
    better="higher",
    means="Of the steps from strength 0 (the own reconstruction) through 0.5, 1, 1.5 to 2, the share in which the "
    "judge grows surer of the wanted value. The curve stands in the result file.",
    blind="How large the steps are, and what else grows; beyond 1 an honest model may have nothing left to add.",
)

STRENGTHS = (0.0, 0.5, 1.0, 1.5, 2.0)


def response(logits: Tensor, value: int) -> Ratio:
    """The share of steps towards the value (0 or 1), per face; higher is better. A step of no change is no step.

    logits: N x L, of the same faces at L rising strengths.
    """
    steps = logits.diff(dim=1) * (1 if value else -1)
    return Ratio((steps > 0).float().sum(1), torch.full_like(steps[:, 0], steps.shape[1]))
