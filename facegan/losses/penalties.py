"""Gradient penalties: what keeps a critic smooth. Any of them goes with any adversarial game."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Literal

import torch
from torch import Tensor

Critic = Callable[[Tensor], Tensor]
"""Images N x ... to logits of any shape; a model closes its conditions over it."""


class Penalty(ABC):
    """A price on a critic's gradient with respect to the images that it sees.

    Where a critic answers with several logits per image (patches), they are summed before the gradient is taken.
    Logits of an image may depend on that image alone, so a critic under a penalty has no batch norm.
    """

    @abstractmethod
    def __call__(self, critic: Critic, real: Tensor, fake: Tensor) -> Tensor:
        """The unweighted penalty, a scalar >= 0 through which the critic's parameters get their gradient.

        critic: images to logits of any shape; its answer must depend on the images.
        real, fake: images N x ...; no gradient flows back into them.
        Raises ValueError where the penalty compares real with fake and their shapes differ.
        """


class GradientPenalty(Penalty):
    """WGAN-GP: on the line between real and fake the gradient's norm is pulled to `target`.

    mean((|grad| - target)^2) over N; Euclidean norm over all elements of an image; each image has its own uniform
    place on the line, drawn from torch's global generator. Gulrajani et al. 2017 (arXiv 1704.00028), weight 10.
    sided: 'two' punishes both sides; 'one' only norms above the target (their section 4).
    target: the norm wanted, in logits per unit of image; 1 makes the critic 1-Lipschitz.
    Raises ValueError for another `sided` and for a negative target.
    """

    def __init__(self, *, sided: Literal["two", "one"] = "two", target: float = 1.0) -> None:
        if sided not in ("two", "one"):
            raise ValueError(f"a gradient penalty is sided 'two' or 'one', not {sided!r}")
        if target < 0:
            raise ValueError(f"the gradient norm's target cannot be negative: {target}")
        self.sided = sided
        self.target = target

    def __call__(self, critic: Critic, real: Tensor, fake: Tensor) -> Tensor:
        """See `Penalty`. Raises ValueError unless real and fake have one shape."""
        gradient = _gradient(critic, _between(real, fake))
        excess: Tensor = torch.linalg.vector_norm(gradient.flatten(1), dim=1) - self.target
        if self.sided == "one":
            excess = excess.relu()
        return excess.square().mean()


class RealGradientPenalty(Penalty):
    """R1: half the squared gradient on real images; sum over all elements of an image, mean over N.

    Mescheder et al. 2018 (arXiv 1801.04406) call the weight gamma (10 there, 1 in StarGAN v2); its half is in here.
    """

    def __call__(self, critic: Critic, real: Tensor, fake: Tensor) -> Tensor:
        """See `Penalty`; fake images are not looked at."""
        gradient = _gradient(critic, real)
        return 0.5 * gradient.flatten(1).square().sum(1).mean()


def _between(real: Tensor, fake: Tensor) -> Tensor:
    """A random point on each line from a real to a fake image."""
    if real.shape != fake.shape:
        raise ValueError(f"real {tuple(real.shape)} and fake {tuple(fake.shape)} images need one shape for the penalty")
    place = torch.rand(len(real), *[1] * (real.ndim - 1), device=real.device, dtype=real.dtype)
    return torch.lerp(real.detach(), fake.detach().to(real.dtype), place)


def _gradient(critic: Critic, images: Tensor) -> Tensor:
    """The gradient of the summed logits with respect to the images, itself differentiable."""
    images = images.detach().requires_grad_()
    (gradient,) = torch.autograd.grad(critic(images).sum(), images, create_graph=True)
    return gradient
