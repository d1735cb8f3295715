"""What systems with two translators share: one puts an attribute on, the other takes it off."""

from typing import ClassVar, NamedTuple

import torch
from torch import Tensor

from facegan.data.draw import Draw
from facegan.errors import UserError
from facegan.losses.adversarial import Adversarial
from facegan.models.base import Factory, Model, Weights, verb
from facegan.networks.contracts import Discriminator, Translator


class TwoWay(Model):
    """Parts: put_on (faces that lack the attribute to faces that have it) and take_off; the rest is the subclass's.

    draws: the two kinds of faces. Raises UserError unless there is exactly one attribute.
    """

    verb_parts: ClassVar[tuple[str, ...]] = ("put_on", "take_off")
    put_on: Translator
    take_off: Translator

    def __init__(self, *, image_size: int, attributes: tuple[str, ...], translator: Factory, weights: Weights) -> None:
        super().__init__(image_size=image_size, attributes=attributes, weights=weights)
        if len(attributes) != 1:
            raise UserError(
                f"{type(self).__name__} edits exactly one attribute, not {list(attributes)}; "
                "set attributes=[Eyeglasses]."
            )
        self.put_on, self.take_off = translator(image_size=image_size), translator(image_size=image_size)
        self.draws = {"has": Draw(has={attributes[0]: 1}), "lacks": Draw(has={attributes[0]: 0})}


class Side(NamedTuple):
    """One of the two kinds of faces: its critic, real faces of the kind, and faces that were translated to it."""

    critic: Discriminator
    real: Tensor
    fake: Tensor


class Exchange(TwoWay):
    """A TwoWay whose translators give whole faces, with a critic for each kind: critic_has and critic_lacks.

    An edit comes in one degree: between a face and its translation lies a double exposure, not half an attribute.
    """

    degrees: ClassVar[bool] = False
    critic_has: Discriminator
    critic_lacks: Discriminator

    def __init__(
        self,
        *,
        image_size: int,
        attributes: tuple[str, ...],
        translator: Factory,
        discriminator: Factory,
        adversarial: Adversarial,
        weights: Weights,
    ) -> None:
        super().__init__(image_size=image_size, attributes=attributes, translator=translator, weights=weights)
        self.critic_has = discriminator(image_size=image_size)
        self.critic_lacks = discriminator(image_size=image_size)
        self.adversarial = adversarial

    def sides(self, has: Tensor, lacks: Tensor, put_on: Tensor, taken_off: Tensor) -> tuple[Side, Side]:
        """Real and translated faces, N x 3 x H x W, each before the critic of their kind."""
        return Side(self.critic_has, has, put_on), Side(self.critic_lacks, lacks, taken_off)

    @property
    def critic_terms(self) -> tuple[str, ...]:
        """The names of what the critics lower: `games.duels` of both sides."""
        return ("adversarial", "penalty") if self.adversarial.has_penalty else ("adversarial",)

    @verb
    def edit(
        self, images: Tensor, target: Tensor, source: Tensor | None = None, strength: float = 1.0, seed: int = 0
    ) -> Tensor:
        """Puts the attribute on (target 1), takes it off (0), or leaves the very pixels (NaN).

        images: N x 3 x H x W in [-1, 1]; target: N x 1. Source labels and seed are not needed.
        Raises UserError for a strength other than 1.
        """
        if strength != 1:
            raise UserError(f"{type(self).__name__} knows no degrees of an edit: strength is 1, not {strength:g}.")
        wanted = target.reshape(-1, 1, 1, 1).to(images)
        edited = torch.where(wanted == 1, self.put_on(images), self.take_off(images))
        return torch.where(wanted.isnan(), images, edited)
