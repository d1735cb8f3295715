"""AttGAN (He et al., TIP 2019, arXiv 1711.10678): facial attribute editing by only changing what you want.

An encoder-decoder is told the attributes that a face shall have. Told its own, it must give the face back; told
others, the face must look real, and a recognition head in the discriminator must find those others in it. The code is
not asked to forget the attributes, as Fader's is. Source of truth: version 2 of the authors' TensorFlow code.

Deviations from that code, each with its reason:
- There the learning rate falls in steps of an epoch; here with every step, which is the same line.
- Version 2 aligns CelebA's original photographs anew; `attgan_paper` takes the published crop of the aligned ones, as
  version 1 did, since that is the data which everybody has.
- There `edit` has a fixed strength (`test_int` = 2, see the verb); here the caller chooses it.
- Which attributes exclude each other is no business of the model: `facegan.attributes` decides before it is asked.
"""

from typing import ClassVar

from torch import Tensor

from facegan.data.batch import FaceBatch
from facegan.data.draw import Draw
from facegan.errors import UserError
from facegan.losses.adversarial import Adversarial
from facegan.losses.recognition import Recognition
from facegan.losses.reconstruction import Reconstruction
from facegan.models.base import Factory, Losses, Model, Weights, verb
from facegan.models.games import fooled, penalised
from facegan.models.phases import Phase
from facegan.models.requests import own, shuffled, signed, towards


class AttGAN(Model):
    """Parts: encoder, decoder, discriminator (with a recognition head of the logits that `recognition` takes).

    critic_repeat: discriminator plays to each generator play. The recognition head, which has to know the attributes
    of real faces anyway, tells a verb the labels of a face that `source` does not give; no measure asks it.
    Raises UserError without attributes, and PartError where the parts do not fit each other.
    """

    paper: ClassVar[str] = "AttGAN (He et al., TIP 2019)"
    verb_parts: ClassVar[tuple[str, ...]] = ("encoder", "decoder")
    weighs_faces: ClassVar[bool] = True
    paper_strength: ClassVar[float] = 1.5  # the authors' test_int = 2; see `edit`

    def __init__(
        self,
        *,
        image_size: int,
        attributes: tuple[str, ...],
        encoder: Factory,
        decoder: Factory,
        discriminator: Factory,
        adversarial: Adversarial,
        reconstruction: Reconstruction,
        recognition: Recognition,
        weights: Weights,
        critic_repeat: int = 5,
    ) -> None:
        super().__init__(image_size=image_size, attributes=attributes, weights=weights)
        if not attributes:
            raise UserError("AttGAN needs at least one attribute; set attributes=[Smiling].")
        known = len(attributes)
        self.encoder = encoder(image_size=image_size)
        self.decoder = decoder(
            code=self.encoder.shape, image_size=image_size, condition=known, skips=self.encoder.skips
        )
        self.discriminator = discriminator(image_size=image_size, recognition=known * recognition.logits_per_attribute)
        self.adversarial, self.reconstruction, self.recognition = adversarial, reconstruction, recognition
        self.phases = self._phases(critic_repeat)

    def _phases(self, critic_repeat: int) -> tuple[Phase, ...]:
        draws = {"faces": Draw()}
        return (
            Phase(
                name="critic",
                trains=("discriminator",),
                terms=("adversarial", "recognition", *("penalty",) * self.adversarial.has_penalty),
                draws=draws,
                repeat=critic_repeat,
                why="fresh faces for each of its plays, as in the authors' code",
            ),
            Phase(
                name="generator",
                trains=("encoder", "decoder"),
                terms=("reconstruction", "adversarial", "recognition"),
                draws=draws,
            ),
        )

    def critic_losses(self, faces: FaceBatch) -> Losses:
        """Real or edited, and which attributes a real face shows; of edited faces the head learns nothing."""
        edited = self._decode(faces.images, shuffled(faces.attributes))
        real = self.discriminator(faces.images)
        return {
            "adversarial": self.adversarial.critic(real.logits, self.discriminator(edited).logits),
            "recognition": self.recognition(real.recognition, faces.attributes, faces.weights),
            **penalised(self.adversarial, self.discriminator, real=faces.images, kinds=[edited]),
        }

    def generator_losses(self, faces: FaceBatch) -> Losses:
        """The face again under its own attributes; under another face's a real one that shows those."""
        code, skips = self.encoder(faces.images)
        wanted = shuffled(faces.attributes)
        again = self.decoder(code, condition=signed(faces.attributes), skips=skips)
        judged = self.discriminator(self.decoder(code, condition=signed(wanted), skips=skips))
        return {
            "reconstruction": self.reconstruction(again, faces.images),
            "adversarial": fooled(self.adversarial, self.discriminator, real=faces.images, fake_logits=judged.logits),
            "recognition": self.recognition(judged.recognition, wanted),
        }

    @verb
    def encode(self, images: Tensor) -> Tensor:
        """The codes of faces N x 3 x H x W in [-1, 1]: N x C x h x w. The skip beside them is not part of it."""
        code: Tensor = self.encoder(images)[0]
        return code

    @verb
    def reconstruct(self, images: Tensor, source: Tensor | None = None) -> Tensor:
        """The faces under their own attributes, source N x K; what is not given, or NaN, its head recognises."""
        return self._decode(images, self._known(images, source))

    @verb
    def edit(
        self, images: Tensor, target: Tensor, source: Tensor | None = None, strength: float = 1.0, seed: int = 0
    ) -> Tensor:
        """The faces with target attributes N x K in {0, 1}, NaN keeps; images N x 3 x H x W in [-1, 1].

        strength goes from the source's value (0) to the target (1) and beyond; see `requests.towards`. The authors test
        at `test_int` = 2, which doubles the -1 or +1 of an edited attribute: that is strength 1.5 here, and figures
        that are to be compared with theirs need it. seed is not used: the edit is deterministic.
        """
        return self._decode(images, towards(target, self._known(images, source), strength))

    def _known(self, images: Tensor, source: Tensor | None) -> Tensor:
        return own(source, lambda: self.recognition.evidence(self.discriminator(images).recognition))

    def _decode(self, images: Tensor, values: Tensor) -> Tensor:
        code, skips = self.encoder(images)
        again: Tensor = self.decoder(code, condition=signed(values), skips=skips)
        return again
