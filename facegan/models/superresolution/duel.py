"""The critic's side of the super-resolving games."""

from torch import Tensor

from facegan.data.batch import FaceBatch
from facegan.data.draw import Draw
from facegan.losses.adversarial import Adversarial
from facegan.models.base import Factory, Losses
from facegan.models.games import fooled, penalised
from facegan.models.phases import Phase
from facegan.models.superresolution.inventive import Inventive
from facegan.networks.contracts import Discriminator, Judgement


class Duel(Inventive):
    """Parts: those of `Inventive`; critic, which sees large faces alone. `oppose` is to be called once."""

    critic: Discriminator

    def oppose(self, discriminator: Factory, adversarial: Adversarial) -> None:
        """Builds the critic."""
        self.critic, self.adversarial = discriminator(image_size=self.image_size), adversarial

    def game_phases(
        self, *terms: str, start: int, repeat: int = 1, evals: tuple[str, ...] = (), critic_terms: tuple[str, ...] = ()
    ) -> tuple[Phase, ...]:
        """Critic and generator, from round `start` on; terms: the generator's beside the adversarial one."""
        return (
            Phase(
                name="critic",
                trains=("critic",),
                terms=("adversarial", *critic_terms, *("penalty",) * self.adversarial.has_penalty),
                draws={"faces": Draw()},
                start=start,
                repeat=repeat,
            ),
            Phase(
                name="generator",
                trains=("upscaler",),
                evals=evals,
                terms=("adversarial", *terms),
                start=start,
                reuse="critic",
            ),
        )

    def critic_losses(self, faces: FaceBatch) -> Losses:
        """Faces against what is made of their small ones."""
        real, fake = faces.images, self.answer(self.small(faces))
        return self.judged(self.critic(real), self.critic(fake)) | penalised(
            self.adversarial, self.critic, real=real, kinds=[fake]
        )

    def judged(self, real: Judgement, fake: Judgement) -> Losses:
        """The critic's terms but for a penalty."""
        return {"adversarial": self.adversarial.critic(real.logits, fake.logits)}

    def fooling(self, real: Tensor, fake: Judgement) -> Tensor:
        """The generator's adversarial term. real: N x 3 x S x S."""
        return fooled(self.adversarial, self.critic, real=real, fake_logits=fake.logits)
