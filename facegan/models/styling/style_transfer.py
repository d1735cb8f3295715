"""Feed-forward style transfer (Johnson, Alahi, Fei-Fei, ECCV 2016, arXiv 1603.08155, with its supplementary material).

A network learns to paint any photograph in the manner of one picture: what VGG-16 sees in it (relu3_3) stays, and which
features go together (Gram matrices of relu1_2, relu2_2, relu3_3, relu4_3) becomes that of the picture. The defaults are
those of the authors' code, which departs from the paper in its content layer (there relu2_2), its style loss (means of
elements, there sums) and its norm (instance norm, after Ulyanov, Vedaldi, Lempitsky, arXiv 1607.08022; the paper's is
`++model.translator.norm=batch`).

Deviations and choices, each with its reason:
- The code looks at pixels of 0 to 255 by Caffe's VGG-16, torchvision's at pixels divided by about 57.6 (255 times the
  deviation), whose features are about as much smaller. Content grows with the square of features and style with the
  fourth power, so the code's 1 and 5 are 1 and 5 * 57.6^2 here; its total variation, half a sum over the batch of 4 by
  1e-6, is 1.93 on our means. The two networks were trained apart, so this holds about.
- The last tanh ends at [-1, 1], the range of pixels, as the paper says; the code's ends at 150 around ImageNet's mean.
- Biases that an instance norm would take out again are left out: 1,600 of the 1,679,235 parameters.
- The picture's middle square is taken at the size of the training faces; the code takes all of it, 256 pixels long.
- Faces take the place of COCO's photographs.
"""

from typing import ClassVar

import torch
from torch import Tensor

from facegan.data.batch import FaceBatch
from facegan.data.draw import Draw
from facegan.errors import UserError
from facegan.losses.features import FeatureReconstruction
from facegan.losses.perceptual import Style, TotalVariation
from facegan.models.base import Factory, Losses, Weights, verb
from facegan.models.learned_features import LearnedFeatures
from facegan.models.phases import Phase
from facegan.models.styling.mosaic import mosaic
from facegan.networks.contracts import Translator


class StyleTransfer(LearnedFeatures):
    """Parts: translator, extractor; head where the extractor is to be trained, in the first `features_rounds`.

    picture: the file whose style is learnt, read when a run begins, and kept by it; None for a mosaic drawn by formula.
    Raises UserError for a head without attributes, PartError for a content layer that the extractor does not have.
    """

    paper: ClassVar[str] = "Perceptual losses, style transfer (Johnson, Alahi, Fei-Fei, ECCV 2016)"
    verb_parts: ClassVar[tuple[str, ...]] = ("translator",)
    degrees: ClassVar[bool] = False
    picture: Tensor

    def __init__(
        self,
        *,
        image_size: int,
        attributes: tuple[str, ...],
        translator: Factory,
        extractor: Factory,
        perceptual: FeatureReconstruction,
        style: Style,
        variation: TotalVariation,
        weights: Weights,
        head: Factory | None = None,
        picture: str | None = None,
        features_rounds: int = 0,
    ) -> None:
        super().__init__(image_size=image_size, attributes=attributes, weights=weights)
        self.translator: Translator = translator(image_size=image_size)
        self.look_by(extractor, head)
        self.compare_by(perceptual)
        self.style, self.variation = style, variation
        self.pictures = {} if picture is None else {"picture": picture}
        drawn = mosaic(image_size) if picture is None else torch.zeros(1, 3, image_size, image_size)
        self.register_buffer("picture", drawn)
        first = features_rounds if head is not None else 0
        generator = Phase(
            name="generator",
            trains=("translator",),
            evals=("extractor",),
            terms=("content", "style", "variation"),
            draws={"faces": Draw()},
            start=first,
        )
        looking = self.features_phase(why="what tells attributes apart is worth keeping", stop=first)
        self.phases = (*looking, generator)

    def generator_losses(self, faces: FaceBatch) -> Losses:
        """The face's features, and the picture's style."""
        made = self.translator(faces.images).float()
        seen, kept = self.seen(made), self.seen(faces.images)
        manner = [maps.expand_as(own) for maps, own in zip(self.seen(self.picture), seen, strict=True)]
        return {
            "content": self.perceptual.of_maps(seen, kept),
            "style": self.style(seen, manner),
            "variation": self.variation(made),
        }

    @verb
    def stylize(self, images: Tensor) -> Tensor:
        """Photographs N x 3 x H x W in the manner of the picture, of the same size, all in [-1, 1].

        Raises UserError for another size than that of training where the translator knows no other.
        """
        side, (height, width) = self.image_size, images.shape[-2:]
        if (height, width) != (side, side) and not self.translator.any_size:
            name = type(self.translator).__name__
            raise UserError(f"{name} takes {side}x{side} pixels and got {width}x{height}; translator=small takes any.")
        return self.translator(images).float().clamp(-1.0, 1.0)
