"""Ways to break a trained model at its verbs: what a hallmark must not let pass.

A break changes the verbs of the one model that it is handed. Those that a model lacks stay missing.
"""

import functools
from collections.abc import Callable
from typing import Any, ClassVar, Protocol

import torch
from torch import Tensor
from torch.nn import functional as F

from facegan.models.base import Model


class Break(Protocol):
    """Changes a model in place."""

    def __call__(self, model: Model) -> None:
        """Breaks it."""
        ...


def replaced(model: Model, name: str, make: Callable[[Callable[..., Any]], Callable[..., Any]]) -> None:
    """Puts make(verb) in the place of a verb, with the same signature; nothing where the model has no such verb."""
    if verb := getattr(model, name, None):
        setattr(model, name, functools.wraps(verb)(make(verb)))


class DoNothing:
    """Every face comes back as it was; the code is the pixels, a low face is enlarged, what is generated is grey."""

    def __call__(self, model: Model) -> None:
        """Makes it idle."""
        for name in ("reconstruct", "edit", "transfer"):
            replaced(model, name, lambda _: lambda images, *_, **__: images)
        replaced(model, "encode", lambda _: lambda images, *_, **__: images)
        replaced(model, "upscale", lambda _: lambda low, *_, **__: self._enlarged(low, model.image_size))
        replaced(model, "generate", lambda _: lambda wanted, *_, **__: self._grey(len(wanted), model.image_size))

    @staticmethod
    def _enlarged(low: Tensor, side: int) -> Tensor:
        return F.interpolate(low, size=(side, side), mode="bilinear")

    @staticmethod
    def _grey(count: int, side: int) -> Tensor:
        return torch.zeros(count, 3, side, side)


class StrengthIgnored:
    """Whatever strength is asked for, the edit is done at 1."""

    def __call__(self, model: Model) -> None:
        """Takes the slider off."""
        for name in ("edit", "transfer"):
            replaced(model, name, self._deaf)

    @staticmethod
    def _deaf(verb: Callable[..., Tensor]) -> Callable[..., Tensor]:
        def deaf(*images: Any, strength: float = 1.0, **options: Any) -> Tensor:
            return verb(*images, **options)

        return deaf


class ExemplarIgnored:
    """Transfer looks at one exemplar, the first, for all faces: the attribute is put on, in a style of its own."""

    def __call__(self, model: Model) -> None:
        """Makes it blind to exemplars."""
        replaced(model, "transfer", self._blind)

    @staticmethod
    def _blind(verb: Callable[..., Tensor]) -> Callable[..., Tensor]:
        def blind(images: Tensor, exemplars: Tensor, *rest: Any, **options: Any) -> Tensor:
            return verb(images, exemplars[:1].expand_as(exemplars), *rest, **options)

        return blind


class WholeCodeTaken:
    """Transfer gives the exemplar back, as the model reconstructs it: nothing of the face itself stays."""

    def __call__(self, model: Model) -> None:
        """Takes the line between a face and its attribute away."""
        replaced(model, "transfer", lambda _: lambda images, exemplars, *_, **__: self._again(model, exemplars))

    @staticmethod
    def _again(model: Model, exemplars: Tensor) -> Tensor:
        reconstruct: Callable[[Tensor], Tensor] = getattr(model, "reconstruct", lambda images: images)
        return reconstruct(exemplars)


class OneWay:
    """A request for `value` leaves the face as it is."""

    value: ClassVar[int]

    def __call__(self, model: Model) -> None:
        """Makes it deaf to one of two targets."""
        replaced(model, "edit", self._deaf)

    def _deaf(self, verb: Callable[..., Tensor]) -> Callable[..., Tensor]:
        def deaf(images: Tensor, target: Tensor, *rest: Any, **options: Any) -> Tensor:
            asked = (target == self.value).any(dim=1).view(-1, 1, 1, 1)
            return torch.where(asked, images, verb(images, target, *rest, **options))

        return deaf


class NoWayThere(OneWay):
    """Nothing is ever put on."""

    value: ClassVar[int] = 1


class NoWayBack(OneWay):
    """Nothing is ever taken off."""

    value: ClassVar[int] = 0
