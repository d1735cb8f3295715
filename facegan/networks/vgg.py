"""VGG-19's first five stages as an encoder: the features of Deep Feature Interpolation and Deep Manifold Traversal."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from facegan.networks.contracts import Pretrained, Shape
from facegan.networks.errors import PartError
from facegan.networks.pyramids import MEAN, STD

# Where relu3_1, relu4_1 and relu5_1 end in torchvision's list of layers.
ENDS = (12, 21, 30)
WIDTHS = (256, 512, 512)


class VGG19(Pretrained):
    """Images (N x 3 x S x S, in [-1, 1]) to relu5_1 as the code, with relu3_1 and relu4_1 as skips.

    Facts: `image_size`, from 16 pixels on; `channels` and `condition` as they are for photographs, 3 and 0. `weights`:
    one of torchvision's names, such as DEFAULT, which `fetch` downloads, or a file of its state dict (.pth or
    .safetensors). Until then its numbers are random, so that it can be built, and loaded from a run, without any file.
    Simonyan and Zisserman, arXiv 1409.1556. Raises `PartError` for facts that it cannot take.
    """

    mean: Tensor
    std: Tensor

    def __init__(self, *, image_size: int, channels: int = 3, condition: int = 0, weights: str = "DEFAULT") -> None:
        super().__init__()
        if channels != 3 or condition or image_size < 16:
            raise PartError(
                f"VGG19: {channels} channels, {condition} conditions and {image_size} pixels; photographs without a "
                "condition, from 16 pixels on, would fit"
            )
        vgg: Any = import_module("torchvision.models.vgg")
        layers = vgg.make_layers(vgg.cfgs["E"], batch_norm=False)
        self.stages = nn.ModuleList(layers[start:end] for start, end in zip((0, *ENDS[:-1]), ENDS, strict=True))
        self.weights = weights
        sides = (image_size // 4, image_size // 8, image_size // 16)
        shapes: tuple[Shape, ...] = tuple((width, side, side) for width, side in zip(WIDTHS, sides, strict=True))
        self.skips, self.shape = shapes[:-1], shapes[-1]
        self.register_buffer("mean", torch.tensor(MEAN)[:, None, None], persistent=False)
        self.register_buffer("std", torch.tensor(STD)[:, None, None], persistent=False)

    def fetch(self) -> None:
        """Takes up the trained numbers. Raises `PartError` where they cannot be had."""
        try:
            found = _read(self.weights)
            layers = [layer for stage in self.stages for layer in stage]  # type: ignore[attr-defined]
            for number, layer in enumerate(layers):
                if isinstance(layer, nn.Conv2d):
                    layer.load_state_dict({key: found[f"features.{number}.{key}"] for key in ("weight", "bias")})
        except Exception as error:  # torchvision, the network and the file each fail in their own ways
            reason = (str(error).strip() or type(error).__name__).splitlines()[0]
            raise PartError(
                f"VGG19: weights {self.weights!r} could not be had ({reason}); set model.extractor.weights=FILE, "
                "torchvision's state dict of vgg19, or choose extractor=small"
            ) from error

    def forward(self, images: Tensor, condition: Tensor | None = None) -> tuple[Tensor, tuple[Tensor, ...]]:
        """Return the code and the maps before it."""
        maps = [((images + 1) / 2 - self.mean) / self.std]
        for stage in self.stages:
            maps.append(stage(maps[-1]))
        return maps[-1], tuple(maps[1:-1])


def _read(weights: str) -> dict[str, Tensor]:
    """The state dict of a name of torchvision's, or of a file."""
    path = Path(weights)
    if path.suffix == ".safetensors":
        loaded: dict[str, Tensor] = import_module("safetensors.torch").load_file(path)
    elif path.suffix:
        loaded = torch.load(path, map_location="cpu", weights_only=True)
    else:
        models: Any = import_module("torchvision.models")
        loaded = models.get_weight(f"VGG19_Weights.{weights}").get_state_dict(progress=True)
    return loaded
