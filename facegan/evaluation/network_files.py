"""Networks of judges and embedders on disk: tensors, and a few texts beside them."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import nn

from facegan.files import write_whole

N = TypeVar("N", bound=nn.Module)


def read_network(path: Path, fact: str, make: Callable[[], N]) -> tuple[N, Any] | None:
    """A network for use, and what the file says under `fact`; None where there is no file, or one of no use."""
    try:
        with safe_open(path, framework="pt") as file:
            said = json.loads(file.metadata()[fact])
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        # A new network draws its first weights: not from the caller's random numbers.
        with torch.random.fork_rng(devices=[]):
            network = make()
        network.load_state_dict(tensors)
    except (OSError, SafetensorError, KeyError, TypeError, RuntimeError, json.JSONDecodeError):
        return None
    return network.eval().requires_grad_(False), said


def write_network(path: Path, network: nn.Module, facts: Mapping[str, Any]) -> None:
    """One file, written whole."""
    texts = {name: json.dumps(fact) for name, fact in facts.items()}
    tensors = {name: value.contiguous() for name, value in network.state_dict().items()}
    write_whole(path, save(tensors, metadata=texts))
