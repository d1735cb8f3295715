"""Edits of the same faces by two runs, in an order and on sides that a seed decides."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from PIL import Image

from facegan.data.source import FaceSource
from facegan.errors import UserError
from facegan.evaluation.asking import DIRECTIONS, Asked, Direction
from facegan.evaluation.pictures import to_picture
from facegan.evaluation.protocols import Protocol
from facegan.evaluation.settings import Settings
from facegan.models.base import Model


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """One question. number: of the face within its attribute and direction. swapped: the second run stands left.

    exemplar: None where neither run looks at one.
    """

    attribute: str
    direction: Direction
    number: int
    source: Image.Image
    exemplar: Image.Image | None
    edits: tuple[Image.Image, Image.Image]
    swapped: bool

    @property
    def id(self) -> str:
        """Such as Eyeglasses/adding/3; it says nothing of the sides."""
        return f"{self.attribute}/{self.direction}/{self.number}"

    @property
    def sides(self) -> tuple[Image.Image, Image.Image]:
        """Left and right."""
        return self.edits[::-1] if self.swapped else self.edits


def make_pairs(
    models: tuple[Model, Model],
    protocol: Protocol,
    source: FaceSource,
    attributes: Sequence[str],
    settings: Settings,
    *,
    seed: int,
) -> list[Pair]:
    """The first faces of the protocol in each direction, edited by both runs, shuffled; sides as a coin falls.

    Raises UserError where no attribute is common to the two.
    """
    shared = [name for name in attributes if all(name in model.attributes for model in models)]
    if not shared:
        raise UserError("the two runs have no attribute in common that both could be asked for.")
    pairs = [
        pair for name in shared for way in DIRECTIONS for pair in _pairs(models, protocol, source, name, way, settings)
    ]
    generator = torch.Generator().manual_seed(seed)
    order = torch.randperm(len(pairs), generator=generator).tolist()
    coins = torch.randint(2, (len(pairs),), generator=generator).tolist()
    return [replace(pairs[number], swapped=bool(coin)) for number, coin in zip(order, coins, strict=True)]


def _pairs(
    models: tuple[Model, Model],
    protocol: Protocol,
    source: FaceSource,
    attribute: str,
    direction: Direction,
    settings: Settings,
) -> list[Pair]:
    asked = [Asked(model, attribute) for model in models]
    # Labels come in each model's own order; the faces are the same.
    cases = [
        protocol.cases(source, attribute, direction, model.attributes, settings).at(slice(0, settings.faces))
        for model in models
    ]
    edits = [
        one.change(direction, case.source, case.labels, case.exemplar) for one, case in zip(asked, cases, strict=True)
    ]
    looks = any(one.uses_exemplars(direction) for one in asked)
    return [
        Pair(
            attribute=attribute,
            direction=direction,
            number=number,
            source=to_picture(cases[0].source[number]),
            exemplar=to_picture(cases[0].exemplar[number]) if looks else None,
            edits=(to_picture(edits[0][number]), to_picture(edits[1][number])),
            swapped=False,
        )
        for number in range(len(cases[0].source))
    ]
