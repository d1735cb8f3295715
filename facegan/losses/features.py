"""Losses on the hidden maps of a network, which is the model's own affair. All return unweighted scalars."""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from facegan.losses.reconstruction import Reconstruction


def check_pairs(one: Sequence[Tensor], other: Sequence[Tensor]) -> None:
    """Raises ValueError where maps do not pair, or are none."""
    shapes = [[tuple(maps.shape) for maps in side] for side in (one, other)]
    if shapes[0] != shapes[1] or not one:
        raise ValueError(f"features do not pair: {shapes[0]} and {shapes[1]}")


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
        check_pairs([maps[0] for maps in real], [maps[0] for maps in fake])
        gaps = [(a.float().mean(0) - b.float().mean(0)).square().mean() for a, b in zip(real, fake, strict=True)]
        return torch.stack(gaps).sum()


class FeatureReconstruction:
    """The distance between what a network sees in two pictures (VAE/GAN: Larsen et al. 2016, arXiv 1512.09300).

    distance: any `Reconstruction` that is not for pictures only; here it runs over the elements of one map of features.
    layer: which map, 0 the first. Raises ValueError for a distance between pictures only.
    """

    def __init__(self, *, distance: Reconstruction, layer: int) -> None:
        if distance.pictures_only:
            raise ValueError(f"{type(distance).__name__} compares pictures, not features; L1 or L2 would fit")
        self.distance, self.layer = distance, layer

    def __call__(self, features: Callable[[Tensor], Sequence[Tensor]], prediction: Tensor, target: Tensor) -> Tensor:
        """features: pictures to their maps, called once for each of the two, so that batch norm sees them apart.

        prediction, target: N x 3 x H x W in [-1, 1].
        """
        return self.of_maps(features(prediction), features(target))

    def of_maps(self, seen: Sequence[Tensor], wanted: Sequence[Tensor]) -> Tensor:
        """The same of maps that are there already."""
        return self.distance(seen[self.layer].float(), wanted[self.layer].float())
