"""What every data set offers: 8-bit faces by number, with labels and identities beside them.

Legend: N faces, K attributes, S the side of the square image in pixels, T frames of a clip.
"""

from abc import ABC, abstractmethod

from torch import Tensor


class FaceSource(ABC):
    """Faces by number. Everything that is drawn, augmented or normalised happens on top of this, in `sampling`.

    name: short and stable; it names runs and tables.
    attributes: the K attribute names, in CelebA's spelling where CelebA has them.
    image_size: S.
    labels: N x K float32 in {0, 1}; NaN where unknown.
    identities: N int64; -1 where unknown.
    low: the side of the small images of its own, where the data set is of pairs; None where it has none.
    unpaired: small pictures of other faces, a data set of its own that splits as this one; None where there are none.
    frames: T where the data set is of clips, each of which counts as one face; None for single images.
    """

    name: str
    attributes: tuple[str, ...]
    image_size: int
    labels: Tensor
    identities: Tensor
    frames: int | None = None
    low: int | None = None
    unpaired: "FaceSource | None" = None

    def __len__(self) -> int:
        return len(self.labels)

    @abstractmethod
    def images(self, index: Tensor) -> Tensor:
        """The faces of these numbers, len(index) x 3 x S x S (clips: x T x 3 x S x S), uint8 in [0, 255]."""

    def lows(self, index: Tensor) -> Tensor | None:
        """The small images of these numbers, len(index) x 3 x low x low, uint8; None where the data set has none."""
        return None

    def crop(self) -> dict[str, object]:
        """How a user's own photo is cut to meet a model as these faces did; plain data, empty where unknown."""
        return {}
