"""Face super-resolution through Wasserstein GANs (Chen and Tong, arXiv 1705.02438), after the first author's code.

No term compares the answer with the large face: the generator is to fool the critic, and its answer, shrunk by area, is
to be the small face (L1, nine tenths of the whole). What differs from the code: the paper's best game, a gradient
penalty with layer norm, is the default here, where the code's own is a plain GAN with batch norm (which makes a penalty
on single images void); a stage's widths are 256 and 128 as in the code it was forked from, since its own later ones
enlarge 16 times; critic and generator take turns, where the code steps both at once; faces are cut as for the other
systems, and neither brightness nor saturation is varied.
"""

from typing import ClassVar

from facegan.data.batch import FaceBatch
from facegan.losses.adversarial import Adversarial
from facegan.losses.reconstruction import Reconstruction
from facegan.models.base import Factory, Losses, Weights
from facegan.models.superresolution.duel import Duel


class FaceWGAN(Duel):
    """Parts: upscaler, critic; mean where it is asked for."""

    paper: ClassVar[str] = "Face super-resolution through Wasserstein GANs (Chen and Tong, 2017)"

    def __init__(
        self,
        *,
        image_size: int,
        attributes: tuple[str, ...],
        upscaler: Factory,
        degradation: Factory,
        discriminator: Factory,
        adversarial: Adversarial,
        reconstruction: Reconstruction,
        weights: Weights,
        scale: int = 4,
        keep_mean: bool = False,
        pretrain_rounds: int = 0,
        critic_repeat: int = 1,
    ) -> None:
        super().__init__(
            image_size=image_size, attributes=attributes, degradation=degradation, weights=weights, scale=scale
        )
        self.start(
            upscaler=upscaler, reconstruction=reconstruction, keep_mean=keep_mean, pretrain_rounds=pretrain_rounds
        )
        self.oppose(discriminator, adversarial)
        game = self.game_phases("consistency", start=pretrain_rounds, repeat=critic_repeat)
        self.phases = (self.regression_phase(), *game)

    def generator_losses(self, faces: FaceBatch) -> Losses:
        """The critic fooled, and an answer that shrinks to the small face."""
        low = self.small(faces)
        made = self.answer(low)
        return {
            "adversarial": self.fooling(faces.images, self.critic(made)),
            "consistency": self.reconstruction(self.shrunk(made), low),
        }
