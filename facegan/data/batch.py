"""The one shape in which faces travel: from every data set, to every model.

Legend: N faces, T frames, K attributes, H x W pixels.
"""

from dataclasses import dataclass, fields, replace

import torch
from torch import Tensor


@dataclass(frozen=True, slots=True, kw_only=True)
class FaceBatch:
    """Faces ready for a network.

    It carries no twin, region or factor, so that nothing can train on the answer.

    images: N x 3 x H x W (clips: N x T x 3 x H x W) in [-1, 1]; of a draw of unpaired small pictures those, as `low`.
    attributes: N x K in {0, 1}; NaN where unknown.
    index: N, the faces' numbers in their data set.
    identity: N, the persons' numbers; -1 where unknown.
    low: N x 3 x h x w in [-1, 1], the low-resolution images, where a draw asked for them or the data set has pairs.
    weights: N, what each face counts in losses that weigh faces, of mean 1 over a data set; None where all count 1.
    context: N x J in {0, 1}, NaN where unknown: labels that an independence penalty asked for; None without one.
    """

    images: Tensor
    attributes: Tensor
    index: Tensor
    identity: Tensor
    low: Tensor | None = None
    weights: Tensor | None = None
    context: Tensor | None = None

    def __len__(self) -> int:
        return len(self.images)

    def to(self, device: torch.device | str) -> "FaceBatch":
        """The same faces on another device."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        moved = {name: value.to(device, non_blocking=True) for name, value in values.items() if value is not None}
        return replace(self, **moved)
