"""What the generator lowers in an adversarial game, whichever the game."""

from collections.abc import Callable

import torch
from torch import Tensor

from facegan.losses.adversarial import Adversarial
from facegan.networks.contracts import Judgement


def fooled(game: Adversarial, critic: Callable[[Tensor], Judgement], *, real: Tensor, fake_logits: Tensor) -> Tensor:
    """The generator's loss. The critic looks at the real images, N x 3 x H x W, only where the game needs that."""
    if not game.needs_real_for_generator:
        return game.generator(None, fake_logits)
    with torch.no_grad():
        real_logits = critic(real).logits
    return game.generator(real_logits, fake_logits)
