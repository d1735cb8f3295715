"""The biased set completed: faces of the common cells with the task's attribute changed, until all cells are as large.

Legend: n faces that are to be changed, S pixels.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from experiments.augmentation.faces import Set, World
from facegan.attributes import positions
from facegan.data.sampling import to_network
from facegan.data.twinfaces.source import to_bytes
from facegan.evaluation.asking import Asked, Direction
from facegan.models.base import Model

CHUNK = 128


@dataclass(frozen=True, slots=True)
class Order:
    """The numbers of the faces that go to one rare cell, n, and the value that they get."""

    numbers: Tensor
    value: int

    @property
    def direction(self) -> Direction:
        return "adding" if self.value else "removing"


def orders(faces: Set, seed: int) -> list[Order]:
    """Which faces are changed, by chance, and as many as make each rare cell as large as the cell they come from."""
    generator = torch.Generator().manual_seed(seed)
    found = []
    for value in (0, 1):
        donors = ((faces.task == 1 - value) & (faces.bias == 1 - value)).nonzero().flatten()
        there = int(((faces.task == value) & (faces.bias == 1 - value)).sum())
        mixed = donors[torch.randperm(len(donors), generator=generator)]
        found.append(Order(mixed[: max(0, len(donors) - there)], value))
    return found


def completed(faces: Set, wanted: list[Order], pictures: list[Tensor]) -> Set:
    """The set with the changed faces beside it; pictures: those of each order, n x 3 x S x S uint8."""
    for order, images in zip(wanted, pictures, strict=True):
        value = torch.full((len(order.numbers),), float(order.value))
        faces = faces.joined(Set(images=images, task=value, bias=faces.bias[order.numbers]))
    return faces


def copied(faces: Set, wanted: list[Order]) -> list[Tensor]:
    """As they are: what comes of a label that is changed without the face."""
    return [faces.images[order.numbers] for order in wanted]


def true_twins(world: World, wanted: list[Order]) -> list[Tensor]:
    """As they truly would look; for a world that knows."""
    assert world.twins is not None
    return [world.twins(order.numbers, order.value) for order in wanted]


def edited(model: Model, world: World, wanted: list[Order], seed: int) -> list[Tensor]:
    """As a model edits them at strength 1; exemplars, where it looks at any, are of the biased set, by chance."""
    asked, generator = Asked(model, world.pair.task, seed=seed), torch.Generator().manual_seed(seed)
    return [_edited(asked, world, order, generator) for order in wanted]


def _edited(asked: Asked, world: World, order: Order, generator: torch.Generator) -> Tensor:
    faces = world.biased
    having = (faces.task == order.value).nonzero().flatten()
    shown = having[torch.randint(len(having), (len(order.numbers),), generator=generator)]
    labels = torch.stack([faces.task, faces.bias], dim=1)
    known = positions(asked.model.attributes, world.pair)
    parts = zip(order.numbers.split(CHUNK), shown.split(CHUNK), strict=True)
    return torch.cat(
        [
            to_bytes(
                asked.change(
                    order.direction, to_network(faces.images[n]), labels[n][:, known], to_network(faces.images[s])
                )
            )
            for n, s in parts
        ]
        or [faces.images[:0]]
    )
