"""Super-resolution without pairs: an upscaler and a learned shrinker, a cycle in each direction, a critic at each size.

CycleGAN (Zhu et al., ICCV 2017) on two sizes. Small faces and large ones are of other persons, and nothing is known of
how a small one came to be but what the set of them shows. That a shrinker must be learnt as well is the point of Bulat,
Yang and Tzimiropoulos ("To learn image super-resolution, use a GAN to learn how to do image degradation first", ECCV
2018) and of the cycles of CinCGAN (Yuan et al., CVPRW 2018); the wiring, networks and weights are this project's own:
- The shrinker takes the face's mean by area, with some noise, through a translator at the small size: blur, noise and
  JPEG all are to be had there, and noise it cannot make itself. What it adds is held near nothing (term `content`),
  lest it shows another face, or hides in small pixels what the upscaler is to find (Chu et al., 2017).
- Small faces are a data set's own where it has some (`Draw.unpaired`, or pairs, whose other half is not shown); else
  `degradation` makes them, from faces that the upscaler is never shown beside them. No term knows it.
"""

from typing import ClassVar

import torch
from torch import Tensor
from torch.nn import functional as F

from facegan.data.batch import FaceBatch
from facegan.data.draw import Draw
from facegan.errors import UserError
from facegan.losses.adversarial import Adversarial
from facegan.losses.reconstruction import Reconstruction
from facegan.models.base import Factory, Losses, Weights
from facegan.models.games import duels, fooled
from facegan.models.phases import Phase
from facegan.models.superresolution.upscaling import Upscaling
from facegan.networks.contracts import Discriminator, Translator, Upscaler


class UnpairedUpscaling(Upscaling):
    """Parts: upscaler, shrinker (at the small size), critic_high, critic_low.

    noise: the deviation, in [-1, 1], of what the shrinker is given beside the face. Raises UserError as `Upscaling` and
    for a negative noise, PartError where a part does not fit the size it works at.
    """

    paper: ClassVar[str] = (
        "unpaired super-resolution by a cycle (this project's; after Zhu et al., 2017, and Bulat et al., 2018)"
    )
    verb_parts: ClassVar[tuple[str, ...]] = ("upscaler",)

    def __init__(
        self,
        *,
        image_size: int,
        attributes: tuple[str, ...],
        upscaler: Factory,
        translator: Factory,
        degradation: Factory,
        discriminator: Factory,
        adversarial: Adversarial,
        reconstruction: Reconstruction,
        weights: Weights,
        scale: int = 4,
        noise: float = 0.05,
    ) -> None:
        super().__init__(
            image_size=image_size, attributes=attributes, degradation=degradation, weights=weights, scale=scale
        )
        if noise < 0:
            raise UserError(f"{type(self).__name__}: noise={noise}; it must be 0 or more.")
        self.upscaler: Upscaler = upscaler(image_size=image_size, scale=scale)
        self.shrinker: Translator = translator(image_size=self.low)
        self.critic_high: Discriminator = discriminator(image_size=image_size)
        self.critic_low: Discriminator = discriminator(image_size=self.low)
        self.adversarial, self.reconstruction, self.noise = adversarial, reconstruction, noise
        self.phases = (
            Phase(
                name="critic",
                trains=("critic_high", "critic_low"),
                terms=("adversarial", *("penalty",) * adversarial.has_penalty),
                draws={"lows": Draw(unpaired=True), "highs": Draw()},
                why="two draws: a small face and a large one are of other persons",
            ),
            Phase(
                name="generator",
                trains=("upscaler", "shrinker"),
                terms=("adversarial_high", "adversarial_low", "cycle_high", "cycle_low", "content"),
                reuse="critic",
            ),
        )

    def answer(self, low: Tensor) -> Tensor:
        """What the network makes of small faces."""
        return self.upscaler(low).images.float()

    def reduced(self, images: Tensor) -> Tensor:
        """What the shrinker makes of large faces, N x 3 x l x l in [-1, 1]; with noise another one each time."""
        plain = F.avg_pool2d(images, self.scale)
        return self.shrinker(plain + self.noise * torch.randn_like(plain)).float()

    def critic_losses(self, lows: FaceBatch, highs: FaceBatch) -> Losses:
        """Each critic on its own size; terms are sums over the two."""
        small = self.small(lows)
        pairs = [
            (self.critic_high, highs.images, self.answer(small)),
            (self.critic_low, small, self.reduced(highs.images)),
        ]
        return duels(self.adversarial, pairs)

    def generator_losses(self, lows: FaceBatch, highs: FaceBatch) -> Losses:
        """Both look real, each undoes the other, and what was shrunk is still the face."""
        small, large = self.small(lows), highs.images
        made, reduced = self.answer(small), self.reduced(large)
        return {
            "adversarial_high": self._fooled(self.critic_high, large, made),
            "adversarial_low": self._fooled(self.critic_low, small, reduced),
            "cycle_high": self.reconstruction(self.answer(reduced), large),
            "cycle_low": self.reconstruction(self.reduced(made), small),
            "content": self.reconstruction(reduced, F.avg_pool2d(large, self.scale)),
        }

    def _fooled(self, critic: Discriminator, real: Tensor, fake: Tensor) -> Tensor:
        return fooled(self.adversarial, critic, real=real, fake_logits=critic(fake).logits)
