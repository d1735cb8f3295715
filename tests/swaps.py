"""Combinations of options of conf/: which there are, a small set that holds every pair, and the config of each."""

import inspect
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from functools import cache
from itertools import combinations, product
from typing import Any

from hydra.utils import get_class

from facegan.config import Config, compose_config
from tests.test_conf import CONF, MODELS, OPTIONS, chosen, group_of, small, yaml

Row = dict[str, str]
LOSSES = ("loss/adversarial", "loss/reconstruction", "loss/recognition")


def covering(factors: Mapping[str, Sequence[str]]) -> Iterator[Row]:
    """Rows in which each two levels of different factors meet at least once; greedy, always the same."""
    names = sorted(factors, key=lambda name: -len(factors[name]))
    missing = {(one, a, two, b) for one, two in combinations(names, 2) for a, b in product(factors[one], factors[two])}
    while missing:
        yield (row := _row(factors, names, missing))
        missing -= {(one, row[one], two, row[two]) for one, two in combinations(names, 2)}
    if len(names) == 1:
        yield from ({names[0]: level} for level in factors[names[0]])


def _row(factors: Mapping[str, Sequence[str]], names: list[str], missing: set[tuple[str, str, str, str]]) -> Row:
    """A pair that is missing, and for each other factor the level that brings most missing pairs."""
    one, a, two, b = min(missing)
    row = {one: a, two: b}
    for name in names:
        if name not in row:
            row[name] = max(factors[name], key=lambda level: _gain(row, names, name, level, missing))
    return row


def _gain(row: Row, names: list[str], name: str, level: str, missing: set[tuple[str, str, str, str]]) -> int:
    place = names.index
    return sum(
        ((other, row[other], name, level) if place(other) < place(name) else (name, level, other, row[other]))
        in missing
        for other in row
    )


def place(group: str, name: str) -> str:
    """Where in a config an option goes: what follows the group's `@`, or the file's own first line."""
    folder, _, named = group.partition("@")
    return named or (CONF / folder / f"{name}.yaml").read_text().partition("\n")[0].removeprefix("# @package ").strip()


@cache
def groups(model: str) -> tuple[str, ...]:
    """The groups of a model's defaults list that fill a place in the model itself, as Hydra's overrides name them."""
    return tuple(group for group, name in chosen(f"model/{model}").items() if place(group, name)[:5] == "model")


def options(group: str) -> list[str]:
    return [option.rpartition("/")[2] for option in OPTIONS if group_of(option) == group.partition("@")[0]]


def systems() -> dict[str, list[str]]:
    """Class of a model -> the files of conf/model that name it."""
    found: dict[str, list[str]] = {}
    for option in MODELS:
        found.setdefault(_target(option), []).append(option.rpartition("/")[2])
    return dict(sorted(found.items()))


def _target(option: str) -> str:
    target = yaml(option).get("model", {}).get("_target_")
    if target is None:  # it builds on another model's file
        target = compose_config("train", [f"model={option.rpartition('/')[2]}"])["model"]["_target_"]
    return str(target).rpartition(".")[2]


def factors(models: Sequence[str]) -> dict[str, list[str]]:
    """What there is to choose for a system: which of its files, and an option of every group that one of them takes."""
    return {"model": list(models)} | {group: options(group) for model in models for group in groups(model)}


@cache
def _top(model: str) -> Config:
    return compose_config("train", [f"model={model}", "logger=disabled", "trainer.accelerator=cpu"])


def composed(row: Row) -> Config:
    """The config that `facegan train model=... encoder=... ...` composes; by hand, since Hydra takes 0.1 s for it."""
    model = row["model"]
    top = _top(model)
    config = {**top, "model": {}, "trainer": dict(top["trainer"])}
    for group, default in chosen(f"model/{model}").items():
        _place(config, group, row.get(group, default))
    _merge(config["model"], yaml(f"model/{model}")["model"])
    return config


def _place(config: Config, group: str, name: str) -> None:
    where, values = place(group, name), yaml(f"{group.partition('@')[0]}/{name}")
    if where == "model":
        _merge(config["model"], values)
    elif where.startswith("model."):
        _merge(config["model"].setdefault(where.removeprefix("model."), {}), values)


def _merge(into: dict[str, Any], values: Mapping[str, Any]) -> None:
    for key, value in values.items():
        if isinstance(value, Mapping) and isinstance(into.get(key), dict):
            _merge(into[key], value)
        else:
            into[key] = deepcopy(value)


def tiny(row: Row) -> Config:
    """The same, four channels wide and few blocks deep."""
    config = composed(row)
    return {**config, "model": _shallow(small(config["model"]))}


def _shallow(node: Any) -> Any:
    if not isinstance(node, dict):
        return node
    node = {key: _shallow(value) for key, value in node.items()}
    blocks = inspect.signature(get_class(node["_target_"])).parameters.get("blocks") if "_target_" in node else None
    return node | {"blocks": 1} if blocks and node.get("blocks", blocks.default) else node
