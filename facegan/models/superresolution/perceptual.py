"""Perceptual losses for super-resolution (Johnson, Alahi, Fei-Fei, ECCV 2016, arXiv 1603.08155).

A network is trained to give the features that the face has, in the eyes of VGG-16 (relu2_2), and not its pixels; total
variation is a small regulariser. Faces take the place of COCO's patches, and bicubic shrinking that of a blur of
deviation 1 and bicubic after it. The paper trains from the start, without regression before, and so does
`model=perceptual`. With `loss/style` the style loss of the same paper joins in.
"""

from typing import ClassVar

from facegan.data.batch import FaceBatch
from facegan.data.draw import Draw
from facegan.losses.features import FeatureReconstruction
from facegan.losses.perceptual import Style, TotalVariation
from facegan.losses.reconstruction import Reconstruction
from facegan.models.base import Factory, Losses, Weights
from facegan.models.phases import Phase
from facegan.models.superresolution.seeing import Seeing


class PerceptualUpscaling(Seeing):
    """Parts: upscaler, extractor; mean and head where they are asked for. style: None for none."""

    paper: ClassVar[str] = "Perceptual losses (Johnson, Alahi, Fei-Fei, ECCV 2016)"

    def __init__(
        self,
        *,
        image_size: int,
        attributes: tuple[str, ...],
        upscaler: Factory,
        degradation: Factory,
        extractor: Factory,
        reconstruction: Reconstruction,
        perceptual: FeatureReconstruction,
        variation: TotalVariation,
        weights: Weights,
        style: Style | None = None,
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
        self.variation, self.style = variation, style
        generator = Phase(
            name="generator",
            trains=("upscaler",),
            evals=("extractor",),
            terms=("content", "variation", *("style",) * (style is not None)),
            draws={"faces": Draw()},
            start=self.first_round,
        )
        self.phases = (*self.first_phases(), generator)

    def generator_losses(self, faces: FaceBatch) -> Losses:
        """Features of the answer against those of the face."""
        made = self.answer(self.small(faces))
        seen, wanted = self.seen(made), self.seen(faces.images)
        losses = {"content": self.perceptual.of_maps(seen, wanted), "variation": self.variation(made)}
        if self.style is not None:
            losses["style"] = self.style(seen, wanted)
        return losses
