"""VAE/GAN (Larsen, Sonderby, Larochelle, Winther; ICML 2016, arXiv 1512.09300): pixels replaced by learned similarity.

A VAE whose reconstruction is measured in a feature layer of the discriminator; its decoder is the GAN's generator.
An attribute is edited by arithmetic on codes: the mean code of faces that have it minus that of faces that lack it.
Source of truth: the authors' code (`celeba_aegan.py` and what it calls).

Deviations from that code, each with its reason:
- The networks are of the parts that there are: 4/2/1 convolutions for 5/2/2, without the encoder's fully connected
  layer of 1,024, the decoder's last and the discriminator's first convolution, which have stride 1, and the norm in the
  discriminator's layer of 512. Features are taken after norm and activation, there before.
- The generator plays the non-saturating game, there minimax with logs of d + 0.001; `loss/adversarial` chooses. Real
  and fake weigh alike in the critic, there 0.66 to 0.34, since games here are whole.
- No margin by which decoder or discriminator sits a step out while the other is too weak: a phase is not told that.
- Encoder, decoder and discriminator move one after the other on the same faces and codes, there in one step.
- The RMSprop's decay of 0.9 is assumed, and the learning rate falls in a straight line, there by DeepPy's own rule.
- No weight decay of 1e-5, which is DeepPy's own kind.
"""

from collections.abc import Mapping
from typing import ClassVar

import torch
from torch import Tensor

from facegan.data.batch import FaceBatch
from facegan.data.draw import Draw
from facegan.errors import UserError
from facegan.losses.adversarial import Adversarial
from facegan.losses.latent import KL
from facegan.losses.reconstruction import Reconstruction
from facegan.models.base import Factory, Losses, Model, Play, Weights, verb
from facegan.models.features import feature_reconstruction
from facegan.models.games import fooled_by_each, penalised, told_apart
from facegan.models.phases import Phase
from facegan.networks.vectors import VectorDecoder, VectorEncoder


class VAEGAN(Model):
    """Parts: encoder, decoder, discriminator.

    feature_layer: the map of the discriminator's features on which reconstruction is measured.
    latent: values of a code. bank_size: faces with, and as many without an attribute, whose mean codes tell its
    direction; the authors' code takes the codes of 10,000 faces in all.
    Raises UserError without attributes, and PartError where the parts do not fit each other.
    """

    paper: ClassVar[str] = "VAE/GAN (Larsen et al., ICML 2016)"
    verb_parts: ClassVar[tuple[str, ...]] = ("encoder", "decoder")
    directions: Tensor

    def __init__(
        self,
        *,
        image_size: int,
        attributes: tuple[str, ...],
        encoder: Factory,
        projection: Factory,
        decoder: Factory,
        discriminator: Factory,
        adversarial: Adversarial,
        reconstruction: Reconstruction,
        weights: Weights,
        feature_layer: int = 2,
        latent: int = 128,
        bank_size: int = 64,
    ) -> None:
        super().__init__(image_size=image_size, attributes=attributes, weights=weights)
        if not attributes:
            raise UserError("VAEGAN needs at least one attribute to edit; set attributes=[Eyeglasses].")
        self.encoder = VectorEncoder(encoder=encoder(image_size=image_size), outputs=2 * latent)
        shape = self.encoder.shape
        self.decoder = VectorDecoder(
            projection=projection(inputs=latent, code=shape), decoder=decoder(code=shape, image_size=image_size)
        )
        self.discriminator = discriminator(image_size=image_size)
        self.features = feature_reconstruction(
            reconstruction, self.discriminator, image_size=image_size, layer=feature_layer
        )
        self.latent, self.adversarial, self.kl, self.bank_size = latent, adversarial, KL(), bank_size
        self.register_buffer("directions", torch.zeros(len(attributes), latent))
        self.bank_draws = {
            f"{kind}_{name}": Draw(has={name: value})
            for name in attributes
            for kind, value in (("has", 1), ("lacks", 0))
        }
        self.phases = self._phases()

    def _phases(self) -> tuple[Phase, ...]:
        return (
            Phase(
                name="encoder",
                trains=("encoder",),
                terms=("reconstruction", "kl"),
                draws={"faces": Draw()},
                keeps={"code": ("encoder",)},
            ),
            Phase(
                name="decoder",
                trains=("decoder",),
                terms=("reconstruction", "adversarial"),
                reuse="encoder",
                why="the adversarial term does not reach the encoder, and weighs against reconstruction here alone",
            ),
            Phase(
                name="critic",
                trains=("discriminator",),
                terms=("adversarial", *("penalty",) * self.adversarial.has_penalty),
                reuse="encoder",
                why="it judges and does not reconstruct: its features must not learn to be easy",
            ),
        )

    def moments(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """Mean and log variance of the codes of faces, N x latent each."""
        mean, log_variance = self.encoder(images).chunk(2, dim=1)
        return mean, log_variance

    def encoder_losses(self, faces: FaceBatch) -> Play:
        """The face again, as the discriminator sees it, from a draw of its code; and codes like the prior's."""
        mean, log_variance = self.moments(faces.images)
        code = mean + torch.randn_like(mean) * (0.5 * log_variance).exp()
        again = self._reconstruction(self.decoder(code), faces.images)
        return Play({"reconstruction": again, "kl": self.kl(mean, log_variance)}, {"code": code})

    def decoder_losses(self, faces: FaceBatch, code: Tensor) -> Losses:
        """The same reconstruction; and reconstructed and generated faces that look real. code: N x latent."""
        again, generated = self.decoder(code), self.decoder(self._noise(code))
        logits = [self.discriminator(images).logits for images in (again, generated)]
        return {
            "reconstruction": self._reconstruction(again, faces.images),
            "adversarial": fooled_by_each(self.adversarial, self.discriminator, real=faces.images, kinds=logits),
        }

    def critic_losses(self, faces: FaceBatch, code: Tensor) -> Losses:
        """Real faces against reconstructed and generated ones."""
        fakes = [self.decoder(code), self.decoder(self._noise(code))]
        logits = [self.discriminator(images).logits for images in fakes]
        return {
            "adversarial": told_apart(
                self.adversarial, real_logits=self.discriminator(faces.images).logits, kinds=logits
            ),
            **penalised(self.adversarial, self.discriminator, real=faces.images, kinds=fakes),
        }

    def _reconstruction(self, again: Tensor, images: Tensor) -> Tensor:
        return self.features(lambda pictures: self.discriminator(pictures).features, again, images)

    @staticmethod
    def _noise(code: Tensor) -> Tensor:
        return torch.randn(code.shape).to(code)

    @verb
    def fill_bank(self, draws: Mapping[str, FaceBatch]) -> None:
        """Keeps each attribute's direction: the mean code of faces that have it minus that of faces that lack it."""
        mean = {name: self.moments(faces.images)[0].mean(0) for name, faces in draws.items()}
        directions = [mean[f"has_{name}"] - mean[f"lacks_{name}"] for name in self.attributes]
        self.directions.copy_(torch.stack(directions))

    @verb
    def encode(self, images: Tensor) -> Tensor:
        """The mean codes of faces N x 3 x H x W in [-1, 1]: N x latent."""
        return self.moments(images)[0]

    @verb
    def reconstruct(self, images: Tensor) -> Tensor:
        """The faces again, from their mean codes."""
        return self._image(self.moments(images)[0])

    @verb
    def edit(
        self, images: Tensor, target: Tensor, source: Tensor | None = None, strength: float = 1.0, seed: int = 0
    ) -> Tensor:
        """The faces moved by `strength` times each attribute's direction: towards target 1, away from 0, not for NaN.

        images: N x 3 x H x W in [-1, 1]; target: N x K. What a face shows already is not asked for, so source labels
        are not needed; strength 0 reconstructs, above 1 extrapolates. seed is not used: the edit is deterministic.
        """
        steps = (2 * target - 1).nan_to_num(nan=0.0) * strength
        return self._image(self.moments(images)[0] + steps.to(self.directions) @ self.directions)

    def _image(self, code: Tensor) -> Tensor:
        images: Tensor = self.decoder(code)
        return images
