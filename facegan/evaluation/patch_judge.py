"""The second judge's network: patches, wide depthwise windows at one resolution, and attention that reads them.

Nothing of it is in the first judge (a pyramid of 3 x 3 convolutions, read by mean and maximum) nor in any recognizer of
the models. The mixing by wide windows is ConvMixer's: Trockman and Kolter, arXiv 2201.09792; the reading by one
learned query a head is the attention of Vaswani et al., arXiv 1706.03762.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from facegan.evaluation.judge_networks import Classifier
from facegan.evaluation.judge_training import Recipe

GRID = 16  # patches a side, at most
HEADS = 4
DEPTH = 4
DETECTORS = 4  # of a patch, for each channel


class Mixing(nn.Module):
    """What lies around, channel by channel; then channels, place by place."""

    def __init__(self, width: int, window: int) -> None:
        super().__init__()
        self.norm1, self.norm2 = nn.GroupNorm(1, width), nn.GroupNorm(1, width)
        self.around = nn.Conv2d(width, width, window, padding=window // 2, groups=width)
        self.within = nn.Sequential(nn.Conv2d(width, 2 * width, 1), nn.GELU(), nn.Conv2d(2 * width, width, 1))

    def forward(self, maps: Tensor) -> Tensor:
        """N x width x h x w to the same."""
        maps = maps + self.around(self.norm1(maps))
        total: Tensor = maps + self.within(self.norm2(maps))
        return total


class PatchNetwork(Classifier):
    """Patches at one resolution, mixed and then read by HEADS learned looks.

    width: channels, a multiple of HEADS; window: the side of what a place sees in one step, odd.
    """

    def __init__(self, *, width: int, image_size: int, outputs: int, window: int = 7) -> None:
        super().__init__()
        patch = max(1, image_size // GRID)
        # More detectors than channels: an edge within a patch would be lost on a straight way into a few of them.
        detectors = DETECTORS * width
        self.patches = nn.Sequential(
            nn.Conv2d(3, detectors, patch, stride=patch), nn.GELU(), nn.Conv2d(detectors, width, 1)
        )
        self.places = nn.Parameter(0.02 * torch.randn(1, width, image_size // patch, image_size // patch))
        self.mixing = nn.Sequential(*(Mixing(width, window) for _ in range(DEPTH)), nn.GroupNorm(1, width))
        self.attention = nn.Conv2d(width, HEADS, 1)
        self.head = nn.Linear(HEADS * width, outputs)

    def features(self, images: Tensor) -> Tensor:
        """What each head looks at, N x D."""
        maps = self.mixing(self.patches(images) + self.places)
        looks = self.attention(maps).flatten(2).softmax(2)
        return torch.einsum("nhp,ncp->nhc", looks, maps.flatten(2)).flatten(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class PatchRecipe(Recipe):
    """All that makes such a judge apart from its data."""

    block: str = "patches"
    window: int = 7

    def network(self, image_size: int, outputs: int) -> PatchNetwork:
        """An untrained network."""
        return PatchNetwork(width=self.width, window=self.window, image_size=image_size, outputs=outputs)
