"""The one place where loss terms get their weights."""

from collections.abc import Mapping

import torch
from torch import Tensor

from facegan.models.schedules import Clocks, Schedule, value_at


def weigh(losses: Mapping[str, Tensor], weights: Mapping[str, float | Schedule], clocks: Clocks) -> Tensor:
    """The weighted sum of a play's terms, 0-dim float32."""
    return torch.stack([value_at(weights[name], clocks) * value.float() for name, value in losses.items()]).sum()
