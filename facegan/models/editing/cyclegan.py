"""CycleGAN (Zhu et al., ICCV 2017, arXiv 1703.10593) between the faces that have an attribute and those that lack it.

One translator puts the attribute on, another takes it off; there and back must give the same face. A critic for each
kind judges. Source of truth: the authors' Lua code.

Deviations from that code, each with its reason:
- There a picture is scaled to 143 pixels and a random square of 128 cut from it; here faces are aligned, and only
  flipped.
- There learning rates fall to zero over the last 100 of 200 epochs of some collection; an attribute's two kinds differ
  in size by a factor of ten, so the length is counted in faces (see `conf/experiment/cyclegan_paper.yaml`).
- Instance norms have a learned scale and shift.
"""

from typing import ClassVar

import torch
from torch import Tensor

from facegan.data.batch import FaceBatch
from facegan.losses.adversarial import Adversarial
from facegan.losses.reconstruction import Reconstruction
from facegan.models.base import Factory, Losses, Play, Weights
from facegan.models.editing.two_way import Exchange
from facegan.models.games import added, duels, fooled
from facegan.models.phases import Phase
from facegan.models.pools import exchanged


class CycleGAN(Exchange):
    """Parts: put_on, take_off, critic_has (judges faces with the attribute), critic_lacks (those without).

    reconstruction: how far a face is from itself after going there and back, and after a translator to its own kind.
    identity: whether there is a term for the latter, as in the authors' code; it keeps colours.
    pool_size: old fakes of each kind among which the critics' fakes are chosen; 0 for none. They are faces that the
    model drew while it trained, and they are part of its last checkpoint, from which training goes on.
    Raises UserError unless there is exactly one attribute.
    """

    paper: ClassVar[str] = "CycleGAN (Zhu et al., ICCV 2017)"
    memory: ClassVar[tuple[str, ...]] = ("pool_has", "pool_lacks", "filled_has", "filled_lacks")
    pool_has: Tensor
    pool_lacks: Tensor
    filled_has: Tensor
    filled_lacks: Tensor

    def __init__(
        self,
        *,
        image_size: int,
        attributes: tuple[str, ...],
        translator: Factory,
        discriminator: Factory,
        adversarial: Adversarial,
        reconstruction: Reconstruction,
        weights: Weights,
        identity: bool = True,
        pool_size: int = 50,
    ) -> None:
        super().__init__(
            image_size=image_size,
            attributes=attributes,
            translator=translator,
            discriminator=discriminator,
            adversarial=adversarial,
            weights=weights,
        )
        self.reconstruction, self.identity = reconstruction, identity
        for kind in ("has", "lacks"):
            self.register_buffer(f"pool_{kind}", torch.zeros(pool_size, 3, image_size, image_size))
            self.register_buffer(f"filled_{kind}", torch.zeros((), dtype=torch.int64))
        self.phases = self._phases()

    def _phases(self) -> tuple[Phase, ...]:
        return (
            Phase(
                name="generator",
                trains=("put_on", "take_off"),
                terms=("adversarial", "cycle", *("identity",) * self.identity),
                draws=self.draws,
                keeps={"put_on": ("put_on",), "taken_off": ("take_off",)},
                why="the translators move first, as in the authors' code",
            ),
            Phase(
                name="critic",
                trains=("critic_has", "critic_lacks"),
                terms=self.critic_terms,
                reuse="generator",
                why="judges the fakes that the translators have just made, from before their step, and older ones",
            ),
        )

    def generator_losses(self, has: FaceBatch, lacks: FaceBatch) -> Play:
        """There, back, and each kind through the translator to itself; terms are sums over the two."""
        put_on, taken_off = self.put_on(lacks.images), self.take_off(has.images)
        sides = self.sides(has.images, lacks.images, put_on, taken_off)
        losses = {
            "adversarial": added(
                fooled(self.adversarial, side.critic, real=side.real, fake_logits=side.critic(side.fake).logits)
                for side in sides
            ),
            "cycle": self._same(self.put_on(taken_off), self.take_off(put_on), has, lacks),
        }
        if self.identity:
            losses["identity"] = self._same(self.put_on(has.images), self.take_off(lacks.images), has, lacks)
        return Play(losses, {"put_on": put_on, "taken_off": taken_off})

    def _same(self, having: Tensor, lacking: Tensor, has: FaceBatch, lacks: FaceBatch) -> Tensor:
        return self.reconstruction(having, has.images) + self.reconstruction(lacking, lacks.images)

    def critic_losses(self, has: FaceBatch, lacks: FaceBatch, put_on: Tensor, taken_off: Tensor) -> Losses:
        """Each critic on its own kind, its fakes from the pool."""
        fake_has = exchanged(self.pool_has, self.filled_has, put_on)
        fake_lacks = exchanged(self.pool_lacks, self.filled_lacks, taken_off)
        return duels(self.adversarial, self.sides(has.images, lacks.images, fake_has, fake_lacks))
