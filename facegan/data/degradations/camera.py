"""What a cheap camera and the web do to a face: blur, shrink, noise, JPEG. Not linear, and never the same twice."""

import torch
from torch import Tensor

from facegan.data.degradations.base import Degradation
from facegan.data.degradations.kernels import box_matrix
from facegan.data.twinfaces.degrade import blurred, quantised

Span = tuple[float, float]


class Camera(Degradation):
    """Blurred, shrunk by area, noisy, quantised as by JPEG, cut to [-1, 1]; each batch, and for noise each face, anew.

    blur: deviation of the Gaussian as a share of `scale`, in large pixels, from this to that; noise: its deviation in
    [-1, 1]; quality: of JPEG, 1 to 100. Random numbers come from torch's own generator. Gradients do not pass JPEG.
    Raises ValueError where a span is no span.
    """

    def __init__(
        self, *, scale: int, blur: Span = (0.2, 0.6), noise: Span = (0.0, 0.06), quality: Span = (60, 95)
    ) -> None:
        super().__init__(scale=scale)
        for name, (least, most) in {"blur": blur, "noise": noise, "quality": quality}.items():
            if not 0 <= least <= most:
                raise ValueError(f"Camera: {name} goes from {least} to {most}; it must rise, from 0 or more")
        self.blur, self.noise, self.quality = blur, noise, quality

    def _shrunk(self, images: Tensor) -> Tensor:
        height, width = images.shape[-2:]
        spread = _between(self.blur) * self.scale
        soft = blurred(images, spread) if spread > 0 else images
        down, across = (box_matrix(side, side // self.scale).to(images) for side in (height, width))
        low = down @ soft @ across.mT
        noisy = low + _between(self.noise) * torch.randn_like(low)
        return quantised(noisy, round(_between(self.quality))).clamp(-1.0, 1.0)


def _between(span: Span) -> float:
    least, most = span
    return least + (most - least) * float(torch.rand(()))
