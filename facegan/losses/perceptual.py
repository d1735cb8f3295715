"""What a network sees in pictures, beyond `features`: their style, and the gap that a critic holds open.

Legend: a map of features is N x C x H x W; all values are unweighted scalars, but for the weights inside PAN's margin.
"""

from collections.abc import Sequence

import torch
from torch import Tensor

from facegan.losses.features import check_pairs


def gram(maps: Tensor) -> Tensor:
    """The Gram matrices N x C x C of maps N x C x H x W: mean products of channels, divided by C H W.

    Gatys et al. 2016; so normalised in Johnson et al. 2016 (arXiv 1603.08155), equation 3.
    """
    rows = maps.float().flatten(2)
    return rows @ rows.mT / rows[0].numel()


class Style:
    """Which features go together, wherever they are: the gap between Gram matrices (Johnson et al. 2016).

    sum over maps of mean_N |gram(prediction) - gram(target)|_F^2, squared Frobenius norms as in the paper.
    layers: which maps, 0 the first, negative from the last; None for all. mean: the mean over the C x C elements in
    place of the norm, which is their sum: so the authors' code has it, where wide maps do not count more than others.
    """

    def __init__(self, *, layers: Sequence[int] | None = None, mean: bool = False) -> None:
        self.layers, self.mean = None if layers is None else tuple(layers), mean

    def __call__(self, prediction: Sequence[Tensor], target: Sequence[Tensor]) -> Tensor:
        """prediction, target: maps, pairwise of one shape. Raises ValueError where they do not pair, or are none."""
        check_pairs(prediction, target)
        layers = range(len(prediction)) if self.layers is None else self.layers
        squares = [(gram(prediction[each]) - gram(target[each])).square() for each in layers]
        return torch.stack([each.mean() if self.mean else each.sum((1, 2)).mean() for each in squares]).sum()


class FeatureMatching:
    """The perceptual gap: sum over maps of weight * mean |prediction - target|, over the elements of a map.

    With a discriminator's own maps: pix2pixHD's feature matching (Wang et al. 2018), and what PAN calls the perceptual
    loss. layers: which maps, None for all; weights: of each of them, 1 unless given. The means make a margin mean the
    same at every image size and width. Maps that a network of few layers does not have are left out.
    Raises ValueError where layers and weights differ in number.
    """

    def __init__(self, *, layers: Sequence[int] | None = None, weights: Sequence[float] | None = None) -> None:
        if layers is not None and weights is not None and len(layers) != len(weights):
            raise ValueError(f"feature matching: {len(layers)} layers and {len(weights)} weights do not pair")
        self.layers = None if layers is None else tuple(layers)
        self.weights = None if weights is None else tuple(weights)

    def __call__(self, prediction: Sequence[Tensor], target: Sequence[Tensor]) -> Tensor:
        """prediction, target: maps, pairwise of one shape. Raises ValueError where they do not pair, or none counts."""
        check_pairs(prediction, target)
        layers = self.layers or range(len(prediction))
        weights = self.weights or (1.0,) * len(layers)
        if len(weights) != len(layers):
            raise ValueError(f"feature matching: {len(layers)} maps and {len(weights)} weights do not pair")
        pairs = [(weight, layer) for weight, layer in zip(weights, layers, strict=True) if layer < len(prediction)]
        if not pairs:
            raise ValueError(f"feature matching: of {len(prediction)} maps none is among the layers {list(layers)}")
        gaps = [weight * (prediction[k].float() - target[k].float()).abs().mean() for weight, k in pairs]
        return torch.stack(gaps).sum()


class Margin:
    """What PAN's discriminator pays while its perceptual gap is less than a margin: max(0, margin - gap).

    Wang, Xu, Wang, Tao 2018 (arXiv 1706.09138): the generator closes the gap, the discriminator opens it, up to the
    margin. Raises ValueError for a margin that is not positive.
    """

    def __init__(self, *, margin: float = 3.0) -> None:
        if not margin > 0:
            raise ValueError(f"a perceptual margin must be positive, not {margin}")
        self.margin = margin

    def __call__(self, gap: Tensor) -> Tensor:
        """gap: a scalar >= 0, weighed inside, such as `FeatureMatching` gives."""
        return torch.relu(self.margin - gap)


class TotalVariation:
    """How much neighbouring pixels differ: mean |difference|^power to the right plus the same downwards.

    power 2 is Johnson et al.'s regulariser, 1 the anisotropic variation of Rudin, Osher and Fatemi 1992.
    Raises ValueError for another power.
    """

    def __init__(self, *, power: int = 2) -> None:
        if power not in (1, 2):
            raise ValueError(f"total variation takes power 1 or 2, not {power}")
        self.power = power

    def __call__(self, images: Tensor) -> Tensor:
        """images: ... x H x W, at least 2 pixels either way."""
        across, down = images.diff(dim=-1).abs(), images.diff(dim=-2).abs()
        return (across**self.power).mean() + (down**self.power).mean()
