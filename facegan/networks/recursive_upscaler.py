"""DRCN: one convolution applied again and again, each time with an answer of its own."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from facegan.networks.contracts import Upscaled, Upscaler
from facegan.networks.upscalers import check_scale, enlarged, plain_layers


class DRCN(Upscaler):
    """Deeply-recursive convolutional network (Kim, Lee, Lee, CVPR 2016), on the bicubically enlarged image.

    Two 3x3 convolutions embed it, one is applied `recursions` times, two more turn the map of each time into what is
    added to the enlarged image: a partial answer. The answer is their sum, by learned weights that begin equal. The
    recursive layer begins as the identity, as the paper's. Facts as in `SRCNN`; `width`: of all maps.
    """

    def __init__(
        self,
        *,
        image_size: int,
        scale: int,
        channels: int = 3,
        width: int = 256,
        recursions: int = 16,
        init: str = "default",
    ) -> None:
        super().__init__()
        part = type(self).__name__
        check_scale(part, image_size, scale)
        self.scale, self.recursions = scale, recursions
        layers = plain_layers(part, init)
        self.embedding = nn.Sequential(
            layers.conv(channels, width, kernel=3), nn.ReLU(), layers.conv(width, width, kernel=3), nn.ReLU()
        )
        self.recursion = layers.conv(width, width, kernel=3)
        nn.init.dirac_(self.recursion.weight)
        self.recursion.bias.data.zero_()  # type: ignore[union-attr]  # it has one
        self.reconstruction = nn.Sequential(
            layers.conv(width, width, kernel=3), nn.ReLU(), layers.conv(width, channels, kernel=3)
        )
        self.shares = nn.Parameter(torch.full((recursions,), 1 / recursions))

    def forward(self, low: Tensor) -> Upscaled:
        """Return the weighed answer, and those of every recursion."""
        base = enlarged(low, self.scale)
        maps, answers = self.embedding(base), []
        for _ in range(self.recursions):
            maps = torch.relu(self.recursion(maps))
            answers.append(base + self.reconstruction(maps))
        weighed = sum(
            (share * answer for share, answer in zip(self.shares, answers, strict=True)), torch.zeros_like(base)
        )
        return Upscaled(weighed, tuple(answers))
