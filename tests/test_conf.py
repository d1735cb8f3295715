"""Every file of conf/, by being there: it composes in its place, names only what is allowed, and builds."""

import inspect
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import torch
from hydra.utils import get_class
from omegaconf import OmegaConf

from facegan.assemble import make_model, make_optimisation, make_settings, make_source
from facegan.config import KINDS, Config, allowed, build, compose_config
from facegan.models.base import Model
from facegan.networks import PartError
from tests.photographs import celeba_folder, div2k_folder, labelled_folder, unpaired_folders

CONF = Path(__file__).parents[1] / "conf"
TOPS = sorted(path.stem for path in CONF.glob("*.yaml"))
OPTIONS = sorted(path.relative_to(CONF).with_suffix("").as_posix() for path in CONF.glob("*/**/*.yaml"))
IMAGE_SIZE = 32


def group_of(option: str) -> str:
    return option.rpartition("/")[0]


@cache
def yaml(name: str) -> dict[str, Any]:
    values = OmegaConf.to_container(OmegaConf.load(CONF / f"{name}.yaml"))
    assert isinstance(values, dict)
    return {str(key): value for key, value in values.items()}


def chosen(name: str) -> dict[str, str | None]:
    """Group -> option of a file's defaults list."""
    entries = [entry for entry in yaml(name).get("defaults", []) if isinstance(entry, dict)]
    return {key.removeprefix("override ").lstrip("/"): value for entry in entries for key, value in entry.items()}


@cache
def place(option: str) -> tuple[str, list[str]]:
    """The top config in which an option has its place, and the overrides that put it there."""
    group, _, name = option.rpartition("/")
    for top in ("train", *TOPS):
        if group in chosen(top):
            return top, [f"{group}={name}"]
    hosts = [model for model in OPTIONS if group_of(model) == "model" and group in chosen(model)]
    # A part whose model is still to come is composed beside the others, and built by its own group's test.
    return "train", [f"model={hosts[0].rpartition('/')[2]}", f"{group}={name}"] if hosts else [
        f"+{option}".replace(f"/{name}", f"={name}")
    ]


def wanted(node: dict[str, Any], where: str = "") -> list[str]:
    """Overrides for what a file leaves to be named: folders, at which composing does not look."""
    return [f"{where}{key}=somewhere" for key, value in node.items() if key in ("root", "run", "low") and value]


@cache
def composed(option: str) -> Config:
    top, overrides = place(option)
    data = option if group_of(option) == "data" else chosen(option).get("data") or chosen(top).get("data")
    source = yaml(f"data/{Path(data).name}") if data else {}
    return compose_config(top, [*overrides, *wanted(yaml(top)), *wanted(source, "data.")])


def small(node: Any) -> Any:
    """The same parts, four channels wide."""
    if isinstance(node, list):
        return [small(value) for value in node]
    if not isinstance(node, dict):
        return node
    node = {key: small(value) for key, value in node.items()}
    if "_target_" in node and node.get("widths") is None:
        parameters = inspect.signature(get_class(node["_target_"])).parameters
        node |= {name: 4 for name in ("width", "hidden") if name in parameters}
    return node


def model_of(config: Config, image_size: int = IMAGE_SIZE) -> Model:
    return make_model(small(config), image_size=image_size, attributes=tuple(config["attributes"]))


def targets(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        yield from ([node["_target_"]] if "_target_" in node else [])
        node = list(node.values())
    if isinstance(node, list):
        for value in node:
            yield from targets(value)


@pytest.mark.parametrize("top", TOPS)
def test_a_top_config_composes(top: str) -> None:
    assert compose_config(top, wanted(yaml(top)))


@pytest.mark.parametrize("option", OPTIONS)
def test_an_option_composes_in_its_place(option: str) -> None:
    assert composed(option)


@pytest.mark.parametrize("option", [*TOPS, *OPTIONS])
def test_every_target_is_allowed(option: str) -> None:
    known = frozenset[str]().union(*(allowed(kind) for kind in KINDS))
    assert set(targets(yaml(option))) <= known


TRAINED = [option for option in OPTIONS if place(option)[0] == "train" and not place(option)[1][0].startswith("+")]


WHOLE = [option for option in TRAINED if group_of(option) in ("model", "trainer", "logger", "experiment")]


@pytest.mark.parametrize("option", WHOLE)
def test_what_trains_builds(option: str) -> None:
    config = composed(option)
    size = config["data"]["image_size"] if group_of(option) == "experiment" else IMAGE_SIZE
    model = model_of(config, size)
    assert make_optimisation(config, model)
    assert make_settings(config["trainer"]).images > 0
    for name in model.verbs:
        assert callable(getattr(model, name))


MODELS = [option for option in OPTIONS if group_of(option) == "model"]
SWAPS = [
    # At every run each option in the first of its models and in a third of the others.
    pytest.param(model, option, marks=[pytest.mark.slow] if host and (host + number) % 3 else [])
    for number, option in enumerate(OPTIONS)
    for host, model in enumerate(model for model in MODELS if group_of(option) in chosen(model))
]


@pytest.mark.parametrize(("model", "option"), SWAPS)
def test_a_part_can_be_swapped_into_every_model_that_has_its_kind(model: str, option: str) -> None:
    """It builds, or one line says which shapes do not fit: a setting meant for another part must not be in the way."""
    group, _, name = option.rpartition("/")
    config = compose_config("train", [f"model={Path(model).name}", f"{group}={name}"])
    answer = "it fits"
    try:
        model_of(config)
    except PartError as misfit:
        answer = str(misfit)
    assert "fit" in answer


@pytest.mark.parametrize("option", [option for option in OPTIONS if place(option)[1][0].startswith("+")])
def test_a_part_that_waits_for_its_model_builds_by_itself(option: str) -> None:
    assert build(composed(option)["model"][Path(group_of(option)).name], "model") is not None


@pytest.mark.parametrize("option", [option for option in OPTIONS if group_of(option) == "data"])
def test_a_data_set_builds(option: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FACEGAN_CACHE", str(tmp_path / "cache"))
    homes = {name: lambda root: labelled_folder(root)[0] for name in ("folder", "video")} | {"celeba": celeba_folder}
    homes |= {"div2k": div2k_folder, "unpaired": lambda root: unpaired_folders(root)[0]}
    name = Path(option).name
    words = [f"data.root={homes[name](tmp_path / name)}"] if name in homes else ["++data.size=8"]
    words += [f"data.low={tmp_path / name / 'low'}"] if name == "unpaired" else []
    config = compose_config("train", [f"data={name}", "data.image_size=16", *words])
    source = make_source(config, "train")
    frames = (source.frames,) if source.frames else ()
    assert source.images(torch.zeros(2, dtype=torch.int64)).shape == (2, *frames, 3, 16, 16)
    assert len(source) == len(source.labels) > 0


def test_the_parts_of_a_quickstart_are_told_apart() -> None:
    """What this file calls small is small: the tests above would pass, slowly, with full networks too."""
    model = model_of(compose_config("train", ["model=genegan_quickstart"]))
    assert sum(value.numel() for value in model.parameters()) < 50_000
    assert model.reconstruct(torch.zeros(1, 3, IMAGE_SIZE, IMAGE_SIZE)).shape == (1, 3, IMAGE_SIZE, IMAGE_SIZE)
