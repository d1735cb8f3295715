"""Fader Networks (Lample et al., NIPS 2017, arXiv 1706.00409): an autoencoder whose code does not know the attributes.

A latent discriminator tries to read the attributes off the code; the encoder learns to mislead it, so that the decoder
has to take them from its second input, where a slider can move them. Source of truth: the authors' code.

Deviations from that code, each with its reason:
- A horizontal flip is drawn once for a batch there; here per face, so that a draw depends on its number alone.
- The norm of gradients is cut at 5 for encoder and decoder together there, for each of the two here.
- The optional `recognizer` learns beside the autoencoder, in a phase of its own that touches nothing else; it guesses
  the attributes of a user's own photo. The paper's classifier did this job, trained in a separate program.
- The optional patch discriminator and classifier losses, off in the released models, are not built.
"""

from typing import ClassVar

import torch
from torch import Tensor

from facegan.data.batch import FaceBatch
from facegan.data.draw import Draw
from facegan.errors import UserError
from facegan.losses.latent import WrongClass
from facegan.losses.recognition import CategoricalRecognition
from facegan.losses.reconstruction import Reconstruction
from facegan.models.base import Factory, Losses, Weights, verb
from facegan.models.phases import Phase
from facegan.models.recognizing import RecognizingModel


class Fader(RecognizingModel):
    """Parts: encoder, decoder, latent_discriminator, and a recognizer where one is given.

    The K attributes reach the decoder as 2K channels, (1 - a, a) each, as in the code.
    Raises UserError without attributes, and PartError where the parts do not fit each other.
    """

    paper: ClassVar[str] = "Fader Networks (Lample et al., NIPS 2017)"
    verb_parts: ClassVar[tuple[str, ...]] = ("encoder", "decoder")
    weighs_faces: ClassVar[bool] = True
    paper_strength: ClassVar[float] = 2.0  # alpha in the authors' examples of eyeglasses and male

    def __init__(
        self,
        *,
        image_size: int,
        attributes: tuple[str, ...],
        encoder: Factory,
        decoder: Factory,
        latent_discriminator: Factory,
        reconstruction: Reconstruction,
        weights: Weights,
        recognizer: Factory | None = None,
        latent_repeat: int = 1,
    ) -> None:
        super().__init__(image_size=image_size, attributes=attributes, weights=weights)
        if not attributes:
            raise UserError("Fader needs at least one attribute; set attributes=[Smiling].")
        self.encoder = encoder(image_size=image_size)
        self.decoder = decoder(
            code=self.encoder.shape, image_size=image_size, condition=2 * len(attributes), skips=self.encoder.skips
        )
        self.latent_discriminator = latent_discriminator(code=self.encoder.shape, outputs=2 * len(attributes))
        self.keep_recognizer(recognizer)
        self.reconstruction, self.wrong_class = reconstruction, WrongClass()
        self.latent_recognition = CategoricalRecognition()
        self.phases = self._phases(latent_repeat)

    def _phases(self, latent_repeat: int) -> tuple[Phase, ...]:
        draws = {"faces": Draw()}
        return (
            Phase(
                name="latent",
                trains=("latent_discriminator",),
                evals=("encoder", "decoder"),
                terms=("recognition",),
                draws=draws,
                repeat=latent_repeat,
                why="the autoencoder holds still, in eval mode, as in the authors' code",
            ),
            Phase(
                name="autoencoder",
                trains=("encoder", "decoder"),
                evals=("latent_discriminator",),
                terms=("reconstruction", "wrong_class"),
                draws=draws,
                why="no dropout in the latent discriminator while it is being misled, as in the authors' code",
            ),
            *self.recognizer_phases,
        )

    @staticmethod
    def condition(values: Tensor) -> Tensor:
        """Attribute values N x K as the decoder takes them, N x 2K: (1 - a, a) for each; unknown ones as (0.5, 0.5)."""
        known = values.nan_to_num(nan=0.5)
        return torch.stack([1 - known, known], dim=2).flatten(1)

    def latent_losses(self, faces: FaceBatch) -> Losses:
        """How well the attributes are read off the code."""
        code, _ = self.encoder(faces.images)
        return {
            "recognition": self.latent_recognition(self.latent_discriminator(code), faces.attributes, faces.weights)
        }

    def autoencoder_losses(self, faces: FaceBatch) -> Losses:
        """The face again from code and attributes, and a code that points to the wrong attributes."""
        code, skips = self.encoder(faces.images)
        again = self.decoder(code, condition=self.condition(faces.attributes), skips=skips)
        return {
            "reconstruction": self.reconstruction(again, faces.images),
            "wrong_class": self.wrong_class(self.latent_discriminator(code), faces.attributes, faces.weights),
        }

    @verb
    def encode(self, images: Tensor) -> Tensor:
        """The codes of faces N x 3 x H x W in [-1, 1]: N x C x h x w."""
        code: Tensor = self.encoder(images)[0]
        return code

    @verb
    def reconstruct(self, images: Tensor, source: Tensor | None = None) -> Tensor:
        """The faces with their own attributes, source N x K, guessed by the recognizer where it is not given."""
        return self._decode(images, self.known(images, source))

    @verb
    def edit(
        self, images: Tensor, target: Tensor, source: Tensor | None = None, strength: float = 1.0, seed: int = 0
    ) -> Tensor:
        """The faces with target attributes N x K in {0, 1}, NaN keeps; images N x 3 x H x W in [-1, 1].

        strength goes from the source's value (0) to the target (1) and beyond; a face that already shows the target, or
        whose own value nobody knows, is moved from the opposite value. seed is not used: the edit is deterministic.
        Raises UserError where a value is kept but neither source labels nor a recognizer tell it.
        """
        return self._decode(images, self.values(images, target, source, strength))

    def _decode(self, images: Tensor, values: Tensor) -> Tensor:
        code, skips = self.encoder(images)
        again: Tensor = self.decoder(code, condition=self.condition(values), skips=skips)
        return again
