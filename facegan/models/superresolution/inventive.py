"""What systems share whose answers go beyond the mean: where they begin, and the dial."""

from collections.abc import Collection
from typing import ClassVar

import torch
from torch import Tensor

from facegan.data.batch import FaceBatch
from facegan.data.draw import Draw
from facegan.errors import UserError
from facegan.losses.reconstruction import Reconstruction
from facegan.models.base import Factory, Losses, verb
from facegan.models.phases import Phase
from facegan.models.superresolution.invention import between, invented
from facegan.models.superresolution.upscaling import Upscaling
from facegan.networks.contracts import Upscaled, Upscaler


class Inventive(Upscaling):
    """Parts: upscaler; mean, where it is kept: a network of the same kind and beginning that learns the mean alone.

    `start` is to be called once, in `__init__`. Phase `regression` trains both by pixels in the first rounds; then
    `upscaler` goes on as its paper says and `mean` stays. With `init_from` both may come from another run.
    """

    verb_parts: ClassVar[tuple[str, ...]] = ("upscaler",)  # `mean` stays as its last round left it
    upscaler: Upscaler
    mean: Upscaler

    def start(
        self, *, upscaler: Factory, reconstruction: Reconstruction, keep_mean: bool, pretrain_rounds: int
    ) -> None:
        """Builds the parts. pretrain_rounds: how many rounds of regression come before all else."""
        self.keep_mean, self.reconstruction, self.pretrain_rounds = keep_mean, reconstruction, pretrain_rounds
        self.upscaler = upscaler(image_size=self.image_size, scale=self.scale)
        if keep_mean:
            self.mean = upscaler(image_size=self.image_size, scale=self.scale)
            self.mean.load_state_dict(self.upscaler.state_dict())

    def check_beginning(self, copied: Collection[str]) -> None:
        """Raises UserError for a mean that is kept and that nothing trains."""
        if self.keep_mean and not self.pretrain_rounds and "mean" not in copied:
            raise UserError(
                f"{type(self).__name__}: model.keep_mean keeps a mean that nothing trains; set "
                "++model.pretrain_rounds=2000, or init_from.run=REGRESSION "
                "\"init_from.parts=[upscaler,'mean=upscaler']\"."
            )

    def regression_phase(self) -> Phase:
        """The phase before the paper's own, which is none with pretrain_rounds 0."""
        return Phase(
            name="regression",
            trains=("upscaler", *("mean",) * self.keep_mean),
            terms=("reconstruction",),
            draws={"faces": Draw()},
            stop=self.pretrain_rounds,
            why="a game that begins with noise seldom finds the face",
        )

    def regression_losses(self, faces: FaceBatch) -> Losses:
        """The answers against the face, summed over the networks."""
        low = self.small(faces)
        networks = [self.upscaler, *[self.mean for _ in range(self.keep_mean)]]
        return {"reconstruction": torch.stack([self.pixels(each(low), faces.images) for each in networks]).sum()}

    def pixels(self, answer: Upscaled, images: Tensor) -> Tensor:
        """The answer's distance from the faces."""
        return self.reconstruction(answer.images.float(), images)

    def answer(self, low: Tensor) -> Tensor:
        """What the network makes of small faces."""
        return self.upscaler(low).images.float()

    @verb
    def upscale(self, low: Tensor, invention: float | None = None) -> Tensor:
        """Large faces N x 3 x S x S of small ones, N x 3 x l x l, all in [-1, 1].

        invention: None for the system's answer as it is. From 0 (the mean's answer) to 1 (the system's), all of them
        brought to agree with the small face. Raises UserError as `between` does, and where no mean is kept.
        """
        if invention is None:
            return self.answer(low).clamp(-1.0, 1.0)
        return between(*self._ends(low), low, self.degradation, invention=invention)

    @verb
    def invented(self, low: Tensor, invention: float) -> Tensor:
        """Where `upscale(low, invention)` departs from the mean's answer: N x 1 x S x S in [0, 2]."""
        mean, answer = self._ends(low)
        dialled = [between(mean, answer, low, self.degradation, invention=each) for each in (invention, 0.0)]
        return invented(*dialled)

    def _ends(self, low: Tensor) -> tuple[Tensor, Tensor]:
        """The mean's answer and the system's."""
        if not self.keep_mean:
            raise UserError(
                f"this {type(self).__name__} keeps no network of the mean to go back to; "
                "train it with ++model.keep_mean=true."
            )
        return self.mean(low).images.float(), self.answer(low)
