"""Several parts of one data set as one: the faces of the first, then those of the next."""

import torch
from torch import Tensor

from facegan.data.source import FaceSource


class Joined(FaceSource):
    """All faces of the parts, in their order; they agree in size, attributes and name, as splits of a data set do.

    Raises ValueError for parts that do not, and for none.
    """

    def __init__(self, *parts: FaceSource) -> None:
        if len({(part.name, part.attributes, part.image_size) for part in parts}) != 1:
            raise ValueError("parts of one data set are joined, which agree in name, attributes and image size.")
        self.parts = parts
        self.name, self.attributes, self.image_size = parts[0].name, parts[0].attributes, parts[0].image_size
        self.labels = torch.cat([part.labels for part in parts])
        self.identities = torch.cat([part.identities for part in parts])
        self._ends = torch.tensor([len(part) for part in parts]).cumsum(0)

    def images(self, index: Tensor) -> Tensor:
        """The faces of these numbers, n x 3 x S x S uint8."""
        owners = torch.bucketize(index, self._ends, right=True)
        side = self.image_size
        faces = torch.empty((len(index), 3, side, side), dtype=torch.uint8).contiguous(
            memory_format=torch.channels_last
        )
        for number, part in enumerate(self.parts):
            mine = owners == number
            faces[mine] = part.images(index[mine] - (self._ends[number] - len(part)))
        return faces

    def crop(self) -> dict[str, object]:
        """That of the parts."""
        return self.parts[0].crop()
