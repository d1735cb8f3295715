"""InfoGAN's hallmark: a code that no label ever described tells a factor of the generated face."""

from collections.abc import Sequence

import torch
from PIL import Image
from torch import Tensor

from facegan.evaluation.pictures import Column, grid
from facegan.hallmarks.base import Hallmark, Measured, Subject
from facegan.hallmarks.latent import generated, latent_codes, most_recovered

ROWS = 3
SHOWN = 4  # values of a categorical code


class InfoGANHallmark(Hallmark):
    """codes: how many faces are generated from codes drawn anew, half of them to fit, half to tell.

    steps: of the training of the network that reads factors off them.
    """

    def __init__(self, *, codes: int = 3000, steps: int = 500) -> None:
        self.codes, self.steps = codes, steps

    def measure(self, subject: Subject) -> Sequence[Measured]:
        """The factor that the codes tell best."""
        numbers = latent_codes(subject).numbers(self.codes)
        return [most_recovered(subject, numbers, generated(subject, numbers), steps=self.steps)]

    def picture(self, subject: Subject) -> Image.Image:
        """Three draws of everything else, along each code."""
        codes = latent_codes(subject)
        groups = []
        for place, name in enumerate(codes.names):
            values = range(SHOWN) if place < len(codes.categorical) else (-1, 0, 1)
            groups.append([Column(f"{name}\n{value:g}", self._along(subject, place, value)) for value in values])
        return grid(groups, title="Generated faces along each code")

    @staticmethod
    def _along(subject: Subject, place: int, value: float) -> Tensor:
        numbers = torch.full((ROWS, len(latent_codes(subject).names)), torch.nan)
        numbers[:, place] = value
        return generated(subject, numbers)
