"""StarGAN (Choi et al., CVPR 2018, arXiv 1711.09020): one translator for all attributes, told which ones to show.

The attributes wanted are tiled onto the picture. A critic judges realness by patches and recognises attributes, on real
faces; the translator is to fool the former and to please the latter, and to come back when it is told the face's own
attributes. Target labels are other faces' of the same batch. Source of truth: the authors' code.

What that code does, and is kept:
- Its learning rate is meant to fall linearly over the second half, but is lowered by a thousandth part of what it
  should, once every 1,000 iterations: it is constant, and so it is here.
- Its translator is never put into eval mode, so that instance norms always use the picture's own statistics; here they
  know no others.

Deviations, each with its reason:
- Target labels that nobody knows (NaN) count as halfway, 0.5, on the way in and are not recognised on the way out;
  CelebA has none.
- Source labels that are not known are those that the critic recognises; the code reads them from CelebA's list.
"""

from typing import ClassVar

from torch import Tensor

from facegan.data.batch import FaceBatch
from facegan.data.draw import Draw
from facegan.errors import UserError
from facegan.losses.adversarial import Adversarial
from facegan.losses.recognition import Recognition
from facegan.losses.reconstruction import Reconstruction
from facegan.models.base import Factory, Losses, Model, Play, Weights, verb
from facegan.models.games import fooled, penalised
from facegan.models.phases import Phase
from facegan.models.requests import own, shuffled, towards
from facegan.networks.contracts import Discriminator, Translator


class StarGAN(Model):
    """Parts: translator, critic (with recognition of the K attributes).

    critic_repeat: plays of the critic for each of the translator, which takes the faces and targets of the last one.
    Raises UserError without attributes, and PartError where the parts do not fit.
    """

    paper: ClassVar[str] = "StarGAN (Choi et al., CVPR 2018)"
    verb_parts: ClassVar[tuple[str, ...]] = ("translator",)
    weighs_faces: ClassVar[bool] = True  # on real faces; what a translated one shows was not drawn with it
    translator: Translator
    critic: Discriminator

    def __init__(
        self,
        *,
        image_size: int,
        attributes: tuple[str, ...],
        translator: Factory,
        discriminator: Factory,
        adversarial: Adversarial,
        reconstruction: Reconstruction,
        recognition: Recognition,
        weights: Weights,
        critic_repeat: int = 5,
    ) -> None:
        super().__init__(image_size=image_size, attributes=attributes, weights=weights)
        if not attributes:
            raise UserError("StarGAN needs at least one attribute; set attributes=[Smiling].")
        self.translator = translator(image_size=image_size, condition=len(attributes))
        self.critic = discriminator(
            image_size=image_size, recognition=len(attributes) * recognition.logits_per_attribute
        )
        self.adversarial, self.reconstruction, self.recognition = adversarial, reconstruction, recognition
        self.phases = self._phases(critic_repeat)

    def _phases(self, critic_repeat: int) -> tuple[Phase, ...]:
        return (
            Phase(
                name="critic",
                trains=("critic",),
                terms=("adversarial", "recognition", *("penalty",) * self.adversarial.has_penalty),
                draws={"faces": Draw()},
                repeat=critic_repeat,
                keeps={"target": ()},
            ),
            Phase(
                name="generator",
                trains=("translator",),
                terms=("adversarial", "recognition", "cycle"),
                reuse="critic",
                why="every fifth batch of the critic serves the translator too, as in the authors' code",
            ),
        )

    def translate(self, images: Tensor, values: Tensor) -> Tensor:
        """The faces with attribute values N x K; NaN is halfway between having it and not."""
        return self.translator(images, values.nan_to_num(nan=0.5))

    def critic_losses(self, faces: FaceBatch) -> Play:
        """Real from translated, and what real faces show."""
        target = shuffled(faces.attributes)
        fake, real = self.translate(faces.images, target), self.critic(faces.images)
        losses = {
            "adversarial": self.adversarial.critic(real.logits, self.critic(fake).logits),
            "recognition": self.recognition(_shown(real.recognition), faces.attributes, faces.weights),
            **penalised(self.adversarial, self.critic, real=faces.images, kinds=[fake]),
        }
        return Play(losses, {"target": target})

    def generator_losses(self, faces: FaceBatch, target: Tensor) -> Losses:
        """Faces that look real and show the target, and their way back."""
        fake = self.translate(faces.images, target)
        judged = self.critic(fake)
        return {
            "adversarial": fooled(self.adversarial, self.critic, real=faces.images, fake_logits=judged.logits),
            "recognition": self.recognition(_shown(judged.recognition), target),
            "cycle": self.reconstruction(self.translate(fake, faces.attributes), faces.images),
        }

    def known(self, images: Tensor, source: Tensor | None) -> Tensor:
        """The faces' own attributes, N x K in {0, 1}: source, and where that is unknown what the critic sees."""
        return own(source, lambda: self.recognition.evidence(_shown(self.critic(images).recognition))).to(images)

    @verb
    def reconstruct(self, images: Tensor, source: Tensor | None = None) -> Tensor:
        """The faces told to be as they are: with their own attributes, source N x K, recognised where not known."""
        return self.translate(images, self.known(images, source))

    @verb
    def edit(
        self, images: Tensor, target: Tensor, source: Tensor | None = None, strength: float = 1.0, seed: int = 0
    ) -> Tensor:
        """The faces with target attributes N x K in {0, 1}; NaN keeps the source's value, recognised where not known.

        images: N x 3 x H x W in [-1, 1]. strength goes from the source's value (0) to the target (1, the paper's) and
        beyond it, where no label of the training was; see `requests.towards`. seed is not used: the edit is
        deterministic.
        """
        return self.translate(images, towards(target.to(images), self.known(images, source), strength))


def _shown(recognition: Tensor | None) -> Tensor:
    assert recognition is not None
    return recognition
