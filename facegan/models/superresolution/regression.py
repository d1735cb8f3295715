"""Super-resolution by the mean: SRCNN, ESPCN, SRResNet and, with answers on the way, DRCN.

SRCNN (Dong et al., ECCV 2014), ESPCN (Shi et al., CVPR 2016), SRResNet (Ledig et al., CVPR 2017), DRCN (Kim et al.,
CVPR 2016): one wiring, and the network says which it is. What differs from the papers: colour in place of luminance
alone; whole faces in place of patches; zero padding in SRCNN. Of DRCN the weight of what it answers on the way falls
while that of its answer rises; how fast, and its weight decay, are not known here.
"""

from typing import ClassVar

import torch
from torch import Tensor

from facegan.data.batch import FaceBatch
from facegan.data.draw import Draw
from facegan.losses.reconstruction import Reconstruction
from facegan.models.base import Factory, Losses, Weights
from facegan.models.phases import Phase
from facegan.models.schedules import Schedule
from facegan.models.superresolution.upscaling import Upscaling


class Regression(Upscaling):
    """Parts: upscaler.

    supervision: the weight of what a recursive network answers on the way, the mean over its recursions; other networks
    have no such term.
    """

    paper: ClassVar[str] = "regression: SRCNN (ECCV 2014), ESPCN (CVPR 2016), DRCN (CVPR 2016), SRResNet (CVPR 2017)"
    verb_parts: ClassVar[tuple[str, ...]] = ("upscaler",)

    def __init__(
        self,
        *,
        image_size: int,
        attributes: tuple[str, ...],
        upscaler: Factory,
        degradation: Factory,
        reconstruction: Reconstruction,
        weights: Weights,
        scale: int = 4,
        supervision: float | Schedule = 1.0,
    ) -> None:
        super().__init__(
            image_size=image_size, attributes=attributes, degradation=degradation, weights=weights, scale=scale
        )
        self.upscaler = upscaler(image_size=image_size, scale=scale)
        self.reconstruction = reconstruction
        partial = ("partial",) * bool(self.upscaler.recursions)
        if partial:
            self.weights = {**weights, "regression": {**weights.get("regression", {}), "partial": supervision}}
        self.phases = (
            Phase(
                name="regression",
                trains=("upscaler",),
                terms=("reconstruction", *partial),
                draws={"faces": Draw()},
            ),
        )

    def regression_losses(self, faces: FaceBatch) -> Losses:
        """The answer against the face, and where there are any the answers on the way."""
        answer = self.upscaler(self.small(faces))
        losses = {"reconstruction": self.reconstruction(answer.images.float(), faces.images)}
        if answer.partial:
            early = [self.reconstruction(each.float(), faces.images) for each in answer.partial]
            losses["partial"] = torch.stack(early).mean()
        return losses

    def answer(self, low: Tensor) -> Tensor:
        """What the network makes of small faces."""
        images: Tensor = self.upscaler(low).images
        return images
