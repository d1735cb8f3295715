"""A GeneGAN that practises: it wears, carries over and takes off things drawn over faces, whose true pairs are known.

Unpaired faces alone do not tell a GeneGAN whose glasses it should draw: what stays of a face keeps a shadow of them,
and the attribute's own part becomes a switch. A random thing drawn over a bare face makes a true pair: the same thing
on another face is the answer to putting on, the bare face that to taking off. What is learned there carries over to
the attribute, as far as the things are like it (see `overlays`: that is a prior which GeneGAN has not).

This is no published system. What differs from GeneGAN besides the practice, each in aid of an exemplar's own look:
- The attribute's part of a face that has it is taken from another view (moved, turned, lit) than what stays of it, so
  that pose and light stay out of that part.
- Reconstructing a face that has the attribute, or wears a thing, does not train what stays of it.
- Reconstruction counts more where J(A, 0) is far from the face: where the attribute is, and whatever is hard to draw.
- No parallelogram: beside what is asked here it only blurs.
- With a threshold, what is faint in the attribute's part counts as nothing, and nulling is in units of what that part
  holds of faces that have the attribute: GeneGAN's own term weighs less and less as the codes of all faces become
  smaller. And what the edit changes faintly costs: between J(B, x) and J(B, 0) a thing was put on, or nothing happened.
- For speed the generator goes on from what its critics have just judged, where GeneGAN draws and edits anew, and the
  faces of a play go through splitter and joiner at once: batch norm in them sees all together. So a round has one
  critics' play, and accumulated plays keep their graphs until the generator has walked them.
"""

from dataclasses import replace
from typing import ClassVar

import torch
from torch import Tensor
from torch.nn import functional as F

from facegan.data.batch import FaceBatch
from facegan.errors import UserError, is_amount
from facegan.losses.adversarial import Adversarial
from facegan.losses.reconstruction import Reconstruction
from facegan.models.base import Factory, Losses, Play, Weights
from facegan.models.editing.genegan import GeneGAN
from facegan.models.editing.overlays import Overlays
from facegan.models.phases import Phase, RepeatRule
from facegan.models.views import Views

MADE = ("again_a", "again_b", "put_on", "taken_off")
FAINTEST = 1e-3  # of a mean |x|: where no code is above the threshold, nothing is divided by nothing
FAINT = 0.06  # in [-1, 1]: edits move what lies around the attribute by less than this
NOTICED, AT_MOST = 20.0, 4.0  # of the errors that weigh `worn`, which are at most 2


class PractisedGeneGAN(GeneGAN):
    """Parts and verbs are GeneGAN's; the generator has two terms more and the parallelogram less.

    practice: the mean absolute errors of a drawn thing put on another face of the batch, taken off, and reconstructed,
    summed; where the thing lies a pixel counts 1 + `emphasis` times.
    worn: the mean absolute error of J(A, x), each pixel times its error in J(A, 0) times 20, at most times 4.
    attribute_threshold: how much is taken from the size of each number of the attribute's part, never past 0. Above 0,
    nulling is mean |e| over mean |x|, and there is one term more, sparsity: the mean of |J(B, x) - J(B, 0)|, each
    number at most 0.06, so that a strong change costs no more than a faint one.
    Raises UserError for an emphasis or a threshold that is no number from 0, and what GeneGAN raises.
    """

    paper: ClassVar[str] = "a GeneGAN that practises (this project's; after Zhou et al., BMVC 2017)"

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
        overlays: Overlays,
        views: Views,
        weights: Weights,
        attribute_share: float = 0.25,
        attribute_side: int | None = None,
        attribute_threshold: float = 0.0,
        emphasis: float = 20.0,
    ) -> None:
        super().__init__(
            image_size=image_size, attributes=attributes, encoder=encoder, decoder=decoder, discriminator=discriminator,
            adversarial=adversarial, reconstruction=reconstruction, weights=weights, attribute_share=attribute_share,
            attribute_side=attribute_side,
        )  # fmt: skip
        for name, value in (("emphasis", emphasis), ("attribute_threshold", attribute_threshold)):
            if not is_amount(value):
                raise UserError(f"{name}={value}: a number from 0 is needed; 0 switches it off.")
        self.overlays, self.views = overlays, views
        self.emphasis, self.threshold = emphasis, attribute_threshold
        if attribute_threshold:
            critic, generator = self.phases
            self.phases = (critic, replace(generator, terms=(*generator.terms, "sparsity")))

    def _phases(self, critic_repeat: int | RepeatRule) -> tuple[Phase, ...]:
        critic, generator = super()._phases(critic_repeat)
        codes = dict.fromkeys(("stays_b", "own_e", "own_x"), ("splitter",))
        ways = {**codes, **dict.fromkeys(MADE, ("splitter", "joiner"))}
        return (
            replace(critic, keeps=ways, why=""),
            replace(
                generator,
                terms=("reconstruction", "adversarial", "nulling", "practice", "worn"),
                draws={},
                reuse="critic",
                why="what the critics have just judged is not made a second time",
            ),
        )

    def split(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """GeneGAN's two parts, the attribute's without what is faint in it."""
        stays, own = super().split(images)
        return stays, F.softshrink(own, self.threshold) if self.threshold else own

    def critic_losses(self, has: FaceBatch, lacks: FaceBatch) -> Play:  # type: ignore[override]
        """GeneGAN's, with the attribute's part from another view; all four images are kept for the generator."""
        (stays_a, _), (_, own_x), (stays_b, own_e) = self._split(has.images, self.views(has.images)[0], lacks.images)
        nothing = torch.zeros_like(own_x)
        made = self._join((stays_a.detach(), own_x), (stays_b, nothing), (stays_b, own_x), (stays_a, nothing))
        kept = {"stays_b": stays_b, "own_e": own_e, "own_x": own_x, **dict(zip(MADE, made, strict=True))}
        return Play(self.two_duels(has, lacks, *made[2:]), kept)

    def generator_losses(  # type: ignore[override]
        self,
        has: FaceBatch,
        lacks: FaceBatch,
        stays_b: Tensor,
        own_e: Tensor,
        own_x: Tensor,
        again_a: Tensor,
        again_b: Tensor,
        put_on: Tensor,
        taken_off: Tensor,
    ) -> Losses:
        """GeneGAN's terms of the critics' four images, and the practice beside them."""
        noticed = NOTICED * (has.images - taken_off.detach()).abs().mean(dim=1, keepdim=True)
        losses = {
            **self.own_terms(has, lacks, (again_a, again_b, put_on, taken_off), own_e),
            "practice": self._practice(lacks.images, stays_b),
            "worn": _error(again_a, has.images, noticed.clamp(max=AT_MOST)),
        }
        return {**losses, **self._sparse(own_x, own_e, put_on, again_b)} if self.threshold else losses

    def _sparse(self, own_x: Tensor, own_e: Tensor, put_on: Tensor, again_b: Tensor) -> Losses:
        unit = own_x.detach().abs().mean().clamp_min(FAINTEST)
        changed = (put_on - again_b.detach()).abs()
        return {"nulling": self.nulling(own_e) / unit, "sparsity": changed.clamp(max=FAINT).mean()}

    def _practice(self, bare: Tensor, stays_b: Tensor) -> Tensor:
        """A thing that one face wears, seen otherwise, is put on the next, taken off, and reconstructed."""
        other, look = bare.roll(1, 0), self.overlays.sample(len(bare), bare.device)
        (worn, covered), (answer, answered) = self.overlays.draw(other, look), self.overlays.draw(bare, look)
        worn, other, covered = self.views(worn, other, covered)
        stays_w, own_w = self.split(worn)
        put, off, again = self._join((stays_b, own_w), (stays_w, torch.zeros_like(own_w)), (stays_w.detach(), own_w))
        return (
            self._practised(put, answer, answered)
            + self._practised(off, other, covered)
            + self._practised(again, worn, covered)
        )

    def _practised(self, made: Tensor, truth: Tensor, covered: Tensor) -> Tensor:
        return _error(made, truth, 1 + self.emphasis * (covered > 0.05))

    def _split(self, *images: Tensor) -> list[tuple[Tensor, Tensor]]:
        stays, own = self.split(torch.cat(images))
        sizes = [len(each) for each in images]
        return list(zip(stays.split(sizes), own.split(sizes), strict=True))

    def _join(self, *codes: tuple[Tensor, Tensor]) -> tuple[Tensor, ...]:
        stays, own = (torch.cat(parts) for parts in zip(*codes, strict=True))
        return torch.split(self.join(stays, own), [len(each) for each, _ in codes])


def _error(made: Tensor, truth: Tensor, weight: Tensor) -> Tensor:
    """mean of weight * |made - truth|; weight N x 1 x H x W, not normalised."""
    return ((made - truth).abs().mean(dim=1, keepdim=True) * weight).mean()
