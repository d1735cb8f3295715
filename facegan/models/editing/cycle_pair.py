"""The wiring that both conditional CycleGANs share: two translations, two critics, one guiding vector.

Legend: low-resolution faces x, N x 3 x l x l; high-resolution faces y, N x 3 x S x S; a guiding vector z, N x K.
G(x, z) gives a high face that z describes, F(y) a low one. The wiring is that of Lu, Tai and Tang (ECCV 2018); see
`conditional_cyclegan` for what is theirs.
"""

from abc import abstractmethod
from collections.abc import Callable

from torch import Tensor
from torch.nn import functional as F

from facegan.data.batch import FaceBatch
from facegan.data.draw import Draw
from facegan.errors import UserError
from facegan.losses.adversarial import Adversarial
from facegan.losses.reconstruction import Reconstruction
from facegan.models.base import Factory, Losses, Model
from facegan.models.games import fooled
from facegan.models.phases import Phase
from facegan.networks.contracts import Discriminator, Judgement, Translator


class CyclePair(Model):
    """Parts: generator (G), shrinker (F), critic_high (D_Y, which sees z), critic_low (D_X, which does not).

    low: the side of x in pixels. Both translators work at the high size: G sees x enlarged, F's answer is shrunk.
    Raises UserError where `low` does not divide the image size, and PartError where the parts do not fit.
    """

    generator: Translator
    shrinker: Translator
    critic_high: Discriminator
    critic_low: Discriminator

    def wire(
        self,
        *,
        guide_width: int,
        low: int,
        translator: Factory,
        discriminator: Factory,
        adversarial: Adversarial,
        reconstruction: Reconstruction,
    ) -> None:
        """Builds the four parts; to be called once, in `__init__`. guide_width: K."""
        size = self.image_size
        if not (0 < low < size and size % low == 0):
            raise UserError(
                f"{type(self).__name__}: low={low} must divide the image size {size} and be less; set low={size // 4}."
            )
        self.low, self.adversarial, self.reconstruction = low, adversarial, reconstruction
        self.generator = translator(image_size=size, condition=guide_width)
        self.shrinker = translator(image_size=size)
        self.critic_high = discriminator(image_size=size, condition=guide_width)
        self.critic_low = discriminator(image_size=low)

    def cycle_phases(
        self, *more: str, critic_repeat: int = 1, start: int = 0, evals: tuple[str, ...] = ()
    ) -> tuple[Phase, ...]:
        """The phases of the game. more: further terms of the generator. start: the round in which it begins.

        evals: the parts that run in eval mode in it.
        """
        draws = {"lows": Draw(low=self.low), "highs": Draw()}
        return (
            Phase(
                name="critic",
                trains=("critic_high", "critic_low"),
                evals=evals,
                terms=("adversarial", *("penalty",) * self.adversarial.has_penalty),
                draws=draws,
                repeat=critic_repeat,
                start=start,
            ),
            Phase(
                name="generator",
                trains=("generator", "shrinker"),
                evals=evals,
                terms=("adversarial", "cycle_low", "cycle_high", *more),
                draws=draws,
                start=start,
                why="x and y are other faces, so that z never belongs to x: it would be read off x and z ignored",
            ),
        )

    @abstractmethod
    def guide(self, faces: FaceBatch) -> Tensor:
        """The vectors z that describe faces y, N x K."""

    @abstractmethod
    def mismatched(self, guides: Tensor) -> Tensor:
        """For each z a vector that does not describe the same face, N x K."""

    def enlarge(self, low: Tensor, guides: Tensor) -> Tensor:
        """G(x, z): N x 3 x S x S in [-1, 1]."""
        return self.generator(self.blown_up(low), guides)

    def blown_up(self, low: Tensor) -> Tensor:
        """x as G sees it, N x 3 x S x S: enlarged bilinearly, shifted block by block so that it shrinks to x again."""
        smooth = F.interpolate(low, size=self.image_size, mode="bilinear", align_corners=False)
        return smooth + F.interpolate(low - self.averaged(smooth), size=self.image_size)

    def shrink(self, images: Tensor) -> Tensor:
        """F(y): N x 3 x l x l in [-1, 1]."""
        return self.averaged(self.shrinker(images))

    def averaged(self, images: Tensor) -> Tensor:
        """Low-resolution images as the data makes them, by area; also what a verb does to a face that it is given."""
        return F.adaptive_avg_pool2d(images, self.low)

    def critic_losses(self, lows: FaceBatch, highs: FaceBatch) -> Losses:
        """D_Y has two kinds of fakes, at half the weight each: a made face, and a real one with the wrong vector."""
        x, y, z = _low(lows), highs.images, self.guide(highs)
        made, shrunk, game = self.enlarge(x, z), self.shrink(y), self.adversarial.critic
        real = self.critic_high(y, z).logits
        wrong = self.critic_high(y, self.mismatched(z)).logits
        high = (game(real, self.critic_high(made, z).logits) + game(real, wrong)) / 2
        losses = {"adversarial": high + game(self.critic_low(x).logits, self.critic_low(shrunk).logits)}
        if self.adversarial.has_penalty:
            losses["penalty"] = self._penalties(x, shrunk, y, made, z)
        return losses

    def _penalties(self, x: Tensor, shrunk: Tensor, y: Tensor, made: Tensor, z: Tensor) -> Tensor:
        high = self.adversarial.penalty(lambda images: self.critic_high(images, z).logits, y, made)
        return high + self.adversarial.penalty(lambda images: self.critic_low(images).logits, x, shrunk)

    def generator_losses(self, lows: FaceBatch, highs: FaceBatch) -> Losses:
        """Both translations look real, G's as z says, and each undoes the other."""
        x, y, z = _low(lows), highs.images, self.guide(highs)
        made, shrunk = self.enlarge(x, z), self.shrink(y)
        return {
            "adversarial": self._fool(lambda images: self.critic_high(images, z), y, made)
            + self._fool(self.critic_low, x, shrunk),
            "cycle_low": self.reconstruction(self.shrink(made), x),
            "cycle_high": self.reconstruction(self.enlarge(shrunk, z), y),
            **self.guiding_losses(made, z),
        }

    def guiding_losses(self, made: Tensor, guides: Tensor) -> Losses:
        """Further terms on G(x, z) and z; none here."""
        return {}

    def _fool(self, critic: Callable[[Tensor], Judgement], real: Tensor, fake: Tensor) -> Tensor:
        return fooled(self.adversarial, critic, real=real, fake_logits=critic(fake).logits)


def _low(faces: FaceBatch) -> Tensor:
    assert faces.low is not None, "the phases draw these faces with `low`"
    return faces.low
