"""VESPCN's hallmark: its neighbours tell it more than one frame shows, since it knows where they moved."""

from collections.abc import Callable, Sequence

import torch
from PIL import Image
from torch import Tensor

from facegan.data.degradations import enlarged
from facegan.data.sampling import to_network
from facegan.data.twinfaces import TwinClips
from facegan.evaluation.measures.reconstruction import psnr
from facegan.evaluation.pictures import Column, coarse, grid
from facegan.hallmarks.base import Hallmark, Measured, Subject
from facegan.hallmarks.enlarging import ROWS

FRAMES = 3


class Moving:
    """Fresh clips of a subject and their small frames; what is looked at is the frame in the middle."""

    def __init__(self, subject: Subject, count: int, speed: float) -> None:
        self.model = subject.model
        self.source = TwinClips(
            image_size=subject.image_size, size=count, frames=FRAMES, speed=speed, split="test", seed=subject.seed
        )
        self.clips = to_network(self.source.images(torch.arange(count)))
        self.low: Tensor = subject.model.shrunk(self.clips)
        self.upscale, self.middle = subject.verb("upscale"), self.clips[:, FRAMES // 2]

    def answer(self, *, still: bool = False) -> Tensor:
        """The large middle frames. still: told of clips in which nothing moves, the middle frame over and over."""
        low = self.low[:, FRAMES // 2][:, None].expand_as(self.low) if still else self.low
        made: Tensor = self.upscale(low)[:, FRAMES // 2]
        return made

    @property
    def plain(self) -> Tensor:
        """Bicubic interpolation."""
        return enlarged(self.low[:, FRAMES // 2], self.clips.shape[-1] // self.low.shape[-1]).clamp(-1.0, 1.0)

    def flows(self) -> tuple[Tensor, Tensor]:
        """The model's flow from the middle frame to the next, and the true one, N x 2 x l x l in small pixels."""
        scale = self.clips.shape[-1] // self.low.shape[-1]
        flow: Callable[[Tensor, Tensor], Tensor] = self.model.flow  # type: ignore[assignment]
        index = torch.arange(len(self.clips))
        true = self.source.flow(index, frame=FRAMES // 2, neighbour=FRAMES // 2 + 1)
        small = torch.nn.functional.avg_pool2d(true, scale) / scale
        return flow(self.low[:, FRAMES // 2], self.low[:, FRAMES // 2 + 1]), small


class MovingHallmark(Hallmark):
    """clips: how many. speed: of their camera at its fastest, as a share of the side in a frame."""

    def __init__(self, *, clips: int = 256, speed: float = 0.03) -> None:
        self.clips, self.speed = clips, speed

    def measure(self, subject: Subject) -> Sequence[Measured]:
        """What the neighbours are worth, how right the flow is, and the whole beside interpolation."""
        moving = Moving(subject, self.clips, self.speed)
        quality = {
            "with neighbours": psnr(moving.answer(), moving.middle).pooled,
            "without": psnr(moving.answer(still=True), moving.middle).pooled,
            "interpolation": psnr(moving.plain, moving.middle).pooled,
        }
        found, true = moving.flows()
        wrong, still = (found - true).norm(dim=1).mean().item(), true.norm(dim=1).mean().item()
        return [
            Measured(
                name="neighbours", value=quality["with neighbours"] - quality["without"], count=self.clips,
                means="PSNR of the middle frame above that of a clip in which it stands still, in dB", lines=quality,
            ),
            Measured(
                name="flow", unit="share", value=1 - wrong / still, count=self.clips,
                means="share of the error of no motion at all that the flow takes away",
            ),
            Measured(
                name="gain", value=quality["with neighbours"] - quality["interpolation"], count=self.clips,
                means="PSNR above that of bicubic interpolation, in dB",
            ),
        ]  # fmt: skip

    def picture(self, subject: Subject) -> Image.Image:
        """Small frames, interpolated, made large without and with neighbours, and as they are."""
        moving = Moving(subject, ROWS, self.speed)
        shown = {
            "small": coarse(moving.low[:, FRAMES // 2], subject.image_size),
            "bicubic": moving.plain, "still": moving.answer(still=True), "made": moving.answer(),
            "frame": moving.middle,
        }  # fmt: skip
        return grid([[Column(name, images) for name, images in shown.items()]])
