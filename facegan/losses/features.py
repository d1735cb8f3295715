"""Losses on the hidden maps of a network that somebody else has computed. All return unweighted scalars."""

from collections.abc import Sequence

import torch
from torch import Tensor


class MeanFeatures:
    """Fake images should look like real ones to each unit of a critic, on average over the batch (DiscoGAN).

    mean (mean_N real - mean_N fake)^2 over the elements of a map, summed over the maps. The authors' code hands the
    squares to a hinge-embedding loss whose labels are all 1, which returns their mean. Kim et al., arXiv 1703.05192;
    Salimans et al. 2016 (arXiv 1606.03498) had it of one layer.
    """

    def __call__(self, real: Sequence[Tensor], fake: Sequence[Tensor]) -> Tensor:
        """real, fake: maps N x ..., pairwise of one shape beyond N; the batches may differ in size.

        Raises ValueError where they do not pair, or are none.
        """
        shapes = [[tuple(maps.shape[1:]) for maps in side] for side in (real, fake)]
        if shapes[0] != shapes[1] or not real:
            raise ValueError(f"features do not pair: {shapes[0]} and {shapes[1]}")
        gaps = [(a.mean(0) - b.mean(0)).square().mean() for a, b in zip(real, fake, strict=True)]
        return torch.stack(gaps).sum()
