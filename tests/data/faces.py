"""Little data sets that tests can hold in their head."""

import math

import torch
from torch import Tensor

from facegan.data.source import FaceSource


class Numbered(FaceSource):
    """Face i is a random picture; Smiling is i % 2, Eyeglasses is 1 for every fifth face, Young unknown for 0 .. 9."""

    def __init__(self, count: int = 50, *, image_size: int = 8) -> None:
        self.name, self.attributes, self.image_size = "numbered", ("Smiling", "Eyeglasses", "Young"), image_size
        numbers = torch.arange(count)
        young = torch.where(numbers < 10, math.nan, (numbers % 3 == 0).float())
        self.labels = torch.stack([(numbers % 2).float(), (numbers % 5 == 0).float(), young], dim=1)
        self.identities = numbers // 2
        generator = torch.Generator().manual_seed(0)
        self.pixels = torch.randint(0, 256, (count, 3, image_size, image_size), dtype=torch.uint8, generator=generator)

    def images(self, index: Tensor) -> Tensor:
        return self.pixels[index]
