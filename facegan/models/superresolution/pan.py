"""PAN, perceptual adversarial networks (Wang, Xu, Wang, Tao, arXiv 1706.09138; TIP 2018), at super-resolution.

There is no official code. The critic's own hidden maps measure the perceptual gap; the generator closes it, the critic
opens it until it is as wide as a margin, and both play a GAN besides. The paper has de-raining, inpainting and others;
small faces are enlarged first, so that its image-to-image network serves. The generator's adversarial loss is the
non-saturating one in place of log(1 - D). A gap is a mean over a map's elements, so that the margin means the same at
every size. Layers 1, 4, 6, 8 with 5, 1.5, 1.5, 1 and the margin of 3 are a public port's; the port leaves out the
absolute value, the generator's perceptual term, and sets an L1 term of weight 25 besides: none of this is done here.
The pixel term has the paper's weight, which is 0. With `+extractor=small +loss/perceptual=l1` and a weight for
`content` a fixed network looks at faces too, as in SRGAN, which the paper compares with.
"""

from typing import ClassVar

from facegan.data.batch import FaceBatch
from facegan.errors import UserError
from facegan.losses.adversarial import Adversarial
from facegan.losses.features import FeatureReconstruction
from facegan.losses.perceptual import FeatureMatching, Margin
from facegan.losses.reconstruction import Reconstruction
from facegan.models.base import Factory, Losses, Weights
from facegan.models.superresolution.duel import Duel
from facegan.models.superresolution.seeing import Seeing
from facegan.networks.contracts import Judgement


class PAN(Duel, Seeing):
    """Parts: upscaler, critic; mean, extractor and head where they are asked for.

    margin: how wide a gap the critic wants. Raises UserError for an extractor without a perceptual loss, or the other
    way round.
    """

    paper: ClassVar[str] = "PAN (Wang, Xu, Wang, Tao, TIP 2018)"

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
        matching: FeatureMatching,
        weights: Weights,
        extractor: Factory | None = None,
        head: Factory | None = None,
        perceptual: FeatureReconstruction | None = None,
        margin: float = 3.0,
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
        self.oppose(discriminator, adversarial)
        self.matching, self.margin = matching, Margin(margin=margin)
        self.looks = extractor is not None and perceptual is not None
        if extractor is not None and perceptual is not None:
            self.look_with(extractor, head, perceptual, features_rounds)
        elif extractor is not None or perceptual is not None or head is not None:
            raise UserError(
                "PAN: an extractor and a perceptual loss go together; set +extractor=small +loss/perceptual=l1."
            )
        game = self.game_phases(
            "matching", "reconstruction", *("content",) * self.looks,
            start=self.first_round, evals=("extractor",) * self.looks, critic_terms=("margin",),
        )  # fmt: skip
        self.phases = (*self.first_phases(), *game)

    def judged(self, real: Judgement, fake: Judgement) -> Losses:
        """The game, and what is missing of the margin."""
        return {
            **super().judged(real, fake),
            "margin": self.margin(self.matching(fake.features, real.features)),
        }

    def generator_losses(self, faces: FaceBatch) -> Losses:
        """The critic fooled, its hidden maps as the face's, and pixels and features where they weigh anything."""
        made = self.upscaler(self.small(faces))
        fake = self.critic(made.images)
        losses = {
            "adversarial": self.fooling(faces.images, fake),
            "matching": self.matching(fake.features, self.critic(faces.images).features),
            "reconstruction": self.pixels(made, faces.images),
        }
        return losses | ({"content": self.perceptual(self.seen, made.images, faces.images)} if self.looks else {})
