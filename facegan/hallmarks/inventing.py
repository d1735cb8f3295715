"""The hallmark of systems that invent: they look more like faces than the mean does, and contradict no small face."""

from collections.abc import Sequence

import torch
from PIL import Image

from facegan.evaluation.measures.low import low_error
from facegan.evaluation.measures.realism import kid
from facegan.evaluation.pictures import Column, coarse, grid
from facegan.hallmarks.base import Hallmark, Measured, Subject
from facegan.hallmarks.enlarging import ROWS, Small
from facegan.models.superresolution.invention import DIAL

SEEN = ("Eyeglasses", "Smiling")


class InventingHallmark(Hallmark):
    """For a model that keeps its mean, the same generator trained by pixels. faces: how many."""

    def __init__(self, *, faces: int = 512) -> None:
        self.faces = faces

    def measure(self, subject: Subject) -> Sequence[Measured]:
        """Realism beside the mean's, agreement at every setting of the dial, and what it costs in PSNR."""
        small = Small(subject, self.faces)
        dial = [small.answer(invention) for invention in DIAL]
        return [self._nearer(subject, small, mean=dial[0]), self._agrees(small, dial), *self._gains(small, dial)]

    def _nearer(self, subject: Subject, small: Small, *, mean: torch.Tensor) -> Measured:
        judge = subject.judge(*SEEN)
        crowds = {"real": small.images, "mean": mean, "made": small.answer(), "bicubic": small.plain}
        features = {name: judge.look(images)[1] for name, images in crowds.items()}
        found = {name: kid(features[name], features["real"], made_of_it=True) for name in ("made", "mean", "bicubic")}
        # Of a mean as real as the faces nothing is left to take away.
        shares = {name: value / found["mean"] if found["mean"] else 1.0 for name, value in found.items()}
        return Measured(
            name="nearer", unit="share", value=1 - shares["made"], count=self.faces,
            means="share of the mean's KID, on the judge's features, that the system takes away",
            lines={"KID of bicubic, as a share of the mean's": shares["bicubic"]},
        )  # fmt: skip

    def _agrees(self, small: Small, dial: Sequence[torch.Tensor]) -> Measured:
        errors = [low_error(answer, small.low, shrink=small.model.shrunk).above.max().item() for answer in dial]
        return Measured(
            name="agrees", value=max(errors), count=self.faces,
            means="error at low resolution of the worst face, as a share of the range, over all settings of the dial",
            lines={f"at {invention:g}": error for invention, error in zip(DIAL, errors, strict=True)},
        )  # fmt: skip

    def _gains(self, small: Small, dial: Sequence[torch.Tensor]) -> list[Measured]:
        gains = {invention: small.gain(answer) for invention, answer in zip(DIAL, dial, strict=True)}
        return [
            Measured(
                name="gain_of_the_mean", value=gains[0.0], count=self.faces,
                means="PSNR of the mean above that of bicubic interpolation, in dB",
                lines={f"at {invention:g}": gain for invention, gain in gains.items()},
            )
        ]  # fmt: skip

    def picture(self, subject: Subject) -> Image.Image:
        """Small faces, interpolated, the mean's answers, the system's, and the faces."""
        small = Small(subject, ROWS)
        shown = {
            "small": coarse(small.low, subject.image_size),
            "bicubic": small.plain, "mean": small.answer(0.0), "half": small.answer(0.5),
            "made": small.answer(), "face": small.images,
        }  # fmt: skip
        return grid([[Column(name, images) for name, images in shown.items()]])
