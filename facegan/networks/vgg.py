"""VGG-16 and VGG-19 as encoders: the features of interpolation, of traversal, and of perceptual losses."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, ClassVar

import torch
from torch import Tensor, nn

from facegan.networks.contracts import Pretrained, Shape
from facegan.networks.errors import PartError, choose
from facegan.networks.pyramids import MEAN, STD


class VGG(Pretrained):
    """Images (N x 3 x S x S, in [-1, 1]) to the last of `maps` as the code, with those before it as skips.

    Facts: `image_size`, from 16 pixels on; `channels` and `condition` as they are for photographs, 3 and 0. `maps`:
    names such as relu3_1, in their order. `weights`: one of torchvision's names, such as DEFAULT, which `fetch`
    downloads, or a file of its state dict (.pth or .safetensors). Until then its numbers are random, so that it can be
    built, and loaded from a run, without any file.
    Simonyan and Zisserman, arXiv 1409.1556. Raises `PartError` for facts that it cannot take, and unknown maps.
    """

    letter: ClassVar[str]  # torchvision's and the paper's name of the configuration
    mean: Tensor
    std: Tensor

    def __init__(
        self, *, image_size: int, maps: Sequence[str], channels: int = 3, condition: int = 0, weights: str = "DEFAULT"
    ) -> None:
        super().__init__()
        part = type(self).__name__
        if channels != 3 or condition or image_size < 16:
            raise PartError(
                f"{part}: {channels} channels, {condition} conditions and {image_size} pixels; photographs without a "
                "condition, from 16 pixels on, would fit"
            )
        vgg: Any = import_module("torchvision.models.vgg")
        layers = vgg.make_layers(vgg.cfgs[self.letter], batch_norm=False)
        named = named_maps(vgg.cfgs[self.letter])
        ends = [named[choose(part, "maps", name, tuple(named))] for name in maps]
        if not ends or ends != sorted(set(ends)):
            raise PartError(f"{part}: maps {list(maps)} must be named from shallow to deep, each once, to fit")
        self.stages = nn.ModuleList(layers[start:end] for start, end in zip((0, *ends[:-1]), ends, strict=True))
        self.weights = weights
        widths = [layers[end - 2].out_channels for end in ends]
        sides = [image_size >> (int(name[4]) - 1) for name in maps]
        shapes: tuple[Shape, ...] = tuple((width, side, side) for width, side in zip(widths, sides, strict=True))
        self.skips, self.shape = shapes[:-1], shapes[-1]
        self.register_buffer("mean", torch.tensor(MEAN)[:, None, None], persistent=False)
        self.register_buffer("std", torch.tensor(STD)[:, None, None], persistent=False)

    def fetch(self) -> None:
        """Takes up the trained numbers. Raises `PartError` where they cannot be had."""
        part = type(self).__name__
        try:
            found = _read(self.weights, part)
            layers = [layer for stage in self.stages for layer in stage]  # type: ignore[attr-defined]
            for number, layer in enumerate(layers):
                if isinstance(layer, nn.Conv2d):
                    layer.load_state_dict({key: found[f"features.{number}.{key}"] for key in ("weight", "bias")})
        except Exception as error:  # torchvision, the network and the file each fail in their own ways
            reason = (str(error).strip() or type(error).__name__).splitlines()[0]
            raise PartError(
                f"{part}: weights {self.weights!r} could not be had ({reason}); set model.extractor.weights=FILE, "
                f"torchvision's state dict of {part.lower()}, or choose extractor=small"
            ) from error

    def forward(self, images: Tensor, condition: Tensor | None = None) -> tuple[Tensor, tuple[Tensor, ...]]:
        """Return the code and the maps before it."""
        maps = [((images + 1) / 2 - self.mean) / self.std]
        for stage in self.stages:
            maps.append(stage(maps[-1]))
        return maps[-1], tuple(maps[1:-1])


class VGG19(VGG):
    """VGG-19; relu3_1, relu4_1 and relu5_1 as in Deep Feature Interpolation and Deep Manifold Traversal."""

    letter: ClassVar[str] = "E"

    def __init__(
        self,
        *,
        image_size: int,
        maps: Sequence[str] = ("relu3_1", "relu4_1", "relu5_1"),
        channels: int = 3,
        condition: int = 0,
        weights: str = "DEFAULT",
    ) -> None:
        super().__init__(image_size=image_size, maps=maps, channels=channels, condition=condition, weights=weights)


class VGG16(VGG):
    """VGG-16; relu1_2 and relu2_2, the latter the features of Johnson et al.'s super-resolution (ECCV 2016)."""

    letter: ClassVar[str] = "D"

    def __init__(
        self,
        *,
        image_size: int,
        maps: Sequence[str] = ("relu1_2", "relu2_2"),
        channels: int = 3,
        condition: int = 0,
        weights: str = "DEFAULT",
    ) -> None:
        super().__init__(image_size=image_size, maps=maps, channels=channels, condition=condition, weights=weights)


def named_maps(configuration: Sequence[int | str]) -> dict[str, int]:
    """relu1_1, relu1_2 ...: where each ends in torchvision's list of layers, a ReLU after each convolution."""
    found: dict[str, int] = {}
    block, number, place = 1, 0, 0
    for entry in configuration:
        if entry == "M":
            block, number, place = block + 1, 0, place + 1
        else:
            number, place = number + 1, place + 2
            found[f"relu{block}_{number}"] = place
    return found


def _read(weights: str, part: str) -> dict[str, Tensor]:
    """The state dict of a name of torchvision's, or of a file."""
    path = Path(weights)
    if path.suffix == ".safetensors":
        loaded: dict[str, Tensor] = import_module("safetensors.torch").load_file(path)
    elif path.suffix:
        loaded = torch.load(path, map_location="cpu", weights_only=True)
    else:
        models: Any = import_module("torchvision.models")
        loaded = models.get_weight(f"{part}_Weights.{weights}").get_state_dict(progress=True)
    return loaded
