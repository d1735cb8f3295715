"""What a model is asked in an evaluation: faces that lack an attribute's wanted value, and exemplars that have it.

Legend: N faces, K attributes of the model, S pixels.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor

from facegan.attributes import position, positions
from facegan.data.sampling import to_network
from facegan.data.source import FaceSource
from facegan.errors import UserError
from facegan.evaluation.asking import VALUE, Direction

FIRST = 8  # faces whose look stands for all in a fingerprint


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """N faces of one direction.

    source, exemplar: N x 3 x S x S in [-1, 1]; exemplars are other faces that have the wanted value.
    labels: N x K, the sources' own, NaN where unknown. same: makes another picture of each of the persons, N x 3 x S x
    S in [-1, 1], NaN where there is none.
    """

    attribute: str
    direction: Direction
    source: Tensor
    exemplar: Tensor
    labels: Tensor
    same: Callable[[], Tensor]


class PhotoCases:
    """The first faces of a data set that lack the wanted value, with the first that have it as exemplars.

    There are at most `count`, fewer where the data set has no more; exemplars are used again where they are few.
    Raises UserError where no face lacks the value, or none has it.
    """

    def __init__(
        self, source: FaceSource, *, attribute: str, direction: Direction, attributes: tuple[str, ...], count: int
    ) -> None:
        self.attribute, self.direction, self.image_size = attribute, direction, source.image_size
        self.index = first_faces(source, attribute, 1 - VALUE[direction], count)
        exemplars = first_faces(source, attribute, VALUE[direction], len(self.index))
        self.exemplars = exemplars[torch.arange(len(self.index)) % len(exemplars)]
        self._source, self._columns = source, positions(attributes, source.attributes)

    def __len__(self) -> int:
        return len(self.index)

    @property
    def distinct(self) -> int:
        """How many different exemplars there are: the first ones."""
        return len(self.exemplars.unique())

    def fingerprint(self) -> str:
        """A hash of who is asked about, with the look of the first faces: only equal ones can be paired."""
        first = self._source.images(self.index[:FIRST])
        return digest(self.attribute, self.direction, self.index, self.exemplars, first)

    def at(self, numbers: Tensor | slice) -> Case:
        """Some of the cases, decoded."""
        index = self.index[numbers]
        return Case(
            attribute=self.attribute,
            direction=self.direction,
            source=to_network(self._source.images(index)),
            exemplar=to_network(self._source.images(self.exemplars[numbers])),
            labels=self._source.labels[index][:, self._columns],
            same=partial(next_photograph, self._source, index),
        )


def next_photograph(source: FaceSource, index: Tensor) -> Tensor:
    """The next photograph of each person in the data set, N x 3 x S x S in [-1, 1]; NaN where there is none."""
    persons, own = source.identities, source.identities[index]
    alike = (persons == own[:, None]) & (own >= 0)[:, None]
    alike[torch.arange(len(index)), index] = False
    images = to_network(source.images(alike.float().argmax(1)))
    images[~alike.any(1)] = torch.nan
    return images


def digest(*facts: Tensor | str) -> str:
    """A short hash of tensors and texts."""
    found = hashlib.sha256()
    for fact in facts:
        found.update(fact.encode() if isinstance(fact, str) else str(fact.shape).encode() + fact.numpy().tobytes())
    return found.hexdigest()[:16]


def first_faces(source: FaceSource, attribute: str, value: int, count: int) -> Tensor:
    """The numbers of the first faces that have the value, at most `count`, at least one. Raises UserError for none."""
    found = (source.labels[:, position(attribute, source.attributes)] == value).nonzero().flatten()[:count]
    if not len(found):
        raise UserError(f"no face of {source.name!r} has {attribute}={value}; nothing can be measured for it here.")
    return found


def any_faces(source: FaceSource, attributes: tuple[str, ...], count: int) -> tuple[Tensor, Tensor]:
    """The first faces of a data set, N x 3 x S x S in [-1, 1], and their labels N x K; at most `count`."""
    index = torch.arange(min(count, len(source)))
    return to_network(source.images(index)), source.labels[index][:, positions(attributes, source.attributes)]
