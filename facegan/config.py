"""The only file that turns a config into objects; every `_target_` is checked before anything is imported or called.

A config that came from elsewhere (a run folder) is data: its targets are looked up among this package's own components
and a short list of exact torch names. Nothing else is ever resolved, and no run folder can opt in a plugin.
"""

import importlib
import inspect
import pkgutil
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from hydra import compose, initialize_config_dir
from hydra.core.global_hydra import GlobalHydra
from hydra.errors import HydraException, InstantiationException, OverrideParseException
from hydra.utils import instantiate
from omegaconf import OmegaConf
from omegaconf.errors import OmegaConfBaseException

import facegan
from facegan.errors import UserError
from facegan.files import write_text

Config = dict[str, Any]

TORCH = (
    "torch.optim.Adam", "torch.optim.AdamW", "torch.optim.RMSprop", "torch.optim.SGD", "torch.optim.NAdam",
    "torch.optim.RAdam", "torch.optim.Adagrad",
)  # fmt: skip

# Which components a node of the config may name. A model cannot reach for a data set, nor an optimiser for a network.
KINDS: Mapping[str, tuple[str, ...]] = {
    "model": ("facegan.networks", "facegan.losses", "facegan.models", "facegan.data.degradations"),
    "data": ("facegan.data",),
    "optimizer": ("facegan.training.optimizers", "torch.optim"),
    "schedule": ("facegan.models.schedules",),
    "independence": ("facegan.losses.independence", "facegan.models.schedules"),
    "hallmark": ("facegan.hallmarks",),
    "judge": ("facegan.evaluation.outside",),
}

_MARKS = {"_target_", "_partial_"}

# What a model gives its parts; never typed into yaml.
FACTS = {"image_size", "code", "outputs", "inputs", "channels", "condition", "skips"}


def conf_dir() -> Path:
    """The folder of config groups: the checkout's own where there is one, else the one that ships in the wheel."""
    package = Path(facegan.__file__).parent
    for folder in (package.parent / "conf", package / "conf"):
        if (folder / "train.yaml").is_file():
            return folder
    raise UserError(f"facegan's config folder is missing beside {package}; install facegan again.")


def _modules(root: str) -> Iterator[ModuleType]:
    module = importlib.import_module(root)
    yield module
    for info in pkgutil.walk_packages(getattr(module, "__path__", []), f"{root}."):
        yield importlib.import_module(info.name)


@cache
def components(root: str) -> frozenset[str]:
    """The dotted names of the public classes that live below a package, also as they are re-exported there."""
    top = root.split(".")[0]
    return frozenset(
        f"{module.__name__}.{name}"
        for module in _modules(root)
        for name, value in vars(module).items()
        if inspect.isclass(value) and not name.startswith("_") and value.__module__.split(".")[0] == top
    )


def allowed(kind: str, plugins: Sequence[str] = ()) -> frozenset[str]:
    """What a node of this kind may name. Raises UserError for a plugin that cannot be imported."""
    names: set[str] = set()
    plugins = [plugins] if isinstance(plugins, str) else plugins  # evaluate plugins=mypkg
    for root in KINDS[kind]:
        names |= set(TORCH) if root == "torch.optim" else components(root)
    for plugin in plugins:
        try:
            names |= components(plugin)
        except ImportError as error:
            raise UserError(f"plugins={list(plugins)}: cannot import {plugin!r} ({error}).") from error
    return frozenset(names)


def check_targets(node: Any, names: frozenset[str], where: str) -> None:
    """Raises UserError for the first `_target_` that is not among the names, and for any other `_key_` of Hydra's."""
    if isinstance(node, Mapping):
        for key, value in node.items():
            if str(key).startswith("_") and str(key).endswith("_") and key not in _MARKS:
                raise UserError(f"config at {where}: {key!r} is not allowed here.")
            if key == "_target_" and not (isinstance(value, str) and value in names):
                raise UserError(
                    f"config at {where} names {value!r}, which is no component of facegan for this place."
                    f"{_meant(str(value), names)}"
                )
            check_targets(value, names, f"{where}.{key}")
    elif isinstance(node, (list, tuple)):
        for number, value in enumerate(node):
            check_targets(value, names, f"{where}[{number}]")
    elif isinstance(node, str) and "${" in node:
        raise UserError(f"config at {where}: {node!r} is an interpolation; a finished config holds plain values.")


def _meant(name: Any, names: frozenset[str]) -> str:
    """What was meant, where it can be guessed."""
    close = get_close_matches(name, names, n=1, cutoff=0.85) if isinstance(name, str) else []
    hint = f" Did you mean {close[0]}?" if close else ""
    top = str(name).split(".")[0]
    if not isinstance(name, str) or "." not in name or top in ("facegan", "torch", *sys.stdlib_module_names):
        return hint
    return f"{hint} If {top} is a package of your own, say plugins=[{top}]."


def build(node: Config, kind: str, *, plugins: Sequence[str] = (), **facts: Any) -> Any:
    """The object that a node describes; facts are call-time arguments that no yaml can know.

    kind: a key of KINDS. Raises UserError, in one line, for a foreign target and for arguments that do not fit.
    """
    check_targets(node, allowed(kind, plugins), kind)
    if not isinstance(node, Mapping) or "_target_" not in node:
        raise UserError(f"config at {kind}: no `_target_`; choose one, such as {kind}=NAME.")
    try:
        return instantiate(node, _convert_="all", **facts)
    except InstantiationException as error:
        raise _plain(error, node) from error


def _plain(error: BaseException, node: Config) -> UserError:
    """The user's own mistake out of Hydra's wrapping; a fault that no setting can cause is raised as it is."""
    inner: BaseException = error
    while inner.__cause__ is not None:
        inner = inner.__cause__
        if isinstance(inner, UserError):
            return inner
    if not isinstance(inner, (TypeError, ValueError, InstantiationException)):
        raise inner
    return UserError(f"config of {node['_target_']}: {one_line(inner)}{_forgotten(node, str(inner))}")


def _forgotten(node: Config, fault: str) -> str:
    """Which line of a yaml file is missing, where an argument is missed that such a line brings."""
    missed = re.match(r"(\w+)\.__init__\(\) missing .*?: '(\w+)'", fault)
    if missed is None:
        return ""
    owner, argument = missed.groups()
    if owner == node["_target_"].rpartition(".")[2] and (conf_dir() / argument).is_dir():
        return f"; choose {argument}=NAME, and let its yaml begin with `# @package model.{argument}`"
    if argument in FACTS and owner != node["_target_"].rpartition(".")[2]:
        return f"; {argument} comes from the model: the part's yaml needs `_partial_: true`"
    return ""


def compose_config(name: str, overrides: Sequence[str], *, searchpath: Sequence[str] = ()) -> Config:
    """A config of `conf/` with overrides, resolved to plain values. Raises UserError in one line."""
    GlobalHydra.instance().clear()
    extra = [f"hydra.searchpath=[{','.join(searchpath)}]"] if searchpath else []
    try:
        with initialize_config_dir(str(conf_dir()), version_base="1.3"):
            return plain(compose(name, overrides=[*extra, *overrides]))
    except (HydraException, OmegaConfBaseException) as error:
        raise UserError(one_line(error)) from error


def plain(config: Any) -> Config:
    """An OmegaConf tree as plain, resolved containers. Raises OmegaConfBaseException for what is missing."""
    values = OmegaConf.to_container(config, resolve=True, throw_on_missing=True)
    assert isinstance(values, dict)
    return {str(key): value for key, value in values.items()}


ANSWERS = (
    (
        r"Environment variable '(\w+)' not found.*full_key: (\S+)",
        "{1} is needed: {1}=..., or set {0} for all commands.",
    ),
    (r"Missing mandatory value: .*full_key: (\S+)", "{0} is needed: {0}=..."),
    (r"Could not override '([^']+)'", "there is no setting {0}; facegan train --cfg job shows all."),
)
"""What to say in place of OmegaConf's and Hydra's words."""


def one_line(error: BaseException) -> str:
    """Hydra's and OmegaConf's messages on one line, with the override that Hydra could not read."""
    if isinstance(error, OverrideParseException):
        return (
            f"{error.override!r} cannot be read as KEY=VALUE. A value of a list that holds = needs quotes of its own "
            "inside those of the shell: \"KEY=['a=1','b=2']\"."
        )
    text = " ".join(line.strip() for line in str(error).splitlines() if line.strip())
    for pattern, answer in ANSWERS:
        if found := re.search(pattern, text):
            return answer.format(*found.groups())
    text = text.partition(" Config search path:")[0]
    found = re.search(r"Could not find '\S*?([^/']+)' Available options in '\S+': (.*)", text)
    near = get_close_matches(found[1], found[2].split(), n=1) if found else []
    return f"did you mean {near[0]}? {text}" if near else text


def read_yaml(path: Path) -> Config:
    """A yaml file as plain values, with nothing resolved. Raises UserError where it is missing or is no mapping."""
    try:
        values = OmegaConf.to_container(OmegaConf.load(path), resolve=False)
    except FileNotFoundError as error:
        raise UserError(f"{path} is missing; is this a run folder of facegan?") from error
    except Exception as error:
        raise UserError(f"{path} is not a yaml file that can be read: {one_line(error)}") from error
    if not isinstance(values, dict):
        raise UserError(f"{path} holds no settings.")
    return {str(key): value for key, value in values.items()}


def write_yaml(path: Path, config: Config) -> None:
    """Plain values as a yaml file, whole or not at all."""
    write_text(path, OmegaConf.to_yaml(OmegaConf.create(config)))
