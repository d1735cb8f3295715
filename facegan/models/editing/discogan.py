"""DiscoGAN (Kim et al., ICML 2017, arXiv 1703.05192) between faces that have an attribute and faces that lack it.

Two translators, there and back, as in CycleGAN; beside it a critic's hidden units should answer to fakes as to real
faces, on average over the batch. In the first 10,000 iterations that counts for almost all, then the way back gains.
Source of truth: the authors' code.

Deviations from that code, each with its reason:
- Images live in [-1, 1] here, in [0, 1] there. The translators end in tanh for its sigmoid, which is the same function
  of half its argument; a mean square counts four times as much, so the way back has a quarter of its weight r, 0.0025
  and 0.125 for 0.01 and 0.5 (see `conf/model/discogan.yaml`).
- Of three iterations there the first moves the critics and two the translators; a round here is those three.
- The critics' first convolutions see [-1, 1] instead of [0, 1], and their last layers have a bias.
"""

from typing import ClassVar

from torch import Tensor

from facegan.data.batch import FaceBatch
from facegan.losses.adversarial import Adversarial
from facegan.losses.features import MeanFeatures
from facegan.losses.reconstruction import Reconstruction
from facegan.models.base import Factory, Losses, Weights
from facegan.models.editing.two_way import Exchange
from facegan.models.games import added, duels
from facegan.models.phases import Phase
from facegan.networks.contracts import Judgement


class DiscoGAN(Exchange):
    """Parts: put_on, take_off, critic_has (judges faces with the attribute), critic_lacks (those without).

    generator_repeat: plays of the translators for each of the critics. The features compared are those of every hidden
    layer but the first (of that too where it is the only one): three at 64 pixels, as in the authors' code.
    Raises UserError unless there is exactly one attribute.
    """

    paper: ClassVar[str] = "DiscoGAN (Kim et al., ICML 2017)"

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
        generator_repeat: int = 2,
    ) -> None:
        super().__init__(
            image_size=image_size,
            attributes=attributes,
            translator=translator,
            discriminator=discriminator,
            adversarial=adversarial,
            weights=weights,
        )
        self.reconstruction, self.mean_features = reconstruction, MeanFeatures()
        self.phases = self._phases(generator_repeat)

    def _phases(self, generator_repeat: int) -> tuple[Phase, ...]:
        return (
            Phase(
                name="critic",
                trains=("critic_has", "critic_lacks"),
                terms=self.critic_terms,
                draws=self.draws,
            ),
            Phase(
                name="generator",
                trains=("put_on", "take_off"),
                terms=("adversarial", "features", "reconstruction"),
                draws=self.draws,
                repeat=generator_repeat,
                why="the critics move in one of three iterations, the translators in the other two",
            ),
        )

    def critic_losses(self, has: FaceBatch, lacks: FaceBatch) -> Losses:
        """Each critic on its own kind."""
        put_on, taken_off = self.put_on(lacks.images), self.take_off(has.images)
        return duels(self.adversarial, self.sides(has.images, lacks.images, put_on, taken_off))

    def generator_losses(self, has: FaceBatch, lacks: FaceBatch) -> Losses:
        """There and back, both ways; terms are sums over the two."""
        put_on, taken_off = self.put_on(lacks.images), self.take_off(has.images)
        sides = self.sides(has.images, lacks.images, put_on, taken_off)
        judged = [(critic(real), critic(fake)) for critic, real, fake in sides]
        return {
            "adversarial": added(self.adversarial.generator(real.logits, fake.logits) for real, fake in judged),
            "features": added(self.mean_features(self._compared(real), self._compared(fake)) for real, fake in judged),
            "reconstruction": self.reconstruction(self.put_on(taken_off), has.images)
            + self.reconstruction(self.take_off(put_on), lacks.images),
        }

    @staticmethod
    def _compared(judgement: Judgement) -> tuple[Tensor, ...]:
        return judgement.features[1:] or judgement.features
