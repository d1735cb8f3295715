"""The parts of conf/, found by walking it: a new yaml file is tested by being there."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import torch
from hydra.utils import get_class, instantiate
from omegaconf import OmegaConf
from torch import Tensor, nn

CONF = Path(__file__).parents[2] / "conf"
GROUPS = (
    "encoder",
    "extractor",
    "decoder",
    "translator",
    "discriminator",
    "latent_discriminator",
    "recognizer",
    "projection",
    "upscaler",
)
PARTS = [f"{group}/{path.stem}" for group in GROUPS for path in sorted((CONF / group).glob("*.yaml"))]

SIZE = 16
SCALE = 4
CONDITION = 3
OUTPUTS = 5
CODE = (8, 4, 4)
BATCH = 3

SMALL = {"width": 4, "hidden": 8, "max_width": 16}


def node(name: str) -> Any:
    return OmegaConf.to_container(OmegaConf.load(CONF / f"{name}.yaml"))


def shrunk(config: Any) -> Any:
    """The same part with a handful of channels, wherever its signature has the knob and the knob is in use."""
    defaults = get_class(config["_target_"]).__init__.__kwdefaults__ or {}
    small = {knob: value for knob, value in SMALL.items() if config.get(knob, defaults.get(knob))}
    inner = {key: shrunk(value) for key, value in config.items() if isinstance(value, dict)}
    return {**config, **small, **inner}


def factory(name: str, *, small: bool = True, **changes: Any) -> Callable[..., Any]:
    config = shrunk(node(name)) if small else node(name)
    made: Callable[..., Any] = instantiate({**config, **changes})
    return made


def condition_of(name: str) -> int:
    """How many values a part may be conditioned on here: none where reflect padding would let the norm cancel them."""
    return 0 if str(node(name).get("padding")).startswith("reflect") else CONDITION


def built(name: str, *, size: int = SIZE, condition: int | None = None, seed: int = 0) -> Any:
    """The part of a yaml file with the facts that a model would hand it; the same every time."""
    torch.manual_seed(seed)
    make = factory(name)
    condition = condition_of(name) if condition is None else condition
    match name.split("/")[0]:
        case "encoder" | "translator":
            return make(image_size=size, condition=condition)
        case "extractor":
            return make(image_size=size)
        case "decoder":
            return make(code=CODE, image_size=size, condition=condition, skips=((4, size // 2, size // 2),))
        case "discriminator":
            return make(image_size=size, condition=condition, recognition=OUTPUTS)
        case "latent_discriminator":
            return make(code=CODE, outputs=OUTPUTS)
        case "projection":
            return make(inputs=CONDITION, code=CODE)
        case "upscaler":
            return make(image_size=size, scale=SCALE)
        case _:
            return make(image_size=size, outputs=OUTPUTS)


def inputs(name: str, *, size: int = SIZE, condition: int | None = None, batch: int = BATCH) -> tuple[Any, ...]:
    generator = torch.Generator().manual_seed(1)
    condition = condition_of(name) if condition is None else condition

    def random(*shape: int) -> Tensor:
        return torch.randn(*shape, generator=generator)

    images, values = random(batch, 3, size, size).tanh(), random(batch, condition) if condition else None
    match name.split("/")[0]:
        case "encoder" | "translator" | "discriminator":
            return images, values
        case "decoder":
            return random(batch, *CODE), values, (random(batch, 4, size // 2, size // 2),)
        case "latent_discriminator":
            return (random(batch, *CODE),)
        case "projection":
            return (random(batch, CONDITION),)
        case "upscaler":
            return (random(batch, 3, size // SCALE, size // SCALE).tanh(),)
        case _:
            return (images,)


def tensors(output: Any) -> Iterator[Tensor]:
    """All tensors of an output, whatever its structure."""
    if isinstance(output, Tensor):
        yield output
    elif output is not None:
        for each in output:
            yield from tensors(each)


def count(part: nn.Module) -> int:
    return sum(parameter.numel() for parameter in part.parameters())
