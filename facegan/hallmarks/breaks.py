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
    """Every face comes back as it was; the code is the pixels, a low face is enlarged, what is generated is grey, and
    nothing moves.
    """

    def __call__(self, model: Model) -> None:
        """Makes it idle."""
        for name in ("reconstruct", "edit", "transfer"):
            replaced(model, name, lambda _: lambda images, *_, **__: images)
        replaced(model, "encode", lambda _: lambda images, *_, **__: images)
        replaced(model, "upscale", lambda _: lambda low, *_, **__: self._enlarged(low, model.image_size))
        replaced(model, "flow", lambda _: lambda frame, _: torch.zeros_like(frame[:, :2]))
        replaced(model, "generate", lambda _: lambda wanted, *_, **__: self._grey(len(wanted), model.image_size))

    @staticmethod
    def _enlarged(low: Tensor, side: int) -> Tensor:
        large: Tensor = F.interpolate(low.flatten(0, -4), size=(side, side), mode="bilinear")
        again: Tensor = large.unflatten(0, low.shape[:-3])  # of pictures, or of the frames of clips
        return again

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


class AttributesIgnored:
    """Whatever attributes are asked for, the face shows what it would show anyway."""

    def __call__(self, model: Model) -> None:
        """Makes it deaf."""
        for name in ("edit", "upscale", "generate"):
            replaced(model, name, self._deaf)

    @staticmethod
    def _deaf(verb: Callable[..., Tensor]) -> Callable[..., Tensor]:
        def deaf(first: Tensor, *rest: Any, **options: Any) -> Tensor:
            if not rest:  # generate is told attributes alone
                return verb(torch.full_like(first, torch.nan), **options)
            return verb(first, torch.full_like(rest[0], torch.nan), *rest[1:], **options)

        return deaf


class CodeMixed:
    """The values of a code are mixed with each other, so that none of them means one thing."""

    def __call__(self, model: Model) -> None:
        """Turns the code in its space."""
        replaced(model, "encode", self._turned)

    @staticmethod
    def _turned(verb: Callable[..., Tensor]) -> Callable[..., Tensor]:
        def turned(images: Tensor, **options: Any) -> Tensor:
            code = verb(images, **options).flatten(1)
            square = torch.randn(code.shape[1], code.shape[1], generator=torch.Generator().manual_seed(0))
            mixed: Tensor = code @ torch.linalg.qr(square).Q
            return mixed

        return turned


class OneFace:
    """Every edit is one of the first face, whoever was shown."""

    def __call__(self, model: Model) -> None:
        """Makes it forget whom it edits."""
        replaced(model, "edit", self._forgetful)

    @staticmethod
    def _forgetful(verb: Callable[..., Tensor]) -> Callable[..., Tensor]:
        def forgetful(images: Tensor, target: Tensor, *rest: Any, **options: Any) -> Tensor:
            return verb(images[:1].expand_as(images), target, *rest, **options)

        return forgetful


class DialIgnored:
    """Whatever setting of the dial is asked for, the answer is the system's own, as it is."""

    def __call__(self, model: Model) -> None:
        """Takes the dial off."""
        replaced(model, "upscale", self._deaf)

    @staticmethod
    def _deaf(verb: Callable[..., Tensor]) -> Callable[..., Tensor]:
        def deaf(low: Tensor, *rest: Any, invention: float | None = None, **options: Any) -> Tensor:
            return verb(low, *rest, **options)

        return deaf


class NeighboursIgnored:
    """Every frame of a clip is made large by itself."""

    def __call__(self, model: Model) -> None:
        """Makes it blind to motion."""
        replaced(model, "upscale", self._still)
        replaced(model, "flow", lambda _: lambda frame, _: torch.zeros_like(frame[:, :2]))

    @staticmethod
    def _still(verb: Callable[..., Tensor]) -> Callable[..., Tensor]:
        return lambda clips: verb(clips.flatten(0, 1)).unflatten(0, clips.shape[:2])
