"""Super-resolution's hallmark: what a network adds to interpolation is true."""

from collections.abc import Sequence
from functools import cached_property

from PIL import Image
from torch import Tensor

from facegan.data.degradations import enlarged
from facegan.data.twinfaces import TwinFaces
from facegan.evaluation.asking import Verbs
from facegan.evaluation.cases import any_faces
from facegan.evaluation.measures.reconstruction import psnr
from facegan.evaluation.pictures import Column, coarse, grid
from facegan.hallmarks.base import Hallmark, Measured, Subject

ROWS = 6


class Small:
    """Fresh faces of a subject, N x 3 x S x S, their labels N x K, and the small faces that its model makes of them."""

    def __init__(self, subject: Subject, count: int) -> None:
        source = TwinFaces(image_size=subject.image_size, split="test", size=count, seed=subject.seed)
        self.model = subject.model
        self.images, self.labels = any_faces(source, subject.model.attributes, count)
        self.low: Tensor = subject.model.shrunk(self.images)

    @cached_property
    def plain(self) -> Tensor:
        """Bicubic interpolation."""
        return enlarged(self.low, self.images.shape[-1] // self.low.shape[-1]).clamp(-1.0, 1.0)

    def answer(self, invention: float | None = None) -> Tensor:
        """The model's large faces."""
        return Verbs(self.model).upscale(self.low, self.labels, invention)

    def gain(self, answer: Tensor) -> float:
        """Decibels of PSNR above interpolation."""
        return psnr(answer, self.images).pooled - psnr(self.plain, self.images).pooled


class EnlargingHallmark(Hallmark):
    """faces: how many."""

    def __init__(self, *, faces: int = 512) -> None:
        self.faces = faces

    def measure(self, subject: Subject) -> Sequence[Measured]:
        """PSNR above bicubic interpolation's."""
        small = Small(subject, self.faces)
        return [
            Measured(
                name="gain", value=small.gain(small.answer()), count=self.faces,
                means="PSNR of large faces above that of bicubic interpolation, in dB",
                lines={"interpolation's PSNR": psnr(small.plain, small.images).pooled},
            )
        ]  # fmt: skip

    def picture(self, subject: Subject) -> Image.Image:
        """Small faces, interpolated, made large, and as they are."""
        small = Small(subject, ROWS)
        shown = {
            "small": coarse(small.low, subject.image_size),
            "bicubic": small.plain,
            "made": small.answer(),
            "face": small.images,
        }
        return grid([[Column(name, images) for name, images in shown.items()]])
