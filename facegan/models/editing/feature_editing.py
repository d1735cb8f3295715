"""What Deep Feature Interpolation and Deep Manifold Traversal share: move a face's features, then find its pixels.

No network is trained for editing. A feature extractor is fixed; `fit` keeps the features of labelled faces, by which an
edit knows which way to move; the edited picture is optimised until the extractor sees the moved features in it.

The extractor is a pretrained network, or one of the project's own: with a `head` it learns, in the one phase that there
then is, to tell the attributes from the training faces. It is neither of the judges, which are other networks, trained
apart. Each channel of its maps is divided by its mean activation over the faces of `fit`, as the authors'
`vgg_normalised` is by that over ImageNet, so that the scales of maps and of steps mean the same for every extractor.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import ClassVar

import torch
from torch import Tensor

from facegan.data.batch import FaceBatch
from facegan.data.draw import Draw
from facegan.errors import UserError
from facegan.models.base import Factory, Weights, verb
from facegan.models.exemplars import Exemplars
from facegan.models.inversion import Inversion, matched
from facegan.models.learned_features import LearnedFeatures
from facegan.networks.contracts import Pretrained

LEAST = 0.05  # of a map's mean activation: channels below it are not blown up to the size of the others


class FeatureEditor(LearnedFeatures):
    """Parts: those of `LearnedFeatures`, and exemplars.

    inversion: how pixels are found. neighbours: exemplars with, and as many without an attribute, that say which way
    to go. fit_size: faces with, and as many without each attribute, that are kept. match: whether an edited picture is
    given the mean and deviation of its original, as Deep Feature Interpolation's code does at the end.
    Raises UserError without attributes, and PartError where the parts do not fit each other.
    """

    verb_parts: ClassVar[tuple[str, ...]] = ("extractor",)
    optimises: ClassVar[bool] = True
    scales: Tensor

    def __init__(
        self,
        *,
        image_size: int,
        attributes: tuple[str, ...],
        extractor: Factory,
        inversion: Inversion,
        weights: Weights,
        head: Factory | None = None,
        neighbours: int = 100,
        fit_size: int = 250,
        match: bool = False,
    ) -> None:
        super().__init__(image_size=image_size, attributes=attributes, weights=weights)
        if not attributes:
            raise UserError(f"{type(self).__name__} must have an attribute to edit; set attributes=[Eyeglasses].")
        self.look_by(extractor, head)
        self.phases = self.features_phase(why="what tells attributes apart is what an edit has to move")
        self.shapes = (*self.extractor.skips, self.extractor.shape)
        self.inversion, self.neighbours, self.fit_size, self.match = inversion, neighbours, fit_size, match
        sizes = [channels * height * width for channels, height, width in self.shapes]
        self.exemplars = Exemplars(width=sum(sizes), attributes=len(attributes))
        self.register_buffer("scales", torch.ones(sum(channels for channels, _, _ in self.shapes)))
        self.fit_draws = {
            f"{kind}_{name}": Draw(has={name: value})
            for name in attributes
            for kind, value in (("has", 1), ("lacks", 0))
        }

    def maps(self, images: Tensor) -> list[Tensor]:
        """What the extractor sees, shallow first, every channel on the same scale. images: N x 3 x S x S in [-1, 1]."""
        scales = self.scales.split([channels for channels, _, _ in self.shapes])
        return [each * scale[:, None, None] for each, scale in zip(self.seen(images), scales, strict=True)]

    @verb
    def fit(self, draws: Mapping[str, Iterable[FaceBatch]]) -> None:
        """Keeps the features and labels of the drawn faces, and the channels' scales.

        Raises PartError where a pretrained extractor's numbers cannot be had.
        """
        if isinstance(self.extractor, Pretrained) and not self.phases:
            self.extractor.fetch()
        self.scales.fill_(1)
        features, labels = [], []
        for batches in draws.values():
            for faces in batches:
                features.append(flat(self.maps(faces.images)).half())
                labels.append(faces.attributes)
        kept = torch.cat(features)
        self.scales.copy_(self._scales(kept))
        self.exemplars.fill(flat([each.half() for each in self._scaled(kept)]), torch.cat(labels))

    def _scales(self, features: Tensor) -> Tensor:
        means = [
            torch.stack([rows.float().abs().mean(2).sum(0) for rows in each.flatten(2).split(64)]).sum(0) / len(each)
            for each in self._unflat(features)
        ]
        return torch.cat([1 / mean.clamp_min(float(LEAST * mean.mean()) + 1e-12) for mean in means])

    def _scaled(self, features: Tensor) -> list[Tensor]:
        scales = self.scales.half().split([channels for channels, _, _ in self.shapes])
        return [each * scale[:, None, None] for each, scale in zip(self._unflat(features), scales, strict=True)]

    def _unflat(self, features: Tensor) -> list[Tensor]:
        parts = features.split([channels * height * width for channels, height, width in self.shapes], dim=1)
        return [part.unflatten(1, shape) for part, shape in zip(parts, self.shapes, strict=True)]

    def destination(self, features: Tensor, sides: Sequence[tuple[Tensor, Tensor]], strength: float) -> Tensor:
        """Where faces' features N x D go. sides: for each request, numbers of the exemplars N x neighbours to leave and
        those to approach.
        """
        raise NotImplementedError

    @verb
    def edit(
        self, images: Tensor, target: Tensor, source: Tensor | None = None, strength: float = 1.0, seed: int = 0
    ) -> Tensor:
        """The faces moved towards target 1, away from 0, not for NaN.

        images: N x 3 x S x S in [-1, 1]; target: N x K. What a face shows already is not asked for. source: N x K
        labels, by which exemplars are chosen that are like the face in the other attributes; without them those with
        the nearest features. strength 0 keeps the features. seed is not used: the edit is deterministic. The pictures
        are optimised, so an edit takes seconds. Raises UserError before the run has been fitted.
        """
        if not len(self.exemplars):
            raise UserError(f"this {type(self).__name__} keeps no exemplars yet; train the run to its end first.")
        result = images.clone()
        for wish in target.nan_to_num(nan=-1.0).unique(dim=0):
            rows = (target.nan_to_num(nan=-1.0) == wish).all(1)
            if (wish >= 0).any():
                result[rows] = self._edited(images[rows], wish, None if source is None else source[rows], strength)
        return result

    def _edited(self, images: Tensor, wish: Tensor, source: Tensor | None, strength: float) -> Tensor:
        """wish: K values in {0, 1}, -1 to keep."""
        features = flat(self.maps(images))
        labels = torch.full((len(images), len(wish)), torch.nan).to(images) if source is None else source
        distances = self.exemplars.distances(features)

        def near(attribute: int, value: int) -> Tensor:
            return self.exemplars.nearest(distances, labels, attribute=attribute, value=value, count=self.neighbours)

        asked = [(number, int(value)) for number, value in enumerate(wish.tolist()) if value >= 0]
        sides = [(near(number, 1 - value), near(number, value)) for number, value in asked]
        moved = self._unflat(self.destination(features, sides, strength))
        edited = self.inversion(self.maps, moved, images)
        return matched(edited, images) if self.match else edited


def flat(maps: Sequence[Tensor]) -> Tensor:
    """Maps N x C x H x W as one row of features for each face, N x D."""
    return torch.cat([each.flatten(1) for each in maps], dim=1)
