"""Conditional CycleGAN (Lu, Tai, Tang; ECCV 2018, arXiv 1705.09966): a small face and attributes make a large face.

There is no official code. What is the paper's: the task (a low-resolution face, and attributes that belong to another,
high-resolution one, to a high-resolution face which satisfies them; unpaired), CycleGAN's two translations with an
adversarial and a cycle loss each, a discriminator of high-resolution faces that is conditioned on the attributes,
mismatched attributes in training, and the identity-guided variant (`identity_cyclegan`).

What is ours, where the paper leaves it open or its details are not known to this project:
- The networks are CycleGAN's residual translators. G sees x enlarged bilinearly, by one step of back-projection (Irani
  and Peleg 1991) made to shrink to x still, and the attributes tiled beside it; F's answer is averaged down.
  Tiled values survive instance norm only where padding is zero, so the translators pad with zeros; the critics have
  spectral norm for the same reason, and are told z after their first layer.
- The wrong vector of the mismatched pair is that of another face of the batch; where that says the same, one known
  attribute of it is flipped. Made and mismatched faces count as half a fake each (Reed et al., ICML 2016).
- Least squares, both cycles at 10, Adam at 2e-4, no pool of old fakes: CycleGAN's setting, but for the pool.
- `edit` shrinks the face and enlarges it again, so that it keeps no more of it than a low-resolution image does. That
  is what the system can do; strength, and source labels for what is kept, are this project's.
- The optional recognizer, which guesses source labels, is no part of the system.
"""

from typing import ClassVar

import torch
from torch import Tensor
from torch.nn import functional as F

from facegan.data.batch import FaceBatch
from facegan.errors import UserError
from facegan.losses.adversarial import Adversarial
from facegan.losses.reconstruction import Reconstruction
from facegan.models.base import Factory, Weights, verb
from facegan.models.editing.cycle_pair import CyclePair
from facegan.models.recognizing import RecognizingModel
from facegan.models.requests import shuffled, signed


class ConditionalCycleGAN(CyclePair, RecognizingModel):
    """Parts: those of `CyclePair`, and a recognizer where one is given. z is -1 and +1 for K attributes, 0 unknown.

    Raises UserError without attributes and where `low` does not divide the image size, PartError for misfits.
    """

    paper: ClassVar[str] = "Conditional CycleGAN (Lu, Tai, Tang, ECCV 2018)"
    verb_parts: ClassVar[tuple[str, ...]] = ("generator",)

    def __init__(
        self,
        *,
        image_size: int,
        attributes: tuple[str, ...],
        translator: Factory,
        discriminator: Factory,
        adversarial: Adversarial,
        reconstruction: Reconstruction,
        weights: Weights,
        recognizer: Factory | None = None,
        low: int = 16,
        critic_repeat: int = 1,
    ) -> None:
        super().__init__(image_size=image_size, attributes=attributes, weights=weights)
        if not attributes:
            raise UserError("ConditionalCycleGAN needs at least one attribute; set attributes=[Smiling].")
        self.wire(
            guide_width=len(attributes),
            low=low,
            translator=translator,
            discriminator=discriminator,
            adversarial=adversarial,
            reconstruction=reconstruction,
        )
        self.keep_recognizer(recognizer)
        self.phases = (*self.cycle_phases(critic_repeat=critic_repeat), *self.recognizer_phases)

    def guide(self, faces: FaceBatch) -> Tensor:
        """The faces' attributes, N x K in {-1, 0, 1}."""
        return signed(faces.attributes)

    def mismatched(self, guides: Tensor) -> Tensor:
        """Attributes of other faces, each unlike the row in its place. A row of unknown values alone stays as it is."""
        others = shuffled(guides)
        same = (others == guides).all(dim=1, keepdim=True)
        column = (torch.rand_like(guides) * guides.abs()).argmax(dim=1)
        flipped = F.one_hot(column, guides.shape[1]).bool() & same
        return torch.where(flipped, -others, others)

    @verb
    def upscale(self, low: Tensor, attributes: Tensor) -> Tensor:
        """High-resolution faces N x 3 x S x S of low-resolution ones, N x 3 x l x l, all in [-1, 1].

        attributes: N x K in {0, 1}, which the answer shall show; NaN leaves one to the face.
        """
        return self.enlarge(low, signed(attributes))

    @verb
    def reconstruct(self, images: Tensor, source: Tensor | None = None) -> Tensor:
        """The faces again from their low-resolution images and their own attributes, source N x K.

        Raises UserError where neither source labels nor a recognizer tell them.
        """
        return self.enlarge(self.averaged(images), signed(self.known(images, source)))

    @verb
    def edit(
        self, images: Tensor, target: Tensor, source: Tensor | None = None, strength: float = 1.0, seed: int = 0
    ) -> Tensor:
        """The faces, shrunk and enlarged with target attributes N x K in {0, 1}, NaN keeps; N x 3 x S x S in [-1, 1].

        strength goes from the source's value (0) to the target (1) and beyond; see `requests.towards`. seed is not
        used. Raises UserError where a value is kept but neither source labels nor a recognizer tell it.
        """
        return self.enlarge(self.averaged(images), signed(self.values(images, target, source, strength)))
