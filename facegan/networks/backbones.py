"""Any torchvision or timm network as an encoder."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

from facegan.networks.contracts import Pretrained
from facegan.networks.errors import PartError, choose
from facegan.networks.injection import checked, concatenated
from facegan.networks.pyramids import laid_out, timm_pyramid, torchvision_pyramid

LIBRARIES = {"torchvision": torchvision_pyramid, "timm": timm_pyramid}


class Backbone(Pretrained):
    """Images (N x channels x S x S, in [-1, 1]) to a map of a torchvision or timm network, by its library's name.

    Facts: `image_size`, `channels`, `condition`. `stage`: how often the side is halved to the code; without it the
    deepest map of at least 4 pixels. The deepest maps of the stages before it are offered as skips; what lies behind
    it is not built. `weights`: None starts from random numbers and downloads nothing; 'DEFAULT' or another of the
    library's names downloads, in `fetch`, which a new run calls and an old one that is opened does not. Images are
    brought to the mean and deviation that the network was trained on. With a condition, or channels other than three,
    a learned 1x1 convolution that starts near the identity stands before it. Norms are the network's own.

    Raises `PartError` for an unknown name, an image size that the network cannot take, a stage that it does not have,
    and when timm is wanted and not installed.
    """

    mean: Tensor
    std: Tensor

    def __init__(
        self,
        *,
        image_size: int,
        channels: int = 3,
        condition: int = 0,
        name: str = "resnet18",
        library: str = "torchvision",
        stage: int | None = None,
        weights: str | None = None,
    ) -> None:
        super().__init__()
        part = type(self).__name__
        pyramid = LIBRARIES[choose(part, "library", library, tuple(LIBRARIES))](part, name, weights, image_size)
        shapes = {number: found.shape for number, found in pyramid.found.items()}
        roomy = [number for number, shape in shapes.items() if shape[1] >= 4]
        chosen = stage if stage is not None else max(roomy or shapes)
        if chosen not in shapes:
            choices = ", ".join(str(number) for number in shapes)
            raise PartError(f"{part}: {name} has no stage {chosen} at {image_size} pixels; {choices} would fit")
        stages = [number for number in shapes if number <= chosen]
        self.condition = condition
        self.found = tuple(pyramid.found[number] for number in stages)
        *skips, self.shape = (shapes[number] for number in stages)
        self.skips = tuple(skips)
        self.register_buffer("mean", torch.tensor(pyramid.mean)[:, None, None], persistent=False)
        self.register_buffer("std", torch.tensor(pyramid.std)[:, None, None], persistent=False)
        self.adapter = _adapter(channels + condition) if condition or channels != 3 else nn.Identity()
        self.network = pyramid.build(stages, False)
        self.wanted = weights is not None
        self._pretrained: Callable[[], nn.Module] = lambda: pyramid.build(stages, True)

    def fetch(self) -> None:
        """Takes up the numbers that `weights` names, where it names any. Raises `PartError`."""
        if self.wanted:
            self.network.load_state_dict(self._pretrained().state_dict())

    def forward(self, images: Tensor, condition: Tensor | None = None) -> tuple[Tensor, tuple[Tensor, ...]]:
        """Return the code and the maps of the stages before it."""
        images = self.adapter(concatenated(images, checked(type(self).__name__, condition, self.condition)))
        outputs = self.network(((images + 1) / 2 - self.mean) / self.std)
        *skips, code = (laid_out(maps, found) for maps, found in zip(outputs, self.found, strict=True))
        return code, tuple(skips)


def _adapter(channels: int) -> nn.Conv2d:
    adapter = nn.Conv2d(channels, 3, 1)
    nn.init.dirac_(adapter.weight)
    with torch.no_grad():
        adapter.weight.add_(0.02 * torch.randn_like(adapter.weight))
    return adapter
