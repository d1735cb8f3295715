"""The judges' own networks: unlike any part of the models, so that no model can share a judge's blind spots."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

GROUPS = 8
COARSE = 16  # places a side at which a stage has the recipe's width
DEEPEST = 4


class Residual(nn.Module):
    """Two 3 x 3 convolutions beside a shortcut."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.first, self.second = nn.Conv2d(inputs, outputs, 3, padding=1), nn.Conv2d(outputs, outputs, 3, padding=1)
        self.norm1, self.norm2 = nn.GroupNorm(GROUPS, inputs), nn.GroupNorm(GROUPS, outputs)
        self.shortcut = nn.Conv2d(inputs, outputs, 1)

    def forward(self, maps: Tensor) -> Tensor:
        """N x inputs x h x w to N x outputs x h x w."""
        inner: Tensor = self.first(F.silu(self.norm1(maps)))
        total: Tensor = self.shortcut(maps) + self.second(F.silu(self.norm2(inner)))
        return total


class Plain(nn.Module):
    """One 5 x 5 convolution: other shapes of features than the residual judge has."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.conv, self.norm = nn.Conv2d(inputs, outputs, 5, padding=2), nn.GroupNorm(GROUPS, outputs)

    def forward(self, maps: Tensor) -> Tensor:
        """N x inputs x h x w to N x outputs x h x w."""
        return F.relu(self.norm(self.conv(maps)))


BLOCKS: dict[str, type[nn.Module]] = {"residual": Residual, "plain": Plain}


class Classifier(nn.Module):
    """Faces N x 3 x S x S in [-1, 1] to logits N x outputs, above 0 for "has it": a linear head on features."""

    head: nn.Linear

    def forward(self, images: Tensor) -> Tensor:
        """The logits."""
        logits: Tensor = self.head(self.features(images))
        return logits

    def features(self, images: Tensor) -> Tensor:
        """What the head reads, N x D."""
        raise NotImplementedError(f"{type(self).__name__} has no features.")


class JudgeNetwork(Classifier):
    """A pyramid of convolutions, read by mean and maximum.

    block: a key of BLOCKS; width: channels at 16 places a side, a multiple of 8; they double where the map halves.
    """

    def __init__(self, *, block: str, width: int, image_size: int, outputs: int) -> None:
        super().__init__()
        # 32 pixels are looked at in steps of 2, 64 too: thin rims would be lost in larger ones.
        stride = 1 if image_size < 2 * COARSE else 2 if image_size < 8 * COARSE else 4
        side = image_size // stride
        channels, stages = max(GROUPS, width * COARSE // max(COARSE, side) // GROUPS * GROUPS), list[nn.Module]()
        self.stem = nn.Conv2d(3, channels, 2 * stride + 1, stride=stride, padding=stride)
        while side > DEEPEST:
            stages += [BLOCKS[block](channels, 2 * channels), nn.AvgPool2d(2)]
            side, channels = side // 2, 2 * channels
        self.stages = nn.Sequential(*stages, BLOCKS[block](channels, channels), nn.GroupNorm(GROUPS, channels))
        self.head = nn.Linear(2 * channels, outputs)

    def features(self, images: Tensor) -> Tensor:
        """Mean and maximum over places, N x D: a small thing counts as much as a large one."""
        maps = F.relu(self.stages(self.stem(images)))
        return torch.cat([maps.mean((2, 3)), maps.amax((2, 3))], dim=1)
