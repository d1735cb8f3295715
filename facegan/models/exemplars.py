"""A bank of faces' features: who is near a face, and mixtures of them. It holds features, never photographs.

M exemplars, K attributes, N faces that are asked about, D features of a face.
"""

from typing import Any

import torch
from torch import Tensor, nn

from facegan.errors import UserError

ROWS = 64  # exemplars that are made 32-bit numbers at once


class Exemplars(nn.Module):
    """Empty until it is filled. features: M x D, 16-bit. labels: M x K in {0, 1}, NaN where unknown.

    gram: M x M, the features' inner products.
    """

    features: Tensor
    labels: Tensor
    gram: Tensor

    def __init__(self, *, width: int, attributes: int) -> None:
        super().__init__()
        self.register_buffer("features", torch.zeros(0, width, dtype=torch.float16))
        self.register_buffer("labels", torch.zeros(0, attributes))
        self.register_buffer("gram", torch.zeros(0, 0))

    def __len__(self) -> int:
        return len(self.features)

    def fill(self, features: Tensor, labels: Tensor) -> None:
        """Keeps these M faces instead of what it held."""
        self.features, self.labels = features.half(), labels
        self.gram = torch.cat([self.products(rows) for rows in self.features.split(ROWS)])

    def _load_from_state_dict(self, state_dict: dict[str, Any], prefix: str, *rest: Any) -> None:
        """Takes as many exemplars as a checkpoint holds."""
        count = len(state_dict.get(prefix + "features", self.features))
        for name, value in self.named_buffers():
            width = count if name == "gram" else value.shape[1]
            setattr(self, name, value.new_zeros(count, width))
        super()._load_from_state_dict(state_dict, prefix, *rest)

    def products(self, features: Tensor) -> Tensor:
        """Inner products of faces' features, N x D, with the exemplars': N x M."""
        return torch.cat([features.float() @ rows.float().T for rows in self.features.split(ROWS)], dim=1)

    def mixture(self, weights: Tensor) -> Tensor:
        """Weighed sums of the exemplars' features, N x D, by weights N x M."""
        parts = zip(weights.split(ROWS, dim=1), self.features.split(ROWS), strict=True)
        return torch.stack([share @ rows.float() for share, rows in parts]).sum(0)

    def distances(self, features: Tensor) -> Tensor:
        """Squared distances of faces' features, N x D, to the exemplars: N x M."""
        norms = features.square().sum(1, keepdim=True) + self.gram.diagonal()
        return (norms - 2 * self.products(features)).clamp_min(0)

    def nearest(self, distances: Tensor, labels: Tensor, *, attribute: int, value: int, count: int) -> Tensor:
        """Which `count` exemplars with this value of an attribute are most like each face: N x count numbers.

        Ranked by how many of the other attributes differ, as far as both are known, and then by distance.
        distances: N x M; labels: N x K, NaN where unknown. Fewer are returned where there are fewer.
        Raises UserError where there is none.
        """
        having = (self.labels[:, attribute] == value).nonzero().flatten()
        if not len(having):
            raise UserError("no exemplar is kept yet that could show the wanted attribute; train the run to its end.")
        near = distances[:, having]
        rank = self._differing(labels, having, besides=attribute) + near / (near.amax(1, keepdim=True) * 1.001 + 1e-12)
        return having[rank.topk(min(count, len(having)), dim=1, largest=False).indices]

    def _differing(self, labels: Tensor, chosen: Tensor, *, besides: int) -> Tensor:
        gaps = (labels[:, None] - self.labels[chosen]).abs().nan_to_num(nan=0.0)
        gaps[..., besides] = 0
        return gaps.sum(-1)
