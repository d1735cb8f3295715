"""Adversarial games between a critic and a generator.

Sign convention: a critic's logits rise with realness. Logits never went through a sigmoid.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import ClassVar, Literal

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from facegan.losses.penalties import Critic, GradientPenalty, Penalty, RealGradientPenalty


class Adversarial(ABC):
    """One game: what the critic lowers, what the generator lowers, and what keeps the critic in bounds.

    Logits have any shape (one per image, or patches); every mean runs over all their elements.
    penalty: the gradient penalty that goes with the game; it is weighed apart from it.
    """

    needs_real_for_generator: ClassVar[bool] = False
    """Whether the generator's loss reads the logits of real images too."""

    def __init__(self, *, penalty: Penalty | None = None) -> None:
        self._penalty = penalty

    @property
    def has_penalty(self) -> bool:
        """Whether `penalty` may be called."""
        return self._penalty is not None

    @abstractmethod
    def critic(self, real: Tensor, fake: Tensor) -> Tensor:
        """What the critic lowers: an unweighted scalar. real, fake: its logits."""

    @abstractmethod
    def generator(self, real: Tensor | None, fake: Tensor) -> Tensor:
        """What the generator lowers: an unweighted scalar that falls as the logits of fake images rise.

        real: logits of real images; not looked at, and may be None, unless `needs_real_for_generator`.
        """

    def penalty(self, critic: Critic, real: Tensor, fake: Tensor) -> Tensor:
        """The unweighted gradient penalty, a scalar >= 0. See `penalties.Penalty` for the arguments.

        Raises TypeError where the game has none (`has_penalty` tells).
        """
        if self._penalty is None:
            raise TypeError(f"{type(self).__name__} has no penalty: ask has_penalty first")
        return self._penalty(critic, real, fake)

    def constrain(self, parameters: Iterable[nn.Parameter]) -> None:
        """Force the critic's parameters into bounds, in place; called after each of its optimiser's steps."""
        return None


class NonSaturating(Adversarial):
    """The log form of Goodfellow et al. 2014 (arXiv 1406.2661): -log sigmoid(real) - log(1 - sigmoid(fake)).

    The generator lowers -log sigmoid(fake). At logits 0 the critic pays 2 log 2, the generator log 2.
    """

    def critic(self, real: Tensor, fake: Tensor) -> Tensor:
        """mean softplus(-real) + mean softplus(fake)."""
        return F.softplus(-real).mean() + F.softplus(fake).mean()

    def generator(self, real: Tensor | None, fake: Tensor) -> Tensor:
        """mean softplus(-fake)."""
        return F.softplus(-fake).mean()


class LeastSquares(Adversarial):
    """LSGAN, Mao et al. 2017 (arXiv 1611.04076): logits are drawn to 1 where real and to 0 where fake.

    Without the paper's halves: they are weights.
    """

    def critic(self, real: Tensor, fake: Tensor) -> Tensor:
        """mean (real - 1)^2 + mean fake^2."""
        return (real - 1).square().mean() + fake.square().mean()

    def generator(self, real: Tensor | None, fake: Tensor) -> Tensor:
        """mean (fake - 1)^2."""
        return (fake - 1).square().mean()


class Hinge(Adversarial):
    """The hinge game of Lim and Ye 2017 (arXiv 1705.02894): beyond a margin of 1 the critic is content."""

    def critic(self, real: Tensor, fake: Tensor) -> Tensor:
        """mean max(0, 1 - real) + mean max(0, 1 + fake)."""
        return F.relu(1 - real).mean() + F.relu(1 + fake).mean()

    def generator(self, real: Tensor | None, fake: Tensor) -> Tensor:
        """-mean fake."""
        return -fake.mean()


class Relativistic(Adversarial):
    """Realness is relative: is this face more real than those others? Jolicoeur-Martineau 2018 (arXiv 1807.00734).

    against: 'average' (RaSGAN) compares each logit with the mean over all logits of the other kind, in both
        directions; 'pair' (RSGAN) compares the logits one to one, in one direction.
    Raises ValueError for another `against`; with pairs also where the logits of real and fake differ in shape.
    """

    needs_real_for_generator: ClassVar[bool] = True

    def __init__(self, *, against: Literal["average", "pair"] = "average", penalty: Penalty | None = None) -> None:
        super().__init__(penalty=penalty)
        if against not in ("average", "pair"):
            raise ValueError(f"realness is relative to the 'average' or to a 'pair', not to {against!r}")
        self.against = against

    def critic(self, real: Tensor, fake: Tensor) -> Tensor:
        """-log sigmoid(real - fake); against the average also -log(1 - sigmoid(fake - real)); mean."""
        return self._beat(real, fake)

    def generator(self, real: Tensor | None, fake: Tensor) -> Tensor:
        """The critic's loss with the roles exchanged. Raises ValueError without real logits."""
        if real is None:
            raise ValueError("a relativistic generator needs the logits of real images")
        return self._beat(fake, real)

    def _beat(self, winner: Tensor, loser: Tensor) -> Tensor:
        if self.against == "average":
            return F.softplus(loser.mean() - winner).mean() + F.softplus(loser - winner.mean()).mean()
        if winner.shape != loser.shape:
            raise ValueError(f"logits do not pair: {tuple(winner.shape)} and {tuple(loser.shape)}")
        return F.softplus(loser - winner).mean()


class Wasserstein(Adversarial):
    """WGAN, Arjovsky et al. 2017 (arXiv 1701.07875): the critic's mean on fake less its mean on real.

    clip: the bound c > 0 to which every parameter of the critic is clipped, into [-c, c] (paper 0.01); None clips
        nothing. The paper clips before each critic step, which differs in the very first step only.
    Raises ValueError for a clip that is not positive.
    """

    def __init__(self, *, clip: float | None = None, penalty: Penalty | None = None) -> None:
        super().__init__(penalty=penalty)
        if clip is not None and not clip > 0:
            raise ValueError(f"weights are clipped to a positive bound, not to {clip}")
        self.clip = clip

    def critic(self, real: Tensor, fake: Tensor) -> Tensor:
        """mean fake - mean real."""
        return fake.mean() - real.mean()

    def generator(self, real: Tensor | None, fake: Tensor) -> Tensor:
        """-mean fake."""
        return -fake.mean()

    @torch.no_grad()
    def constrain(self, parameters: Iterable[nn.Parameter]) -> None:
        """Clip every parameter into [-clip, clip], in place; called after each of the critic's steps."""
        if self.clip is not None:
            for parameter in parameters:
                parameter.clamp_(-self.clip, self.clip)


class WassersteinGP(Wasserstein):
    """WGAN with a gradient penalty instead of clipping; see `penalties.GradientPenalty` for both settings."""

    def __init__(self, *, sided: Literal["two", "one"] = "two", target: float = 1.0) -> None:
        super().__init__(penalty=GradientPenalty(sided=sided, target=target))


class R1(NonSaturating):
    """The non-saturating game with half the squared gradient on real images as its penalty."""

    def __init__(self) -> None:
        super().__init__(penalty=RealGradientPenalty())
