"""The identity-guided Conditional CycleGAN (Lu, Tai, Tang; ECCV 2018): a low-resolution face becomes another person.

The vector z that guides G is an embedding phi(y) of another face; G(x, z) must have it again. See `cycle_pair` for the
wiring and `conditional_cyclegan` for what is the paper's: of this variant, an embedding by a face verification network
in place of the attributes, and its uses (super-resolution that keeps the person, swapped faces).

What is ours:
- phi. The paper's is a network trained on hundreds of thousands of labelled photographs to tell persons apart. Here an
  `embedder` learns first, from the run's own faces without any label, that two views of one picture (turned over,
  moved, lit otherwise) belong together and those of others do not; then it is frozen. Where every picture is a person
  of its own, as in TwinFaces, that is identity. On photographs it tells pictures apart, not persons: clothes and
  background count, and two photographs of one person are strangers. It verifies nobody.
- Embeddings have length sqrt(K), so that a component is about one in size, as attributes are.
- The wrong vector of a mismatched pair is that of the next face in the batch.
"""

import math
from typing import ClassVar

import torch
from torch import Tensor
from torch.nn import functional as F

from facegan.data.batch import FaceBatch
from facegan.data.draw import Draw
from facegan.errors import UserError
from facegan.losses.adversarial import Adversarial
from facegan.losses.latent import Contrast
from facegan.losses.reconstruction import L1, Reconstruction
from facegan.models.base import Factory, Losses, Weights, verb
from facegan.models.editing.cycle_pair import CyclePair
from facegan.models.phases import Phase
from facegan.models.requests import others_needed


class IdentityCycleGAN(CyclePair):
    """Parts: those of `CyclePair`, and the embedder, which learns for `embedder_rounds` rounds before all others.

    embedding: K, the width of z. Attributes are not used.
    Raises UserError where `low` does not divide the image size, and PartError where the parts do not fit each other.
    """

    paper: ClassVar[str] = "Identity-guided Conditional CycleGAN (Lu, Tai, Tang, ECCV 2018)"
    verb_parts: ClassVar[tuple[str, ...]] = ("generator",)

    def __init__(
        self,
        *,
        image_size: int,
        attributes: tuple[str, ...],
        translator: Factory,
        discriminator: Factory,
        embedder: Factory,
        adversarial: Adversarial,
        reconstruction: Reconstruction,
        weights: Weights,
        embedding: int = 256,
        embedder_rounds: int = 10000,
        low: int = 16,
        critic_repeat: int = 1,
    ) -> None:
        super().__init__(image_size=image_size, attributes=attributes, weights=weights)
        self.wire(
            guide_width=embedding,
            low=low,
            translator=translator,
            discriminator=discriminator,
            adversarial=adversarial,
            reconstruction=reconstruction,
        )
        self.embedder = embedder(image_size=image_size, outputs=embedding)
        self.contrast, self.distance = Contrast(), L1()
        self.phases = (
            Phase(
                name="embedder",
                trains=("embedder",),
                terms=("contrast",),
                draws={"faces": Draw()},
                stop=embedder_rounds,
                why="z must not move under the generator: what it is to show is settled before it learns",
            ),
            *self.cycle_phases("identity", critic_repeat=critic_repeat, start=embedder_rounds, evals=("embedder",)),
        )

    @property
    def transferable(self) -> tuple[str, ...]:
        """The person, and nothing else."""
        return ("identity",)

    def embed(self, images: Tensor) -> Tensor:
        """phi(y): N x K of length sqrt(K)."""
        code: Tensor = F.normalize(self.embedder(images), dim=1)
        return code * math.sqrt(code.shape[1])

    def guide(self, faces: FaceBatch) -> Tensor:
        """The faces' embeddings, N x K."""
        return self.embed(faces.images)

    def mismatched(self, guides: Tensor) -> Tensor:
        """The next face's embedding. Faces of one batch differ, unless it is larger than the data set.

        Raises UserError for a single face.
        """
        others_needed(guides)
        return guides.roll(1, 0)

    def embedder_losses(self, faces: FaceBatch) -> Losses:
        """Two views of each face, which are to find each other among all."""
        return {"contrast": self.contrast(self.embed(view(faces.images)), self.embed(view(faces.images)))}

    def guiding_losses(self, made: Tensor, guides: Tensor) -> Losses:
        """The made face has the embedding that was asked for: mean |phi(G(x, z)) - z|."""
        return {"identity": self.distance(self.embed(made), guides)}

    @verb
    def upscale(self, low: Tensor, exemplars: Tensor) -> Tensor:
        """High-resolution faces N x 3 x S x S of low ones, N x 3 x l x l, as the persons of the exemplars."""
        return self.enlarge(low, self.embed(exemplars))

    @verb
    def reconstruct(self, images: Tensor) -> Tensor:
        """The faces again from their low-resolution images, guided by their own embeddings."""
        return self.enlarge(self.averaged(images), self.embed(images))

    @verb
    def transfer(self, images: Tensor, exemplars: Tensor, attribute: str = "identity", strength: float = 1.0) -> Tensor:
        """The faces as the persons of the exemplars; all N x 3 x S x S in [-1, 1].

        strength goes from the face's own embedding (0) to the exemplar's (1) and beyond, in a straight line.
        Raises UserError for anything but `attribute="identity"`.
        """
        if attribute != "identity":
            raise UserError(f"this IdentityCycleGAN transfers 'identity', not {attribute!r}.")
        guides = torch.lerp(self.embed(images), self.embed(exemplars), strength)
        return self.enlarge(self.averaged(images), guides)


def view(images: Tensor) -> Tensor:
    """Each face turned over by chance, moved and scaled by up to a tenth, and lit otherwise; N x 3 x S x S."""

    def chance(*shape: int) -> Tensor:
        """Uniform in [-1, 1]."""
        return torch.rand(len(images), *shape, device=images.device, dtype=images.dtype) * 2 - 1

    scale, moved = 1 + 0.1 * chance(), 0.1 * chance(2)
    still = torch.zeros_like(scale)
    rows = [
        torch.stack([scale * chance().sign(), still, moved[:, 0]], dim=1),
        torch.stack([still, scale, moved[:, 1]], dim=1),
    ]
    grid = F.affine_grid(torch.stack(rows, dim=1), list(images.shape), align_corners=False)
    seen = F.grid_sample(images, grid, padding_mode="border", align_corners=False)
    lit: Tensor = seen * (1 + 0.2 * chance(1, 1, 1)) + 0.2 * chance(3, 1, 1)
    return lit.clamp(-1, 1)
