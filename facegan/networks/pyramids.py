"""The maps inside torchvision's and timm's networks, by how often the image has been halved to reach them.

Networks are asked for their shapes by running them on zeros, so nothing is known here of any one of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from difflib import get_close_matches
from importlib import import_module
from importlib.util import find_spec
from math import isqrt
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from facegan.networks.contracts import Shape
from facegan.networks.errors import PartError
from facegan.networks.sizes import halvings

Mean = tuple[float, float, float]

# ImageNet's, on which torchvision's weights were trained.
MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)

# A class token and up to four register tokens may stand before those of the image.
MOST_EXTRA_TOKENS = 5


class Found(NamedTuple):
    """One map of a network: its name or number there, its shape, and its layout: NCHW, NHWC, or NLC for tokens."""

    key: Any
    shape: Shape
    layout: str


class Pyramid(NamedTuple):
    """A network's maps by number of halvings, a way to build it up to some of them, and its input's mean and std.

    `build(stages, numbers)` returns the network that maps N x 3 x S x S to the maps of these stages, in this order, as
    they come; with pretrained numbers, or without.
    """

    found: dict[int, Found]
    build: Callable[[Sequence[int], bool], nn.Module]
    mean: Mean
    std: Mean


def laid_out(maps: Tensor, found: Found) -> Tensor:
    """Return maps or tokens as N x C x H x W."""
    side = found.shape[1]
    if found.layout == "NLC":
        return maps[:, -side * side :].transpose(1, 2).reshape(len(maps), -1, side, side)
    return maps.permute(0, 3, 1, 2) if found.layout == "NHWC" else maps


def torchvision_pyramid(part: str, name: str, weights: str | None, image_size: int) -> Pyramid:
    """The maps of a torchvision classifier: of those with one side, the last. Raises `PartError`."""
    models: Any = import_module("torchvision.models")
    fx: Any = import_module("torchvision.models.feature_extraction")
    _check_name(part, "torchvision", name, name, models.list_models(module=models))

    def extracted(model: Any, keys: Sequence[str]) -> Any:
        return fx.create_feature_extractor(
            model, train_return_nodes=keys, eval_return_nodes=keys, suppress_diff_warning=True
        )

    def outputs() -> dict[Any, Any]:
        model = _sized(lambda **size: models.get_model(name, weights=None, **size), image_size=image_size)
        evaluated = fx.get_graph_node_names(model, suppress_diff_warning=True)[1]
        # On the meta device a network has shapes and no numbers, which makes all of its maps free.
        maps: dict[Any, Any] = extracted(model, evaluated).eval().to("meta")(_zeros(image_size).to("meta"))
        return maps

    found = _by_halvings(part, name, image_size, outputs)

    def build(stages: Sequence[int], numbers: bool) -> nn.Module:
        def network(**size: int) -> Any:
            return models.get_model(name, weights=weights if numbers else None, **size)

        model = _named_weights(part, name, weights, lambda: _sized(network, image_size=image_size))
        return _InOrder(extracted(model, [found[stage].key for stage in stages]))

    return Pyramid(found, build, MEAN, STD)


def timm_pyramid(part: str, name: str, weights: str | None, image_size: int) -> Pyramid:
    """The maps that timm offers of a network as its features. Raises `PartError`, also when timm is not installed."""
    if find_spec("timm") is None:
        raise PartError(f"{part}: library 'timm' is not installed; pip install 'facegan[judges]' brings it")
    timm: Any = import_module("timm")
    _check_name(part, "timm", name, name.split(".")[0], timm.list_models())
    full_name = name if weights in (None, "DEFAULT") else f"{name}.{weights}"

    def network(*, pretrained: bool, **choice: Any) -> Any:
        def create(**size: int) -> Any:
            return timm.create_model(full_name, pretrained=pretrained, features_only=True, **choice, **size)

        return _sized(create, img_size=image_size)

    def outputs() -> dict[Any, Any]:
        return dict(enumerate(network(pretrained=False).eval()(_zeros(image_size))))

    found = _by_halvings(part, name, image_size, outputs)

    def build(stages: Sequence[int], numbers: bool) -> nn.Module:
        chosen = tuple(found[stage].key for stage in stages)
        model: nn.Module = _named_weights(part, name, weights, lambda: network(pretrained=numbers, out_indices=chosen))
        return model

    configured = timm.get_pretrained_cfg(full_name)
    return Pyramid(found, build, configured.mean if configured else MEAN, configured.std if configured else STD)


class _InOrder(nn.Module):
    """Turns the dictionary of a feature extractor into a list."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, images: Tensor) -> list[Tensor]:
        return list(self.network(images).values())


def _zeros(image_size: int) -> Tensor:
    # Two images, so that the batch can be told from what a network folds into its first dimension.
    return torch.zeros(2, 3, image_size, image_size)


def _check_name(part: str, library: str, name: str, bare: str, known: Sequence[str]) -> None:
    if bare not in known:
        close = get_close_matches(bare, known) or known[:3]
        raise PartError(f"{part}: {library} has no network {name!r}; close to it are {', '.join(close)}")


def _sized(create: Callable[..., Any], **size: int) -> Any:
    """Build for this image size where the network wants to be told (transformers), plainly where it does not."""
    try:
        return create(**size)
    except TypeError:
        return create()


def _named_weights(part: str, name: str, weights: str | None, create: Callable[[], Any]) -> Any:
    try:
        return create()
    except Exception as error:  # torchvision, timm and the network each fail in their own way
        raise PartError(f"{part}: {name} with weights {weights!r} could not be had: {_first_line(error)}") from error


def _by_halvings(part: str, name: str, image_size: int, outputs: Callable[[], dict[Any, Any]]) -> dict[int, Found]:
    """The last map of every side that is the image's, halved once or more."""
    try:
        with torch.no_grad():
            maps = outputs()
    except Exception as error:  # the library's own networks fail in their own ways on sizes that they cannot take
        raise PartError(
            f"{part}: {name} cannot be built for a {image_size}-pixel image: {_first_line(error)}"
        ) from error
    found: dict[int, Found] = {}
    for key, value in maps.items():
        each = _recognised(key, value)
        if each is not None and each.shape[1] < image_size:
            stage = halvings(image_size, each.shape[1])
            if each.shape[1] << stage == image_size:
                found[stage] = each
    if not found:
        raise PartError(f"{part}: {name} has no map whose side is that of a {image_size}-pixel image halved")
    return dict(sorted(found.items()))


def _recognised(key: Any, value: Any) -> Found | None:
    """What a network's inner output is, if it is a square map of the batch of two."""
    shape = tuple(value.shape) if isinstance(value, Tensor) else ()
    if shape[:1] != (2,):
        return None
    if len(shape) == 4 and shape[2] == shape[3]:
        return Found(key, (shape[1], shape[2], shape[3]), "NCHW")
    if len(shape) == 4 and shape[1] == shape[2]:
        return Found(key, (shape[3], shape[1], shape[2]), "NHWC")
    if len(shape) == 3 and shape[1] - isqrt(shape[1]) ** 2 <= MOST_EXTRA_TOKENS:
        side = isqrt(shape[1])
        return Found(key, (shape[2], side, side), "NLC")
    return None


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]
