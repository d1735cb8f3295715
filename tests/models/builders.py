"""Models of the paper's wiring at 16 pixels and a handful of channels, in eval mode, with fixed weights."""

from typing import cast

import torch
from torch import Tensor

from facegan.assemble import make_model
from facegan.data.batch import FaceBatch
from facegan.models.base import Model
from tests.tiny import tiny_config


def build(name: str, *overrides: str, attributes: tuple[str, ...] = ("Eyeglasses",), image_size: int = 16) -> Model:
    """A model of conf/model at a small size."""
    torch.manual_seed(0)
    return make_model(tiny_config(name, *overrides), image_size=image_size, attributes=attributes).eval()


def faces(count: int = 4, *, attributes: int = 1, value: float | None = None, seed: int = 1) -> FaceBatch:
    """Random 16-pixel faces whose labels are all `value`, or random."""
    generator = torch.Generator().manual_seed(seed)
    images = torch.rand(count, 3, 16, 16, generator=generator) * 2 - 1
    labels = torch.randint(0, 2, (count, attributes), generator=generator).float()
    return FaceBatch(
        images=images,
        attributes=labels if value is None else torch.full_like(labels, value),
        index=torch.arange(count),
        identity=torch.full((count,), -1),
    )


def verbs_keep_their_promises(model: Model, images: Tensor) -> None:
    """A verb has no gradient, keeps shape and range, and gives the modes back as they were."""
    model.train()
    for name in {"reconstruct", "edit"} & set(model.verbs):
        target = torch.ones(len(images), len(model.attributes))
        extra = (target,) if name == "edit" or "source" in _arguments(model, name) else ()
        result = cast(Tensor, getattr(model, name)(images, *extra))
        assert result.shape == images.shape
        assert not result.requires_grad
        assert result.abs().max() <= 1
        assert all(module.training for module in model.modules())


def _arguments(model: Model, name: str) -> tuple[str, ...]:
    code = getattr(type(model), name).__wrapped__.__code__
    return tuple(code.co_varnames[: code.co_argcount])
