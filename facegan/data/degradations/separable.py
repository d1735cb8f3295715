"""Linear degradations that act along rows and columns apart: low = A x A^T."""

from abc import abstractmethod

import torch
from torch import Tensor

from facegan.data.degradations.base import Degradation
from facegan.data.degradations.kernels import bicubic_matrix, box_matrix, inverse_of


class Separable(Degradation):
    """A linear degradation; x is one channel of an image, A one matrix for each axis, both of full rank."""

    @abstractmethod
    def matrix(self, size: int) -> Tensor:
        """A for an axis of so many pixels: size/scale x size, in double precision."""

    def inverse(self, size: int) -> Tensor:
        """The pseudo-inverse of A: size x size/scale."""
        return inverse_of(self.matrix(size))

    def lifted(self, low: Tensor) -> Tensor:
        """The least image that shrinks to `low` exactly: N x C x h x w to N x C x h*scale x w*scale."""
        height, width = (side * self.scale for side in low.shape[-2:])
        with torch.autocast(low.device.type, enabled=False):
            return self.inverse(height).to(low) @ low @ self.inverse(width).to(low).mT

    def _shrunk(self, images: Tensor) -> Tensor:
        height, width = images.shape[-2:]
        return self.matrix(height).to(images) @ images @ self.matrix(width).to(images).mT


class Bicubic(Separable):
    """MATLAB's imresize, which the papers' low-resolution images come from: with antialiasing, and not rounded.

    PIL's and torch's antialiased bicubic agree with it but for the borders, which they do not mirror.
    """

    def matrix(self, size: int) -> Tensor:
        """A for an axis of so many pixels."""
        return bicubic_matrix(size, size // self.scale)


class Box(Separable):
    """The mean over scale x scale pixels, as `Draw(low=...)` makes small faces."""

    def matrix(self, size: int) -> Tensor:
        """A for an axis of so many pixels."""
        return box_matrix(size, size // self.scale)
