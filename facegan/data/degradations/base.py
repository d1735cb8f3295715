"""What every degradation promises."""

from abc import ABC, abstractmethod

import torch
from torch import Tensor


class Degradation(ABC):
    """Makes small faces of large ones, at 1 / `scale` of the side.

    Raises ValueError for a scale below 1, and in a call for images whose side it does not divide.
    """

    def __init__(self, *, scale: int) -> None:
        if scale < 1:
            raise ValueError(f"{type(self).__name__}: a face is shrunk by 1 or more, not by {scale}")
        self.scale = scale

    def __call__(self, images: Tensor) -> Tensor:
        """Images N x C x H x W in [-1, 1] as N x C x H/scale x W/scale; a sharp edge may overshoot."""
        height, width = images.shape[-2:]
        if height % self.scale or width % self.scale:
            raise ValueError(f"{type(self).__name__}: {height} x {width} pixels cannot be shrunk by {self.scale}")
        with torch.autocast(images.device.type, enabled=False):  # what the face lost must not be a matter of precision
            return self._shrunk(images.float())

    def __str__(self) -> str:
        """Its name with all its numbers but the scale: two that are called the same shrink alike."""
        return ", ".join([type(self).__name__, *(_said(*item) for item in vars(self).items() if item[0] != "scale")])

    @abstractmethod
    def _shrunk(self, images: Tensor) -> Tensor:
        """The small images of images that can be shrunk."""


def _said(name: str, value: object) -> str:
    numbers = value if isinstance(value, list | tuple) else (value,)
    return f"{name} {' to '.join(f'{n:g}' if isinstance(n, int | float) else str(n) for n in numbers)}"
