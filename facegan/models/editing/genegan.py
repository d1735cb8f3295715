"""GeneGAN (Zhou et al., BMVC 2017, arXiv 1705.04932): object transfiguration by swapping a part of the code.

Faces come in pairs, Ax with the attribute and Be without. The splitter cuts the code of a face into what stays (A, B)
and the attribute's own part (x, e); the joiner puts codes together again: J(A, x) and J(B, 0) reconstruct, J(B, x) puts
the exemplar's own attribute on, J(A, 0) takes it off. Source of truth: the authors' TensorFlow code.

Deviations from that code, each with its reason:
- Images live in [-1, 1] here, in [0, 1] there, and the parallelogram term there is taken on 0..255. The same objective
  is reconstruction 0.5 per [-1, 1] and parallelogram 1.275 (0.01 * 255 / 2), the weights in `conf/model/genegan.yaml`.
- The code's weight decay is a mean over each tensor times 2.5e-5, too small to matter; it is left out.
- There the clipping races with the optimiser step in one session call; here the critics are clipped after their step.
- BN statistics: there, D steps move those of G too. Here as well: no phase of the default runs any part in eval mode.
"""

from collections.abc import Mapping, Sequence
from typing import ClassVar

import torch
from torch import Tensor
from torch.nn import functional as F

from facegan.data.batch import FaceBatch
from facegan.data.draw import Draw
from facegan.errors import UserError
from facegan.losses.adversarial import Adversarial
from facegan.losses.latent import Nulling, Parallelogram
from facegan.losses.reconstruction import Reconstruction
from facegan.models.base import Factory, Losses, Model, Weights, verb
from facegan.models.games import duels, fooled
from facegan.models.phases import Phase, RepeatRule
from facegan.networks.contracts import Discriminator


class GeneGAN(Model):
    """Parts: splitter, joiner, critic_has (judges faces with the attribute), critic_lacks (those without).

    attribute_share: the share of the code's channels that holds the attribute; the last ones.
    attribute_side: side to which the attribute's part is averaged, None for the code's own, as published. At 1 it is a
    vector: what the attribute looks like can travel to another face, but not where it sat on the exemplar.
    shielded: reconstructing a face that has the attribute does not train what stays of it, not directly. This is not
    the paper's way: there nothing keeps what stays from holding the attribute too, and in deep parts the attribute's
    own part then becomes a mere switch, the same for every exemplar.
    Raises UserError unless there is exactly one attribute, and PartError where the parts do not fit each other.
    """

    paper: ClassVar[str] = "GeneGAN (Zhou et al., BMVC 2017)"
    verb_parts: ClassVar[tuple[str, ...]] = ("splitter", "joiner")
    bank_size: ClassVar[int] = 64
    bank: Tensor

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
        weights: Weights,
        attribute_share: float = 0.25,
        attribute_side: int | None = None,
        shielded: bool = False,
        critic_repeat: int | RepeatRule = 1,
    ) -> None:
        super().__init__(image_size=image_size, attributes=attributes, weights=weights)
        if len(attributes) != 1:
            raise UserError(
                f"GeneGAN edits exactly one attribute, not {list(attributes)}; set attributes=[Eyeglasses]."
            )
        self.splitter = encoder(image_size=image_size)
        channels, height, width = self.splitter.shape
        self.shielded = shielded
        self.own, self.side = max(1, round(channels * attribute_share)), attribute_side or height
        self.joiner = decoder(code=(channels, height, width), image_size=image_size)
        self.critic_has = discriminator(image_size=image_size)
        self.critic_lacks = discriminator(image_size=image_size)
        self.adversarial, self.reconstruction = adversarial, reconstruction
        self.nulling, self.parallelogram = Nulling(), Parallelogram()
        self.register_buffer("bank", torch.zeros(self.bank_size, self.own, self.side, self.side))
        self.phases = self._phases(critic_repeat)
        self.bank_draws = {"has": self.phases[0].draws["has"]}

    def _phases(self, critic_repeat: int | RepeatRule) -> tuple[Phase, ...]:
        draws = {"has": Draw(has={self.attributes[0]: 1}), "lacks": Draw(has={self.attributes[0]: 0})}
        return (
            Phase(
                name="critic",
                trains=("critic_has", "critic_lacks"),
                terms=("adversarial", "penalty") if self.adversarial.has_penalty else ("adversarial",),
                draws=draws,
                repeat=critic_repeat,
                why="bursts of 100 let the clipped critics catch up, as in the authors' code",
            ),
            Phase(
                name="generator",
                trains=("splitter", "joiner"),
                terms=("reconstruction", "adversarial", "nulling", "parallelogram"),
                draws=draws,
            ),
        )

    def split(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """What stays of a face, N x (C - c) x h x w, and its attribute's part, N x c x side x side."""
        code, _ = self.splitter(images)
        stays, own = code.split([code.shape[1] - self.own, self.own], dim=1)
        return stays, own if self.side == own.shape[-1] else F.adaptive_avg_pool2d(own, self.side)

    def join(self, stays: Tensor, own: Tensor) -> Tensor:
        """The face of the two parts, N x 3 x H x W in [-1, 1]."""
        images: Tensor = self.joiner(self._code(stays, own))
        return images

    def _code(self, stays: Tensor, own: Tensor) -> Tensor:
        if own.shape[-1] != stays.shape[-1]:
            own = F.interpolate(own, size=stays.shape[-2:])
        return torch.cat([stays, own], dim=1)

    def critic_losses(self, has: FaceBatch, lacks: FaceBatch) -> Losses:
        """Real and fake go through a critic apart, since its batch norm would otherwise see both."""
        stays_a, own_x = self.split(has.images)
        stays_b, _ = self.split(lacks.images)
        put_on, taken_off = self.join(stays_b, own_x), self.join(stays_a, torch.zeros_like(own_x))
        return self.two_duels(has, lacks, put_on, taken_off)

    def two_duels(self, has: FaceBatch, lacks: FaceBatch, put_on: Tensor, taken_off: Tensor) -> Losses:
        """The critics' terms, each critic on its own kind."""
        pairs = ((self.critic_has, has.images, put_on), (self.critic_lacks, lacks.images, taken_off))
        return duels(self.adversarial, pairs)

    def generator_losses(self, has: FaceBatch, lacks: FaceBatch) -> Losses:
        """The four images of a pair, and what is asked of them."""
        stays_a, own_x = self.split(has.images)
        stays_b, own_e = self.split(lacks.images)
        nothing = torch.zeros_like(own_x)
        again_a = self.join(stays_a.detach() if self.shielded else stays_a, own_x)
        again_b = self.join(stays_b, nothing)
        put_on, taken_off = self.join(stays_b, own_x), self.join(stays_a, nothing)
        return {
            **self.own_terms(has, lacks, (again_a, again_b, put_on, taken_off), own_e),
            "parallelogram": self.parallelogram(has.images, lacks.images, put_on, taken_off),
        }

    def own_terms(self, has: FaceBatch, lacks: FaceBatch, made: Sequence[Tensor], own_e: Tensor) -> Losses:
        """All but the parallelogram. made: J(A, x), J(B, 0), J(B, x), J(A, 0); own_e: the own part of a bare face."""
        again_a, again_b, put_on, taken_off = made
        return {
            "reconstruction": self.reconstruction(again_a, has.images) + self.reconstruction(again_b, lacks.images),
            "adversarial": self._fool(self.critic_has, has.images, put_on)
            + self._fool(self.critic_lacks, lacks.images, taken_off),
            "nulling": self.nulling(own_e),
        }

    def _fool(self, critic: Discriminator, real: Tensor, fake: Tensor) -> Tensor:
        return fooled(self.adversarial, critic, real=real, fake_logits=critic(fake).logits)

    @property
    def code_names(self) -> tuple[str, ...]:
        """What stays of a face, and its attribute's part."""
        return ("stays", "own")

    def codes_of(self, images: Tensor) -> Mapping[str, Tensor]:
        """Both, for an independence penalty."""
        return dict(zip(self.code_names, self.split(images), strict=True))

    @verb
    def fill_bank(self, draws: Mapping[str, FaceBatch]) -> None:
        """Keeps the attribute codes of `bank_size` faces that have it, for edits without an exemplar."""
        self.bank.copy_(self.split(draws["has"].images)[1])

    @verb
    def encode(self, images: Tensor) -> Tensor:
        """The codes of faces N x 3 x H x W in [-1, 1]: N x C x h x w, the attribute's part last."""
        return self._code(*self.split(images))

    @verb
    def reconstruct(self, images: Tensor) -> Tensor:
        """The faces as the model sees them: J(A, x), the attribute's part as it was found."""
        return self.join(*self.split(images))

    @verb
    def transfer(self, images: Tensor, exemplars: Tensor, attribute: str, strength: float = 1.0) -> Tensor:
        """The faces wearing the exemplars' own attribute: J(B, strength * x). All N x 3 x H x W in [-1, 1].

        Raises UserError for an attribute that this model was not trained on.
        """
        if attribute != self.attributes[0]:
            raise UserError(f"this GeneGAN transfers {self.attributes[0]}, not {attribute!r}.")
        return self.join(self.split(images)[0], strength * self.split(exemplars)[1])

    @verb
    def edit(
        self, images: Tensor, target: Tensor, source: Tensor | None = None, strength: float = 1.0, seed: int = 0
    ) -> Tensor:
        """Puts the attribute on (target 1, with a code of the bank chosen by seed), takes it off (0), keeps it (NaN).

        images: N x 3 x H x W in [-1, 1]; target: N x 1. strength scales the attribute's part from 0 (as it is) on:
        adding joins with what is strength of the way from its own to x, removing with (1 - strength) times its own.
        source labels are not needed. Which code of the bank a face gets depends on its place in the batch too.
        """
        stays, own = self.split(images)
        choice = torch.randint(len(self.bank), (len(images),), generator=torch.Generator().manual_seed(seed))
        wanted = target.reshape(-1, 1, 1, 1).to(own)
        put_on, taken_off = own.lerp(self.bank[choice.to(own.device)].to(own), strength), (1 - strength) * own
        return self.join(stays, torch.where(wanted.isnan(), own, torch.where(wanted == 1, put_on, taken_off)))
