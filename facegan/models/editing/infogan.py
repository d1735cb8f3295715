"""InfoGAN (Chen et al., NIPS 2016, arXiv 1606.03657): codes that nobody labelled, and that a picture must not hide.

A generator makes faces of noise and a few codes; a head on the discriminator's trunk reads the codes off the face, and
both networks are paid for it: the bound on mutual information is in the discriminator's loss and in the generator's.
Source of truth for the losses, the steps and their order: the authors' code, which holds their MNIST setting alone. The
CelebA setting in `conf/model/infogan.yaml` (ten codes of ten values, 128 of noise, 32 pixels, the networks' widths) is
the paper's as it is commonly told; its text was not at hand.

Deviations from that code, each with its reason:
- Reading the codes takes one fully connected layer, there two with batch norm: a discriminator's heads are alike here.
- Logs are exact, there of p + 1e-8; continuous codes have a fixed standard deviation of 1, there an option.
"""

from collections.abc import Sequence
from typing import ClassVar

import torch
from torch import Tensor

from facegan.data.batch import FaceBatch
from facegan.data.draw import Draw
from facegan.errors import UserError
from facegan.losses.adversarial import Adversarial
from facegan.losses.information import MutualInformation
from facegan.models.base import Factory, Losses, Model, Weights, verb
from facegan.models.codes import Codes
from facegan.models.games import fooled, penalised, told_apart
from facegan.models.phases import Phase
from facegan.networks.vectors import VectorDecoder


class InfoGAN(Model):
    """Parts: generator, discriminator (whose recognition reads the codes). Labels are not looked at.

    categorical: sizes of the categorical codes; continuous: how many codes uniform over [-1, 1]; noise: further values.
    first_map: channels, height and width of the map with which the generator begins.
    Raises UserError without any code, and PartError where the parts do not fit each other.
    """

    paper: ClassVar[str] = "InfoGAN (Chen et al., NIPS 2016)"
    verb_parts: ClassVar[tuple[str, ...]] = ("generator",)

    def __init__(
        self,
        *,
        image_size: int,
        attributes: tuple[str, ...],
        projection: Factory,
        decoder: Factory,
        discriminator: Factory,
        adversarial: Adversarial,
        weights: Weights,
        categorical: Sequence[int] = (10,) * 10,
        continuous: int = 0,
        noise: int = 128,
        first_map: Sequence[int] = (448, 2, 2),
    ) -> None:
        super().__init__(image_size=image_size, attributes=attributes, weights=weights)
        if not categorical and not continuous:
            raise UserError("InfoGAN needs a code; set model.categorical=[10], or model.continuous=2.")
        channels, height, width = first_map
        self.codes = Codes(categorical=categorical, continuous=continuous)
        self.generator = VectorDecoder(
            projection=projection(inputs=self.codes.width + noise, code=(channels, height, width)),
            decoder=decoder(code=(channels, height, width), image_size=image_size),
        )
        self.discriminator = discriminator(image_size=image_size, recognition=self.codes.width)
        self.noise, self.adversarial = noise, adversarial
        self.information = MutualInformation(categorical=categorical, continuous=continuous)
        self.phases = self._phases()

    @property
    def controls(self) -> tuple[str, ...]:
        """The columns that `generate` takes: a code each, the categorical ones first."""
        return self.codes.names

    def _phases(self) -> tuple[Phase, ...]:
        return (
            Phase(
                name="critic",
                trains=("discriminator",),
                terms=("adversarial", "mutual_information", *("penalty",) * self.adversarial.has_penalty),
                draws={"faces": Draw()},
                why="the layer that reads codes is among the discriminator's variables, as in the authors' code",
            ),
            Phase(
                name="generator",
                trains=("generator",),
                terms=("adversarial", "mutual_information"),
                reuse="critic",
                why="both steps see the same real faces, and fresh noise, as in the authors' code",
            ),
        )

    def critic_losses(self, faces: FaceBatch) -> Losses:
        """Real against generated faces, and the codes read off the generated ones."""
        codes = self.codes.sample(len(faces)).to(faces.images)
        fake = self._image(codes, None)
        real, judged = self.discriminator(faces.images), self.discriminator(fake)
        return {
            "adversarial": told_apart(self.adversarial, real_logits=real.logits, kinds=[judged.logits]),
            "mutual_information": self.information(judged.recognition, codes),
            **penalised(self.adversarial, self.discriminator, real=faces.images, kinds=[fake]),
        }

    def generator_losses(self, faces: FaceBatch) -> Losses:
        """Generated faces that look real and let their codes be read."""
        codes = self.codes.sample(len(faces)).to(faces.images)
        judged = self.discriminator(self._image(codes, None))
        return {
            "adversarial": fooled(self.adversarial, self.discriminator, real=faces.images, fake_logits=judged.logits),
            "mutual_information": self.information(judged.recognition, codes),
        }

    @verb
    def generate(self, attributes: Tensor, seed: int = 0) -> Tensor:
        """New faces, N x 3 x H x W in [-1, 1]; seed chooses the noise, and the codes that are left open.

        attributes: what takes their place here, the codes by number, N x len(controls): a categorical code's value
        (0, 1, 2, ...), a continuous code's, in [-1, 1]; NaN leaves a code open.
        Raises UserError for another number of codes, and for a category that does not exist.
        """
        generator = torch.Generator().manual_seed(seed)
        drawn = self.codes.numbers(len(attributes), generator).to(attributes)
        return self._image(self.codes.vectors(self.codes.filled(attributes, drawn)), generator)

    def _image(self, codes: Tensor, generator: torch.Generator | None) -> Tensor:
        noise = torch.randn(len(codes), self.noise, generator=generator).to(codes)
        images: Tensor = self.generator(torch.cat([codes, noise], dim=1))
        return images
