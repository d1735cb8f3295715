"""The figures of every face, beside the result: with them systems can be compared face by face."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from facegan.errors import UserError
from facegan.evaluation.measures.ratio import Ratio
from facegan.files import write_whole

FORMAT = 1

Key = tuple[str, str, str]  # attribute, direction, measure


@dataclass(frozen=True, slots=True, kw_only=True)
class Values:
    """each: the model's own ratios by key, a figure per face. cases: for `attribute/direction` a hash of its faces."""

    each: Mapping[Key, Ratio]
    cases: Mapping[str, str]


def values_file(result_file: Path) -> Path:
    """Where the values of a result lie: twinfaces.json has twinfaces.values.safetensors."""
    return result_file.with_suffix(".values.safetensors")


def write_values(path: Path, values: Values) -> None:
    """One safetensors file, written whole: `attribute/direction/measure/above`, and `below` where it is not 1."""
    tensors: dict[str, Tensor] = {}
    for key, ratio in values.each.items():
        tensors["/".join((*key, "above"))] = ratio.above.float().contiguous()
        if not bool((ratio.below == 1).all()):
            tensors["/".join((*key, "below"))] = ratio.below.float().contiguous()
    header = {"format": str(FORMAT), "cases": json.dumps(dict(values.cases))}
    write_whole(path, save(tensors, metadata=header))


def read_values(path: Path) -> Values:
    """The values of a result. Raises UserError where they are missing, damaged or of a newer format."""
    try:
        with safe_open(path, framework="pt") as file:
            header = file.metadata() or {}
            if int(header.get("format", 0)) > FORMAT:
                raise UserError(f"{path} has format {header['format']}; this facegan reads up to {FORMAT}.")
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
            cases = json.loads(header["cases"])
    except (OSError, SafetensorError, KeyError, json.JSONDecodeError) as error:
        raise UserError(f"{path}: no figures of single faces ({error}); evaluate again to make them.") from error
    return Values(each={_key(name): _ratio(tensors, name) for name in tensors if name.endswith("/above")}, cases=cases)


def _key(name: str) -> Key:
    attribute, direction, measure, _ = name.split("/")
    return attribute, direction, measure


def _ratio(tensors: Mapping[str, Tensor], name: str) -> Ratio:
    above = tensors[name]
    return Ratio(above, tensors.get(f"{name.removesuffix('above')}below", torch.ones_like(above)))
