"""Reconstruction: how far a picture is from the one that it should be.

Images are ... x 3 x H x W in [-1, 1], where a difference of 2 is black against white. Means run over all elements.
"""

from abc import ABC, abstractmethod
from typing import ClassVar

import torch
from torch import Tensor

from facegan.losses.ssim import ms_ssim


class Reconstruction(ABC):
    """A distance between two pictures: least where they are equal, an unweighted scalar."""

    pictures_only: ClassVar[bool] = False
    """Whether it means nothing between other maps than pictures in [-1, 1]."""

    def __call__(self, prediction: Tensor, target: Tensor) -> Tensor:
        """The distance. Raises ValueError where the shapes differ: they would broadcast without a word."""
        if prediction.shape != target.shape:
            raise ValueError(f"prediction {tuple(prediction.shape)} and target {tuple(target.shape)} differ in shape")
        return self._distance(prediction, target)

    @abstractmethod
    def _distance(self, prediction: Tensor, target: Tensor) -> Tensor:
        """The distance between two pictures of one shape."""


class L1(Reconstruction):
    """mean |p - t|, in [0, 2]. Half of it is the fraction of range, as on images in [0, 1]."""

    def _distance(self, prediction: Tensor, target: Tensor) -> Tensor:
        return (prediction - target).abs().mean()


class L2(Reconstruction):
    """mean (p - t)^2, in [0, 4]. A quarter of it is the value on images in [0, 1]."""

    def _distance(self, prediction: Tensor, target: Tensor) -> Tensor:
        return (prediction - target).square().mean()


class Charbonnier(Reconstruction):
    """mean sqrt((p - t)^2 + epsilon^2): L1 with a round tip; equal pictures are at epsilon, its least value.

    Charbonnier et al. 1994; epsilon is in units of [-1, 1] images (LapSRN's 1e-3, arXiv 1704.03915).
    Raises ValueError unless epsilon > 0.
    """

    def __init__(self, *, epsilon: float = 1e-3) -> None:
        if not epsilon > 0:
            raise ValueError(f"Charbonnier's epsilon must be positive, not {epsilon}")
        self.epsilon = epsilon

    def _distance(self, prediction: Tensor, target: Tensor) -> Tensor:
        return torch.sqrt((prediction - target).square() + self.epsilon**2).mean()


class MSSSIM(Reconstruction):
    """1 - MS-SSIM, in [0, 1]: structure at several scales; see `ssim.ms_ssim`. Mean over images and channels.

    window: width of the Gaussian window, odd, in pixels. sigma: its standard deviation.
    Raises ValueError for another window or sigma.
    """

    pictures_only: ClassVar[bool] = True

    def __init__(self, *, window: int = 11, sigma: float = 1.5) -> None:
        if window < 1 or window % 2 == 0 or not sigma > 0:
            raise ValueError(f"MS-SSIM needs an odd window and a positive sigma, not {window} and {sigma}")
        self.window = window
        self.sigma = sigma

    def _distance(self, prediction: Tensor, target: Tensor) -> Tensor:
        return 1 - ms_ssim(prediction, target, window=self.window, sigma=self.sigma).mean()
