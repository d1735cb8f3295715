"""What an edit asks for, as the attribute values that a conditional model is given."""

from collections.abc import Callable

import torch
from torch import Tensor

from facegan.errors import UserError


def signed(values: Tensor) -> Tensor:
    """Values N x K as a network is told them: 0 becomes -1, 1 becomes +1, an unknown one (NaN) the middle, 0."""
    return (2 * values - 1).nan_to_num(nan=0.0)


def own(source: Tensor | None, logits: Callable[[], Tensor]) -> Tensor:
    """A face's own attributes, N x K in {0, 1}: its labels, and where nobody knows them (NaN, None) logits above 0.

    source: N x K. logits: asked for only where a label is missing; N x K.
    """
    if source is not None and not bool(source.isnan().any()):
        return source
    seen = logits()
    guess = (seen > 0).to(seen.dtype)
    return guess if source is None else torch.where(source.to(guess).isnan(), guess, source.to(guess))


def towards(target: Tensor, source: Tensor | None, strength: float) -> Tensor:
    """Values N x K on the way from a face's own attributes (strength 0) to the wanted ones (1), and beyond.

    target: N x K in {0, 1}; where it is NaN the face keeps its own value. source: N x K in {0, 1}; NaN, or None as a
    whole, where nobody knows it. A face that shows the target already stays as it is up to strength 1, and is moved by
    what is above it, so that strength 0 asks nothing of any face and one above 1 means the same for all. One whose own
    value is unknown is moved from the opposite of the target.
    """
    if source is None:
        source = torch.full_like(target, torch.nan)
    start = torch.where(source.isnan(), 1 - target, source)
    step = torch.where(start == target, max(strength - 1.0, 0.0) * (2 * target - 1), strength * (target - start))
    return torch.where(target.isnan(), source, start + step)


def others_needed(rows: Tensor) -> None:
    """Raises UserError for a batch of one face, which would be asked to become what it is."""
    if len(rows) < 2:
        raise UserError("a batch of one face holds no other to take after; set trainer.batch_size=2 or more.")


def shuffled(rows: Tensor) -> Tensor:
    """The rows N x K of a batch in another order, each whole: what other faces have can be together.

    Raises UserError for a single row.
    """
    others_needed(rows)
    return rows[torch.randperm(len(rows)).to(rows.device)]
