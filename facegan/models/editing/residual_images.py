"""Learning Residual Images (Shen and Liu, CVPR 2017, arXiv 1612.05363): an edit is a sparse picture added to the face.

Two translators give residuals, one to put the attribute on, one to take it off. One discriminator knows three classes:
real faces that have the attribute, real ones that lack it, and edited ones. Dual learning: an edited face, edited back
by the other translator, should be of its old class again; that is asked of the discriminator, not of the pixels.

The authors published no code, and the paper's schedule is not known here: networks and settings are those on which
public re-implementations agree, or the one nearest to the paper. Choices, each with its reason:
- The class "edited" is minus the discriminator's own logit of realness, beside two recognition logits: the softmax of
  one three-way layer, and no head that nothing trains.
- Sparsity and perceptual term are sums over an image there and means here. On 3 x 128 x 128 values in [-1, 1] a
  sparsity weight a per unit of sum is 49,152 a per unit of mean; the default 2.4576 is a = 5e-5, of the
  re-implementations. What is recalled of the paper is a = 5e-4 for local attributes (24.576 here) and 1e-6 for global
  ones (0.049). The perceptual weight is b = 0.1 a per unit of sum: 32,768 values of the fourth layer make it 0.16384.
- The edited face is not clipped while training, and is in the verbs.
- One re-implementation replaces the dual term by a cycle of pixels; that is not the paper, and not done here.
"""

from typing import ClassVar

import torch
from torch import Tensor
from torch.nn import functional as F

from facegan.data.batch import FaceBatch
from facegan.losses.reconstruction import Reconstruction
from facegan.models.base import Factory, Losses, Weights, verb
from facegan.models.editing.two_way import TwoWay
from facegan.models.features import check_map
from facegan.models.games import added
from facegan.models.phases import Phase
from facegan.networks.contracts import Judgement

HAS, LACKS, EDITED = range(3)


class ResidualImages(TwoWay):
    """Parts: put_on, take_off (faces to residuals, N x 3 x H x W, unbounded), critic (of three classes).

    reconstruction: the distance by which residuals are sparse and features alike; L1, as published.
    perceptual_layer: which hidden map of the critic should look the same before and after an edit, as Python counts:
    -2 is the last but one, which is the fourth of five at 128 pixels.
    Raises UserError unless there is exactly one attribute, and PartError where the critic has no such layer.
    """

    paper: ClassVar[str] = "Learning Residual Images (Shen and Liu, CVPR 2017)"

    def __init__(
        self,
        *,
        image_size: int,
        attributes: tuple[str, ...],
        translator: Factory,
        discriminator: Factory,
        reconstruction: Reconstruction,
        weights: Weights,
        perceptual_layer: int = -2,
    ) -> None:
        super().__init__(image_size=image_size, attributes=attributes, translator=translator, weights=weights)
        self.critic = discriminator(image_size=image_size, recognition=2)
        self.reconstruction, self.perceptual_layer = reconstruction, perceptual_layer
        check_map(
            reconstruction, self.critic, image_size=image_size, layer=perceptual_layer, setting="perceptual_layer"
        )
        self.phases = self._phases()

    def _phases(self) -> tuple[Phase, ...]:
        return (
            Phase(name="critic", trains=("critic",), terms=("recognition",), draws=self.draws),
            Phase(
                name="generator",
                trains=("put_on", "take_off"),
                terms=("adversarial", "dual", "sparsity", "perceptual"),
                reuse="critic",
                why="the same faces, as in the re-implementations, edited anew",
            ),
        )

    @staticmethod
    def classes(judgement: Judgement) -> Tensor:
        """N x 3 logits: has the attribute, lacks it, is edited. A discriminator of patches is asked for their mean."""
        assert judgement.recognition is not None
        edited = -judgement.logits.flatten(1).mean(1, keepdim=True)
        return torch.cat([judgement.recognition, edited], dim=1)

    def _is(self, kind: int, judgement: Judgement) -> Tensor:
        logits = self.classes(judgement)
        return F.cross_entropy(logits, torch.full_like(logits[:, 0], kind, dtype=torch.int64))

    def critic_losses(self, has: FaceBatch, lacks: FaceBatch) -> Losses:
        """Which of three classes: the mean over four batches, two of which are edited ones."""
        put_on, taken_off = lacks.images + self.put_on(lacks.images), has.images + self.take_off(has.images)
        kinds = ((HAS, has.images), (LACKS, lacks.images), (EDITED, put_on), (EDITED, taken_off))
        return {"recognition": added(self._is(kind, self.critic(images)) for kind, images in kinds) / len(kinds)}

    def generator_losses(self, has: FaceBatch, lacks: FaceBatch) -> Losses:
        """Edited faces are of the other class, and back again of their own; terms are sums over the two ways."""
        adding, removing = self.put_on(lacks.images), self.take_off(has.images)
        put_on, taken_off = lacks.images + adding, has.images + removing
        judged_on, judged_off = self.critic(put_on), self.critic(taken_off)
        lacks_again, has_again = put_on + self.take_off(put_on), taken_off + self.put_on(taken_off)
        return {
            "adversarial": self._is(HAS, judged_on) + self._is(LACKS, judged_off),
            "dual": self._is(LACKS, self.critic(lacks_again)) + self._is(HAS, self.critic(has_again)),
            "sparsity": added(self.reconstruction(r, torch.zeros_like(r)) for r in (adding, removing)),
            "perceptual": self._unlike(judged_on, lacks.images) + self._unlike(judged_off, has.images),
        }

    def _unlike(self, edited: Judgement, images: Tensor) -> Tensor:
        layer = self.perceptual_layer
        return self.reconstruction(edited.features[layer], self.critic(images).features[layer])

    @verb
    def residual(self, images: Tensor, target: Tensor) -> Tensor:
        """What an edit adds, N x 3 x H x W: to put the attribute on (target 1) or take it off (0); zero for NaN.

        images: N x 3 x H x W in [-1, 1]; target: N x 1. A residual of 2 turns black into white.
        """
        wanted = target.reshape(-1, 1, 1, 1).to(images)
        chosen = torch.where(wanted == 1, self.put_on(images), self.take_off(images))
        return torch.where(wanted.isnan(), torch.zeros_like(images), chosen)

    @verb
    def edit(
        self, images: Tensor, target: Tensor, source: Tensor | None = None, strength: float = 1.0, seed: int = 0
    ) -> Tensor:
        """The faces plus `strength` times their residuals, clipped to [-1, 1]; arguments as in `residual`.

        Source labels and seed are not needed. The paper's strength is 1.
        """
        return (images + strength * self.residual(images, target)).clamp(-1, 1)
