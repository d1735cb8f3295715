"""Aligned photographs that tests can hold in their head: noise, at the places of CelebA's faces."""

import torch

from facegan.data.celeba import celeba_framing
from facegan.data.phototwins import WORN
from tests.data.faces import Numbered


class Aligned(Numbered):
    """Every third face wears all of WORN, by its labels; the persons are those of `Numbered`."""

    def __init__(self, count: int = 30, *, image_size: int = 32, crop: str = "fader") -> None:
        super().__init__(count, image_size=image_size)
        self.name, self.attributes, self._crop = "aligned", (*WORN, "Smiling"), crop
        worn = (torch.arange(count) % 3 == 0).float()
        self.labels = torch.stack([*(worn for _ in WORN), (torch.arange(count) % 2).float()], dim=1)

    def crop(self) -> dict[str, object]:
        return celeba_framing(self._crop, image_size=self.image_size).to_dict()
