"""Asks any model for an edit of one attribute, through the verbs that it has.

Legend: N faces, K attributes of the model, S pixels.
"""

import math
from collections.abc import Mapping
from typing import Literal

import torch
from torch import Tensor

from facegan.attributes import position
from facegan.models.base import Model

Direction = Literal["adding", "removing"]
DIRECTIONS: tuple[Direction, ...] = ("adding", "removing")
Request = Direction | Literal["enlarging"]
"""All that can be asked of a face: that an attribute changes in a direction, or that it be made large."""
VALUE: Mapping[Request, int] = {"adding": 1, "removing": 0}  # an enlarged face is asked for none


class Verbs:
    """A model, asked by its verbs. Images are N x 3 x S x S in [-1, 1], also those that come back.

    labels are the N x K own attributes of the faces in the model's order: models whose verbs want to know them are
    told the truth, so that no recognizer's error enters the measure.
    """

    def __init__(self, model: Model) -> None:
        self.model = model
        self.reconstructs = "reconstruct" in model.verbs
        tensor = next(model.parameters(), None)
        self._device = torch.device("cpu") if tensor is None else tensor.device

    def reconstruct(self, images: Tensor, labels: Tensor) -> Tensor:
        """The faces as the model sees them; the faces themselves where it has no such verb."""
        return self._call("reconstruct", images, source=labels) if self.reconstructs else images

    def transfer(self, images: Tensor, exemplars: Tensor, what: str, strength: float = 1.0) -> Tensor:
        """The faces wearing what the exemplars, N other faces, have of it; for a model with this verb."""
        return self._call("transfer", images, exemplars.to(self._device), what, strength=strength)

    def upscale(self, low: Tensor, labels: Tensor, invention: float | None = None) -> Tensor:
        """Small faces made large, told their own labels where the model asks; for a model with this verb."""
        wish = {} if invention is None else {"invention": invention}
        return self._call("upscale", low, attributes=labels, **wish)

    def stylize(self, images: Tensor) -> Tensor:
        """The faces in the style that was learnt; for a model with this verb."""
        return self._call("stylize", images)

    def _call(self, verb: str, images: Tensor, *rest: object, **options: object) -> Tensor:
        """The verb's answer as a picture, which holds no value beyond -1 and 1, on the images' own device."""
        method = getattr(self.model, verb)
        taken = {name: value for name, value in options.items() if self.model.takes(verb, name)}
        moved = {k: v.to(self._device) if isinstance(v, Tensor) else v for k, v in taken.items()}
        answer: Tensor = method(images.to(self._device), *rest, **moved)
        return answer.to(images).clamp(-1.0, 1.0)


class Asked(Verbs):
    """A model and one of its attributes. Raises UnknownAttributeError for one that the model does not know."""

    def __init__(self, model: Model, attribute: str, *, seed: int = 0) -> None:
        super().__init__(model)
        self.attribute, self.seed = attribute, seed
        self.place = position(attribute, model.attributes)
        self.transfers = "transfer" in model.verbs and attribute in model.transferable
        self.edits = "edit" in model.verbs

    def uses_exemplars(self, direction: Direction) -> bool:
        """Whether this direction looks at exemplars: transfer where the model has it, removing by edit where it can."""
        return self.transfers and (direction == "adding" or not self.edits)

    @property
    def asks_more(self) -> bool:
        """Whether more edits than the protocol's own can be had: recorded ones are all, optimised ones take long."""
        return not (self.model.recorded or self.model.optimises)

    def takes_strength(self, direction: Direction) -> bool:
        """Whether the verb of this direction has degrees."""
        verb = "transfer" if self.uses_exemplars(direction) else "edit"
        return self.model.degrees and self.model.takes(verb, "strength")

    def change(
        self, direction: Direction, images: Tensor, labels: Tensor, exemplars: Tensor, strength: float = 1.0
    ) -> Tensor:
        """The faces with the attribute put on, as the exemplars wear it where the model can, or taken off.

        exemplars: N faces that have the wanted value; a model without `transfer` never looks at them.
        """
        if self.uses_exemplars(direction):
            return self.transfer(images, exemplars, self.attribute, strength)
        target = torch.full((len(images), len(self.model.attributes)), math.nan, device=self._device)
        target[:, self.place] = VALUE[direction]
        return self._call("edit", images, target, source=labels, strength=strength, seed=self.seed)
