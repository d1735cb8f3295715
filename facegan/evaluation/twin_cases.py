"""TwinFaces as cases with a true answer: a face, an exemplar, the twin, and where they may differ.

Legend: N faces, K attributes of the model, S pixels.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar, cast

import torch
from torch import Tensor

from facegan.attributes import positions
from facegan.data.source import FaceSource
from facegan.data.twinfaces import (
    ATTRIBUTES,
    Faces,
    Regions,
    TwinFaces,
    exemplar_twin,
    regions,
    render,
    sample,
    with_attribute,
)
from facegan.data.twinfaces.reference import Draw
from facegan.data.twinfaces.version import pictures
from facegan.evaluation.asking import VALUE, Direction
from facegan.evaluation.cases import Case, PhotoCases, digest
from facegan.evaluation.persons import second_look

T = TypeVar("T")

BLOCK = 1024
# Far from any seed that a run would be given.
FRESH_SEED = 770_117
SAME_SEED = 330_529


@dataclass(frozen=True, slots=True, kw_only=True)
class TwinCase(Case):
    """Cases whose answer is known.

    twin: N x 3 x S x S in [-1, 1]; adding, the source in the exemplar's style; removing, the source without, in its
    own style of absence. changed, may, hidden: N x S x S bool. draw: faces and their twins to images.
    drawn: see `once`.
    """

    faces: Faces
    twin: Tensor
    changed: Tensor
    may: Tensor
    hidden: Tensor
    draw: Draw
    drawn: dict[str, object] = field(default_factory=dict)

    def once(self, name: str, make: Callable[[], T]) -> T:
        """What was made of these faces under this name before, or is made now: many models may be asked the same."""
        if name not in self.drawn:
            self.drawn[name] = make()
        return cast(T, self.drawn[name])


class TwinCases:
    """Cases of one attribute and direction, rendered chunk by chunk.

    faces: those that lack the wanted value; exemplars: as many others that have it. attributes: the model's K.
    draw: faces to images, N x 3 x S x S in [-1, 1]; without it they are rendered clean.
    """

    def __init__(
        self,
        *,
        faces: Faces,
        exemplars: Faces,
        attribute: str,
        direction: Direction,
        attributes: tuple[str, ...],
        image_size: int,
        draw: Draw | None = None,
    ) -> None:
        self.faces, self.exemplars = faces, exemplars
        self.attribute, self.direction, self.image_size = attribute, direction, image_size
        self.draw, self.clean = draw or partial(render, image_size=image_size), draw is None
        self.attributes = attributes

    def __len__(self) -> int:
        return len(self.faces)

    @property
    def distinct(self) -> int:
        """How many different exemplars there are."""
        return len(self.exemplars)

    def fingerprint(self) -> str:
        """A hash of who is asked about, and of what the renderer's faces look like: only equal ones can be paired."""
        faces, exemplars = ((one.index, one.labels, one.styles) for one in (self.faces, self.exemplars))
        return digest(self.attribute, self.direction, pictures(), str(self.image_size), *faces, *exemplars)

    def twins(self, faces: Faces, exemplars: Faces) -> Faces:
        """The true answers."""
        if self.direction == "adding":
            return exemplar_twin(faces, exemplars, self.attribute)
        return with_attribute(faces, self.attribute, 0)

    def at(self, numbers: Tensor | slice) -> TwinCase:
        """Some of the cases, rendered."""
        faces, exemplars = self.faces[numbers], self.exemplars[numbers]
        twins = self.twins(faces, exemplars)
        source, twin = self.draw(faces), self.draw(twins)
        where = self.regions(faces, twins, (source, twin))
        return TwinCase(
            attribute=self.attribute,
            direction=self.direction,
            faces=faces,
            source=source,
            exemplar=self.draw(exemplars),
            twin=twin,
            labels=self.labels(faces),
            changed=where.changed,
            may=where.may,
            hidden=where.hidden,
            draw=self.draw,
            same=partial(self.same, faces),
        )

    def regions(self, faces: Faces, twins: Faces, images: tuple[Tensor, Tensor]) -> Regions:
        """Where twins differ from faces. images: both as they are drawn."""
        clean = images if self.clean else None
        return regions(faces, twins, self.attribute, image_size=self.image_size, images=clean)

    def labels(self, faces: Faces) -> Tensor:
        """The model's attributes of the faces, N x K."""
        return faces.labels[:, positions(self.attributes, ATTRIBUTES)]

    def same(self, faces: Faces) -> Tensor:
        """Another picture of each person, N x 3 x S x S in [-1, 1]."""
        return second_look(faces, image_size=self.image_size, seed=SAME_SEED)


def cases_of(source: FaceSource, attribute: str, direction: Direction, known: tuple[str, ...], count: int) -> Case:
    """The first faces of a data set, with their twins where it knows them. known: the model's attributes."""
    chosen = PhotoCases(source, attribute=attribute, direction=direction, attributes=known, count=count)
    if not isinstance(source, TwinFaces):
        return chosen.at(slice(0, count))
    return TwinCases(
        faces=source.faces(chosen.index),
        exemplars=source.faces(chosen.exemplars),
        attribute=attribute,
        direction=direction,
        attributes=known,
        image_size=source.image_size,
        draw=source.render,
    ).at(slice(0, count))


def split_by(faces: Faces, attribute: str, value: int) -> Faces:
    """The faces whose attribute has the value."""
    return faces[faces.labels[:, ATTRIBUTES.index(attribute)] == value]


def fresh_cases(
    *,
    attribute: str,
    direction: Direction,
    attributes: tuple[str, ...],
    count: int,
    image_size: int,
    seed: int = FRESH_SEED,
) -> TwinCases:
    """`count` cases of the test split, uncorrelated and never seen by any run: the first ones of the stream."""
    wanted = VALUE[direction]
    return TwinCases(
        faces=_first(attribute, 1 - wanted, count, seed),
        exemplars=_first(attribute, wanted, count, seed + 1),
        attribute=attribute,
        direction=direction,
        attributes=attributes,
        image_size=image_size,
    )


def _first(attribute: str, value: int, count: int, seed: int) -> Faces:
    """The first `count` faces of a test stream whose attribute has the value."""
    found: list[Tensor] = []
    start = 0
    while sum(map(len, found)) < count:
        index = torch.arange(start, start + BLOCK)
        found.append(split_by(sample(index, seed=seed, split="test"), attribute, value).index)
        start += BLOCK
    return sample(torch.cat(found)[:count], seed=seed, split="test")
