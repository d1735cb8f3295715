"""LPIPS: how far two pictures of one face are apart in the eyes of a network that was fitted to what people see."""

import torch.nn.functional as F
from torch import Tensor, nn

from facegan.evaluation.measures.about import About
from facegan.evaluation.measures.ratio import Ratio

LPIPS = About(
    name="lpips",
    title="Perceptual distance, LPIPS",
    unit="weighted squared distance of features, from 0 up; rarely above 1",
    better="lower",
    means="Distance between a network's maps of the face and of its reconstruction, or of the enlarged face; each "
    "channel weighed as people's choices between disturbed patches want it (v0.1), mean over places. The report names "
    "the network and the file of its weights; others give other numbers.",
    blind="Whether it is the same person, and that another guess may be as likely as the truth; fine detail of small "
    "faces, of which deep maps have one place or a few.",
    source="Zhang et al. 2018; the heads and the code are torchmetrics'.",
)

SMALLEST = 32
"""Pixels of a side below which AlexNet has no place left on its deepest maps; those of others last longer."""


def lpips(image: Tensor, target: Tensor, *, network: nn.Module) -> Ratio:
    """LPIPS of each face, 0 for equal pictures, lower is better.

    image, target: N x 3 x S x S in [-1, 1]; those of fewer than SMALLEST pixels are enlarged to it, bilinearly.
    network: two such pictures to N x 1 x 1 x 1.
    """
    distance: Tensor = network(_large_enough(image), _large_enough(target))
    return Ratio.of(distance.flatten())


def _large_enough(images: Tensor) -> Tensor:
    if images.shape[-1] >= SMALLEST:
        return images
    return F.interpolate(images, (SMALLEST, SMALLEST), mode="bilinear", align_corners=False)
