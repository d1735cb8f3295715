"""Combinations of options of conf/: which there are, a small set that holds every pair, and the config of each."""

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from functools import cache
from itertools import combinations, product
from typing import Any

from hydra.utils import get_class

from facegan.config import Config, compose_config
from tests.test_conf import CONF, MODELS, OPTIONS, chosen, group_of, small, yaml

FEW = {"blocks": 1, "iterations": 2, "fit_size": 4, "neighbours": 2, "atoms": 8, "axes": 4, "patches": 99}
Row = dict[str, str]
Pair = tuple[str, str, str, str]


def covering(models: Mapping[str, Mapping[str, Sequence[str]]]) -> Iterator[Row]:
    """Rows in which each option meets each model that takes it, and each other option that some model takes with it.

    models: model -> group -> options. Greedy, always the same; a row is a model and an option of each of its groups.
    """
    missing = {
        pair
        for model, choices in models.items()
        for one, two in combinations(sorted({"model": [model]} | dict(choices)), 2)
        for pair in product([one], _levels(model, choices, one), [two], _levels(model, choices, two))
    }
    while missing:
        row = max((_row(model, models[model], missing) for model in _hosts(models, min(missing))), key=_gain(missing))
        yield row
        missing -= _pairs(row)


def _levels(model: str, choices: Mapping[str, Sequence[str]], name: str) -> Sequence[str]:
    return [model] if name == "model" else choices[name]


def _hosts(models: Mapping[str, Mapping[str, Sequence[str]]], pair: Pair) -> list[str]:
    """The models in which a pair can be tried."""
    one, a, two, b = pair
    return [
        model
        for model, choices in models.items()
        if all(
            name in {"model", *choices} and level in _levels(model, choices, name)
            for name, level in ((one, a), (two, b))
        )
    ]


def _row(model: str, choices: Mapping[str, Sequence[str]], missing: set[Pair]) -> Row:
    """Group after group, the option that brings most missing pairs with what is chosen already."""
    row, wanted = {"model": model}, min(missing)
    fixed = dict(zip(wanted[::2], wanted[1::2], strict=True))
    for name in sorted(choices, key=lambda name: (name not in fixed, -len(choices[name]))):
        options_ = [fixed[name]] if name in fixed else choices[name]
        row[name] = max(options_, key=lambda level: len(_pairs({**row, name: level}) & missing))
    return row


def _gain(missing: set[Pair]) -> Callable[[Row], int]:
    return lambda row: len(_pairs(row) & missing)


def _pairs(row: Row) -> set[Pair]:
    return {(one, row[one], two, row[two]) for one, two in combinations(sorted(row), 2)}


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


def models() -> dict[str, dict[str, list[str]]]:
    """Every file of conf/model, with the options of every group that it takes."""
    names = [option.rpartition("/")[2] for option in MODELS]
    return {name: {group: options(group) for group in groups(name)} for name in names}


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
    """The same, four channels wide, few blocks deep and few steps long; nothing is downloaded for it."""
    config = composed(row)
    return {**config, "model": _shallow(small(config["model"]))}


def _shallow(node: Any) -> Any:
    if not isinstance(node, dict):
        return node
    node = {key: _shallow(value) for key, value in node.items()}
    known = inspect.signature(get_class(node["_target_"])).parameters if "_target_" in node else {}
    few = {name: value for name, value in FEW.items() if name in known and node.get(name, known[name].default)}
    # Whoever would download here is told to look for a file that is not there.
    return (
        node | few | ({"weights": "missing.pth"} if getattr(known.get("weights"), "default", None) == "DEFAULT" else {})
    )
