"""Checkpoints: one safetensors file, tensors plus a line of JSON, written whole or not at all."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from facegan.errors import UserError
from facegan.files import write_whole

FORMAT = 1


def write_checkpoint(path: Path, tensors: Mapping[str, Tensor], state: Mapping[str, Any]) -> None:
    """Writes tensors and plain values. Raises UserError where the disk does not take them."""
    flat = {name: value.detach().cpu().contiguous() for name, value in tensors.items()}
    write_whole(path, save(flat, metadata={"format": str(FORMAT), "state": json.dumps(state)}))


def read_checkpoint(path: Path, device: torch.device | str = "cpu") -> tuple[dict[str, Tensor], dict[str, Any]]:
    """The tensors and the plain values of a checkpoint.

    Raises UserError for a missing or damaged file, and for one of a newer format.
    """
    if not path.is_file():
        raise UserError(
            f"{path} is missing; this run has no such checkpoint (yet); its training command, given again, goes on."
        )
    try:
        with safe_open(path, framework="pt", device=str(device)) as file:
            header = file.metadata() or {}
            check_format(header.get("format", "0"), FORMAT, path)
            return {name: file.get_tensor(name) for name in file.keys()}, json.loads(header["state"])  # noqa: SIM118
    except (SafetensorError, OSError, KeyError, json.JSONDecodeError) as error:
        raise UserError(
            f"{path} is damaged or no checkpoint of facegan ({error}); use another one of this run."
        ) from error


def check_format(found: str | int, newest: int, path: Path) -> None:
    """Raises UserError for a format that this version does not know."""
    number = int(found) if str(found).isdigit() else 0
    if number > newest:
        raise UserError(f"{path} has format {number}; this facegan reads up to {newest}. Update facegan to use it.")
    if number < 1:
        raise UserError(f"{path} carries no format number; it is not a file of facegan.")
