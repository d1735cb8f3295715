"""What an edit asks for, as the attribute values that a conditional model is given."""

import torch
from torch import Tensor


def signed(values: Tensor) -> Tensor:
    """Values N x K as a network is told them: 0 becomes -1, 1 becomes +1, an unknown one (NaN) the middle, 0."""
    return (2 * values - 1).nan_to_num(nan=0.0)


def towards(target: Tensor, source: Tensor | None, strength: float) -> Tensor:
    """Values N x K on the way from a face's own attributes (strength 0) to the wanted ones (1), and beyond.

    target: N x K in {0, 1}; where it is NaN the face keeps its own value. source: N x K in {0, 1}; NaN, or None as a
    whole, where nobody knows it. A face that already shows the target, or whose own value is unknown, is moved from the
    opposite value, so that a strength above 1 means the same for every face.
    """
    if source is None:
        source = torch.full_like(target, torch.nan)
    start = torch.where(source.isnan() | (source == target), 1 - target, source)
    return torch.where(target.isnan(), source, start + strength * (target - start))


def shuffled(rows: Tensor) -> Tensor:
    """The rows N x K of a batch in another order, each whole: what other faces have can be together."""
    return rows[torch.randperm(len(rows)).to(rows.device)]
