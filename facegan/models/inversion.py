"""From features back to a picture: pixels are optimised until a network sees the wanted features in them.

The objective of Mahendran and Vedaldi (CVPR 2015, arXiv 1412.0035) as Deep Feature Interpolation's code has it: half
the squared error of each map, the mean over the maps, plus total variation. N pictures, S pixels a side.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence

import torch
from torch import Tensor

Features = Callable[[Tensor], Sequence[Tensor]]
PIXEL = 127.5  # the authors' pixels are 8-bit numbers, those here are in [-1, 1]


def total_variation(images: Tensor, beta: float = 2.0) -> Tensor:
    """Sum over pixels of (dx^2 + dy^2)^(beta/2), N figures, of images N x C x S x S in 8-bit units."""
    across = images[..., :-1, 1:] - images[..., :-1, :-1]
    down = images[..., 1:, :-1] - images[..., :-1, :-1]
    squares = (PIXEL**2 * (across.square() + down.square())).clamp_min(1e-3)
    return squares.pow(beta / 2).flatten(1).sum(1)


class Inversion(ABC):
    """iterations: at most so many steps. variation: the weight of the total variation; beta: its exponent."""

    def __init__(self, *, iterations: int = 500, variation: float = 0.001, beta: float = 2.0) -> None:
        self.iterations, self.variation, self.beta = iterations, variation, beta

    def __call__(self, features: Features, wanted: Sequence[Tensor], images: Tensor) -> Tensor:
        """Pictures N x 3 x S x S in [-1, 1] with the wanted features, begun from `images`.

        features: pictures to their maps, N x C x H x W each, of every picture by itself; wanted: such maps.
        """
        with torch.enable_grad():
            pixels = images.detach().clone().requires_grad_()
            self._optimise(pixels, lambda found, part: self.objective(features(found), _rows(wanted, part), found))
        return pixels.detach().clamp(-1, 1)

    def objective(self, found: Sequence[Tensor], wanted: Sequence[Tensor], images: Tensor) -> Tensor:
        """What is minimised, N figures."""
        gaps = [(a - b).square().flatten(1).sum(1) / 2 for a, b in zip(found, wanted, strict=True)]
        error: Tensor = torch.stack(gaps).mean(0)
        return error + self.variation * total_variation(images, self.beta) if self.variation else error

    @abstractmethod
    def _optimise(self, pixels: Tensor, objective: Callable[[Tensor, slice], Tensor]) -> None:
        """Moves pixels N x 3 x S x S in place; objective: some of them, and which of the N they are, to figures."""


class LBFGS(Inversion):
    """One picture after the other by L-BFGS with a strong Wolfe line search, as both papers do it."""

    def _optimise(self, pixels: Tensor, objective: Callable[[Tensor, slice], Tensor]) -> None:
        for number in range(len(pixels)):
            part = slice(number, number + 1)
            one = pixels.detach()[part].clone(memory_format=torch.contiguous_format).requires_grad_()
            minimise(one, lambda one=one, part=part: objective(one, part).sum(), self.iterations)  # type: ignore[misc]
            pixels.data[part] = one.detach()


class Adam(Inversion):
    """All pictures at once by Adam, whose steps are each pixel's own: a picture's result is that which it has alone.

    rate: of the first step, in units of [-1, 1]; it falls to 0 in a straight line.
    """

    def __init__(
        self, *, iterations: int = 150, variation: float = 0.001, beta: float = 2.0, rate: float = 0.03
    ) -> None:
        super().__init__(iterations=iterations, variation=variation, beta=beta)
        self.rate = rate

    def _optimise(self, pixels: Tensor, objective: Callable[[Tensor, slice], Tensor]) -> None:
        optimizer = torch.optim.Adam([pixels], lr=self.rate)
        for step in range(self.iterations):
            optimizer.param_groups[0]["lr"] = self.rate * (1 - step / self.iterations)
            (pixels.grad,) = torch.autograd.grad(objective(pixels, slice(None)).sum(), pixels)
            optimizer.step()


def minimise(values: Tensor, objective: Callable[[], Tensor], iterations: int) -> None:
    """Moves `values` in place to a minimum of the objective, a 0-dim tensor, by at most so many steps of L-BFGS."""
    optimizer = torch.optim.LBFGS([values], max_iter=iterations, history_size=10, line_search_fn="strong_wolfe")

    def closure() -> Tensor:
        value = objective()
        (gradient,) = torch.autograd.grad(value, values)
        values.grad = gradient.contiguous()
        return value

    optimizer.step(closure)


def _rows(maps: Sequence[Tensor], part: slice) -> list[Tensor]:
    return [each[part] for each in maps]


def matched(images: Tensor, originals: Tensor) -> Tensor:
    """The images with the mean and deviation of the originals, over all pixels and channels of each picture."""
    mean, want = (each.mean(dim=(1, 2, 3), keepdim=True) for each in (images, originals))
    deviation, wanted = (each.std(dim=(1, 2, 3), keepdim=True, correction=0) for each in (images, originals))
    return ((images - mean) * (wanted + 1e-8) / (deviation + 1e-8) + want).clamp(-1, 1)
