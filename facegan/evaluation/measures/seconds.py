"""How long an edit takes, of models whose edits are optimised."""

import torch

from facegan.evaluation.measures.about import About
from facegan.evaluation.measures.ratio import Ratio

SECONDS = About(
    name="seconds",
    title="seconds per image",
    unit="s, wall clock",
    better="lower",
    means="How long one edit takes on the machine of the evaluation, faces of a chunk together; only of models whose "
    "edits are optimised for each picture.",
    blind="Whatever else the machine was doing, and how many pictures can share their time.",
)


def seconds(spent: float, count: int) -> Ratio:
    """The time that `count` edits took together, in seconds."""
    return Ratio.of(torch.full((count,), spent / count))
