"""VESPCN (Caballero et al., CVPR 2017, arXiv 1611.05250): a frame of a video, with its neighbours moved onto it.

There is no official code. The layers are those of the paper's tables as third-party ports have them (coarse flow 5/2,
3, 5/2, 3, 3; fine flow 5/2, 3, 3, 3, 3; 24 channels; nine layers of fusion), and so are the weights of the joint loss:
1 for the frame, 0.01 for the moved neighbours, 0.001 for the Huber term, on images in [0, 1].

Deviations and choices, each with its reason:
- Images live in [-1, 1] here, where squared errors are 4 times as large: the Huber term weighs 0.004 to be the same.
- The Huber term is a mean over pixels, in pixels of the small frame; a port takes one root of the sum over all pixels.
- The paper's data (CDVL), its first phase without motion and its rates are not those of `vespcn_paper`, which says so.
- Colour: the network sees luminance (BT.601), as published; the colours are enlarged bicubically. `colour: rgb` shows
  it all three channels.
- At the ends of a clip the frame itself stands in for the neighbour that is not there.
"""

from typing import ClassVar

import torch
from torch import Tensor

from facegan.data.batch import FaceBatch
from facegan.data.degradations import enlarged
from facegan.data.draw import Draw
from facegan.errors import UserError
from facegan.losses.motion import HuberSmoothness
from facegan.losses.reconstruction import Reconstruction
from facegan.luma import luminance
from facegan.models.base import Factory, Losses, Weights, verb
from facegan.models.phases import Phase
from facegan.models.superresolution.upscaling import Upscaling
from facegan.networks.fusion import EarlyFusion
from facegan.networks.motion import Motion
from facegan.networks.warping import warp


class VESPCN(Upscaling):
    """Parts: motion (the flow to each neighbour), fusion (frames to one large frame).

    frames: of a window, odd; its middle one is made large. colour: luma or rgb.
    Raises UserError as `Upscaling` and for another colour, PartError where the parts do not fit.
    """

    paper: ClassVar[str] = "VESPCN (Caballero et al., CVPR 2017)"
    verb_parts: ClassVar[tuple[str, ...]] = ("motion", "fusion")
    frames: int

    def __init__(
        self,
        *,
        image_size: int,
        attributes: tuple[str, ...],
        motion: Factory,
        fusion: Factory,
        degradation: Factory,
        reconstruction: Reconstruction,
        smoothness: HuberSmoothness,
        weights: Weights,
        scale: int = 4,
        frames: int = 3,
        colour: str = "luma",
    ) -> None:
        super().__init__(
            image_size=image_size, attributes=attributes, degradation=degradation, weights=weights, scale=scale
        )
        if colour not in ("luma", "rgb"):
            raise UserError(f"VESPCN: colour={colour}; it can be luma or rgb.")
        self.frames, self.colour = frames, colour
        channels = 1 if colour == "luma" else 3
        self.motion: Motion = motion(channels=channels)
        if frames == 1 and any(True for _ in self.motion.parameters()):
            raise UserError("VESPCN: frames=1 has no neighbour to move; set motion=none.")
        self.fusion: EarlyFusion = fusion(frames=frames, scale=scale, channels=channels)
        self.reconstruction, self.smoothness = reconstruction, smoothness
        self.phases = (
            Phase(
                name="video",
                trains=tuple(name for name, part in self.parts.items() if any(True for _ in part.parameters())),
                terms=("reconstruction", "compensation", "smoothness"),
                draws={"clips": Draw()},
            ),
        )

    @property
    def local(self) -> bool:
        """Not where it knows of motion, which spans from the middle of the picture to its border."""
        return not any(True for _ in self.motion.parameters())

    def video_losses(self, clips: FaceBatch) -> Losses:
        """The large middle frame, how well the neighbours were moved onto the small one, how smooth the motion is."""
        small, large = self._seen(self.shrunk(clips.images)), self._seen(clips.images)
        window = self._windows(small, ends=False)
        moved, flow = self.compensated(window)
        middle = window[:, self.frames // 2]
        neighbours = moved[:, [number for number in range(self.frames) if number != self.frames // 2] or [0]]
        return {
            "reconstruction": self.reconstruction(self.fusion(moved), self._middles(large)),
            "compensation": self.reconstruction(neighbours, middle[:, None].expand_as(neighbours)),
            "smoothness": self.smoothness(flow),
        }

    def compensated(self, window: Tensor) -> tuple[Tensor, Tensor]:
        """Windows N x frames x C x h x w with each neighbour moved onto the middle frame, and the flows, in pixels.

        The flows are N * (frames - 1) x 2 x h x w, of the neighbours in the order of time; see `warp`.
        """
        place = self.frames // 2
        others = [number for number in range(self.frames) if number != place]
        if not others:
            return window, window.new_zeros(len(window), 2, *window.shape[-2:])
        middle = window[:, place : place + 1].expand(-1, len(others), -1, -1, -1).flatten(0, 1)
        neighbours = window[:, others].flatten(0, 1)
        flow = self.motion(middle, neighbours)
        moved = warp(neighbours, flow).to(window.dtype).unflatten(0, (len(window), len(others)))
        return torch.cat([moved[:, :place], window[:, place : place + 1], moved[:, place:]], dim=1), flow

    def shrunk(self, images: Tensor) -> Tensor:
        """Frames as small as they are in training: clips N x T x 3 x H x W or pictures N x 3 x H x W."""
        small: Tensor = super().shrunk(images.flatten(0, -4)).unflatten(0, images.shape[:-3])
        return small

    @verb
    def upscale(self, low: Tensor) -> Tensor:
        """Clips N x T x 3 x h x w in [-1, 1], of any T, h and w, `scale` times as large.

        A picture, N x 3 x h x w, is a clip of one frame.
        """
        return self.answer(low).clamp(-1.0, 1.0)

    def answer(self, low: Tensor) -> Tensor:
        """The large frames of clips or pictures."""
        clips = low if low.ndim == 5 else low[:, None]
        window = self._windows(self._seen(clips), ends=True)
        large = self.fusion(self.compensated(window)[0]).float()
        if self.colour == "luma":
            plain = enlarged(clips.flatten(0, 1), self.scale)
            large = plain + large - self._seen(plain)
        return large if low.ndim == 4 else large.unflatten(0, clips.shape[:2])

    @torch.no_grad()
    def flow(self, frame: Tensor, neighbour: Tensor) -> Tensor:
        """Where each pixel of small frames lies in their neighbours: N x 3 x h x w each to N x 2 x h x w, in pixels."""
        return self.motion(self._seen(frame), self._seen(neighbour))

    def _windows(self, clips: Tensor, *, ends: bool) -> Tensor:
        """Each `frames` frames in a row, N * windows x frames x C x H x W; ends: as many windows as frames."""
        if ends:
            reach = self.frames // 2
            first, last = clips[:, :1].expand(-1, reach, -1, -1, -1), clips[:, -1:].expand(-1, reach, -1, -1, -1)
            clips = torch.cat([first, clips, last], dim=1)
        return clips.unfold(1, self.frames, 1).movedim(-1, 2).flatten(0, 1)

    def _middles(self, clips: Tensor) -> Tensor:
        """The frames in the middle of `_windows`, N * windows x C x H x W."""
        reach = self.frames // 2
        return clips[:, reach : clips.shape[1] - reach].flatten(0, 1)

    def _seen(self, images: Tensor) -> Tensor:
        """What the network sees of images ... x 3 x H x W: their luminance, or all of them."""
        return images if self.colour == "rgb" else luminance(images)
