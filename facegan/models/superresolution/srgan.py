"""SRGAN (Ledig et al., CVPR 2017, arXiv 1609.04802): content by features and an adversary of a thousandth's weight.

Generator and critic as published (SRResNet, and eight 3x3 convolutions); content is the mean squared distance of
VGG-19's relu5_4, which the paper scales by 1/12.75 before squaring: a weight of 0.00615. The paper begins with the
generator trained by pixels: `pretrain_rounds` here, or `init_from`. What differs: whole faces in place of patches of 96
pixels; images in [-1, 1] on both sides. The pixel term is the paper's with weight 0.
"""

from typing import ClassVar

from facegan.data.batch import FaceBatch
from facegan.losses.adversarial import Adversarial
from facegan.losses.features import FeatureReconstruction
from facegan.losses.reconstruction import Reconstruction
from facegan.models.base import Factory, Losses, Weights
from facegan.models.superresolution.duel import Duel
from facegan.models.superresolution.seeing import Seeing


class SRGAN(Duel, Seeing):
    """Parts: upscaler, critic, extractor; mean and head where they are asked for."""

    paper: ClassVar[str] = "SRGAN (Ledig et al., CVPR 2017)"

    def __init__(
        self,
        *,
        image_size: int,
        attributes: tuple[str, ...],
        upscaler: Factory,
        degradation: Factory,
        discriminator: Factory,
        extractor: Factory,
        adversarial: Adversarial,
        reconstruction: Reconstruction,
        perceptual: FeatureReconstruction,
        weights: Weights,
        head: Factory | None = None,
        scale: int = 4,
        keep_mean: bool = False,
        pretrain_rounds: int = 0,
        features_rounds: int = 0,
    ) -> None:
        super().__init__(
            image_size=image_size, attributes=attributes, degradation=degradation, weights=weights, scale=scale
        )
        self.start(
            upscaler=upscaler, reconstruction=reconstruction, keep_mean=keep_mean, pretrain_rounds=pretrain_rounds
        )
        self.look_with(extractor, head, perceptual, features_rounds)
        self.oppose(discriminator, adversarial)
        game = self.game_phases("content", "reconstruction", start=self.first_round, evals=("extractor",))
        self.phases = (*self.first_phases(), *game)

    def generator_losses(self, faces: FaceBatch) -> Losses:
        """The critic fooled, features as the face's, and pixels where they weigh anything."""
        made = self.upscaler(self.small(faces))
        return {
            "adversarial": self.fooling(faces.images, self.critic(made.images)),
            "content": self.perceptual(self.seen, made.images, faces.images),
            "reconstruction": self.pixels(made, faces.images),
        }
