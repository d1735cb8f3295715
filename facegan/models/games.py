"""What the two sides of an adversarial game lower, whichever the game and however many kinds of fake images there are.

Real and every kind of fake go through the critic apart, since its batch norm would otherwise see them together.
"""

from collections.abc import Callable, Iterable, Sequence

import torch
from torch import Tensor

from facegan.losses.adversarial import Adversarial
from facegan.networks.contracts import Judgement

Judging = Callable[[Tensor], Judgement]


def fooled(game: Adversarial, critic: Judging, *, real: Tensor, fake_logits: Tensor) -> Tensor:
    """The generator's loss. The critic looks at the real images, N x 3 x H x W, only where the game needs that."""
    if not game.needs_real_for_generator:
        return game.generator(None, fake_logits)
    with torch.no_grad():
        real_logits = critic(real).logits
    return game.generator(real_logits, fake_logits)


def fooled_by_each(game: Adversarial, critic: Judging, *, real: Tensor, kinds: Sequence[Tensor]) -> Tensor:
    """The generator's loss, the mean over kinds of fake; kinds: the logits of each."""
    return torch.stack([fooled(game, critic, real=real, fake_logits=logits) for logits in kinds]).mean()


def told_apart(game: Adversarial, *, real_logits: Tensor, kinds: Sequence[Tensor]) -> Tensor:
    """The critic's loss, the mean over kinds of fake: real weighs as much as all of them. kinds: the logits of each."""
    return torch.stack([game.critic(real_logits, logits) for logits in kinds]).mean()


def penalised(game: Adversarial, critic: Judging, *, real: Tensor, kinds: Sequence[Tensor]) -> dict[str, Tensor]:
    """The term `penalty`, the mean over kinds of fake images, where the game has one; else nothing."""
    if not game.has_penalty:
        return {}
    terms = [game.penalty(lambda images: critic(images).logits, real, fake) for fake in kinds]
    return {"penalty": torch.stack(terms).mean()}


def added(terms: Iterable[Tensor]) -> Tensor:
    """The sum of 0-dim tensors."""
    return torch.stack(list(terms)).sum()


def duels(game: Adversarial, pairs: Sequence[tuple[Judging, Tensor, Tensor]]) -> dict[str, Tensor]:
    """What several critics lower, terms summed over them; pairs: each critic, its real images and its fake ones."""
    losses = {"adversarial": added(game.critic(c(real).logits, c(fake).logits) for c, real, fake in pairs)}
    if game.has_penalty:
        losses["penalty"] = added(penalised(game, c, real=real, kinds=[fake])["penalty"] for c, real, fake in pairs)
    return losses
