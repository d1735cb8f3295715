"""PhotoTwins as cases with a true answer: photographs of the test split, and the same ones with a drawn layer.

Legend: N faces, K attributes of the model, S pixels.
"""

import torch
from torch import Tensor

from facegan.data.phototwins import VERSION, PhotoTwins
from facegan.data.source import FaceSource
from facegan.data.twinfaces import Faces, Regions
from facegan.errors import UserError
from facegan.evaluation.asking import VALUE, Direction
from facegan.evaluation.cases import FIRST, digest, next_photograph
from facegan.evaluation.twin_cases import TwinCases

LEAST = 2  # photographs, so that an exemplar is another one


class PhotoTwinCases(TwinCases):
    """The first photographs that lack an attribute of `phototwins.WORN`: given it, or given it and asked without.

    Exemplars are the same photographs in another order, with styles of their own; no face meets itself. count: at most
    so many. seed: of the styles. attributes: the model's K; labels that the photographs lack are NaN.
    Raises UserError where fewer than two photographs lack the attribute or nobody labelled it, and as `PhotoTwins`.
    """

    def __init__(
        self,
        source: FaceSource,
        *,
        attribute: str,
        direction: Direction,
        attributes: tuple[str, ...],
        count: int,
        seed: int,
    ) -> None:
        self._photographs = checked(source, attribute)
        index = self._photographs.clean()[:count]
        if len(index) < LEAST:
            raise UserError(f"{source.name!r} has {len(index)} photographs without {attribute}; {LEAST} are needed.")
        wanted = VALUE[direction]
        super().__init__(
            faces=self._photographs.faces(index, seed=seed, value=1 - wanted),
            exemplars=self._photographs.faces(index.roll(len(index) // 2), seed=seed + 1, value=wanted),
            attribute=attribute,
            direction=direction,
            attributes=attributes,
            image_size=source.image_size,
            draw=self._photographs.draw,
        )

    def fingerprint(self) -> str:
        """A hash of who is asked about, of the first photographs, and of what is drawn on them."""
        first = self._photographs.source.images(self.faces.index[:FIRST])
        return digest(str(VERSION), super().fingerprint(), first.contiguous())

    def regions(self, faces: Faces, twins: Faces, images: tuple[Tensor, Tensor]) -> Regions:
        """Where the layer is, and where any could be."""
        return self._photographs.regions(faces, twins, images=images)

    def labels(self, faces: Faces) -> Tensor:
        """The photographs' own, with the drawn attribute as it is drawn, N x K."""
        known = self._photographs.source
        labels = torch.full((len(faces), len(self.attributes)), torch.nan)
        for column, name in enumerate(self.attributes):
            if name in known.attributes:
                labels[:, column] = known.labels[faces.index, known.attributes.index(name)]
        labels[:, self.attributes.index(self.attribute)] = 1 - VALUE[self.direction]
        return labels

    def same(self, faces: Faces) -> Tensor:
        """The next photograph of each person, without any layer."""
        return next_photograph(self._photographs.source, faces.index)


def checked(source: FaceSource, attribute: str) -> PhotoTwins:
    """The photographs. Raises UserError where they do not say who wears the attribute already."""
    if attribute not in source.attributes:
        raise UserError(
            f"{source.name!r} does not label {attribute}, so nobody knows whose picture is free of it: name "
            "photographs that do by data=celeba data.root=FOLDER, or by data=folder data.root=FOLDER data.labels=TABLE."
        )
    return PhotoTwins(source, attribute)
