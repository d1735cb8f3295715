"""The plan of a hallmark, as conf/hallmark/<model>.yaml writes it: what to train, to check, and how to break it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from facegan.config import Config, build, compose_config, conf_dir
from facegan.errors import UserError
from facegan.hallmarks.base import Hallmark
from facegan.hallmarks.breaks import Break
from facegan.hallmarks.thresholds import Threshold, read_thresholds


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """A way to break a system that its hallmark has to notice.

    why: what is broken, in words. fails: thresholds that it must not pass. train: further overrides of conf/train.yaml,
    which make it a run of its own; damage: a break of the trained model's verbs, which costs no training.
    shows: what its own figures must be, so that it counts as broken enough to tell anything.
    """

    why: str
    fails: tuple[str, ...]
    train: tuple[str, ...] = ()
    damage: Break | None = None
    shows: Mapping[str, Threshold] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """model: the file's name. claim: what must be seen. train: overrides of conf/train.yaml. seed: of the faces."""

    model: str
    claim: str
    train: tuple[str, ...]
    hallmark: Hallmark
    thresholds: Mapping[str, Threshold]
    broken: Mapping[str, Broken]
    seed: int
    node: Mapping[str, Any]

    def variant(self, name: str) -> Broken:
        """The broken variant of this name. Raises UserError for an unknown one."""
        if name not in self.broken:
            raise UserError(f"broken={name}: {self.model} can be broken by: {', '.join(self.broken) or 'nothing'}.")
        return self.broken[name]


def hallmark_names() -> list[str]:
    """The systems that have a hallmark."""
    return sorted(path.stem for path in (conf_dir() / "hallmark").glob("*.yaml"))


def compose_hallmark(model: str, overrides: tuple[str, ...] = ()) -> Config:
    """conf/hallmark.yaml with a system's file and overrides. Raises UserError for a system without one."""
    if model not in hallmark_names():
        raise UserError(f"no hallmark for {model!r}; there are: {', '.join(hallmark_names())}.")
    return compose_config("hallmark", [f"hallmark={model}", *overrides])


def read_plan(model: str, node: Config) -> Plan:
    """A plan out of the node `hallmark` of a config. Raises UserError for what cannot be read."""
    wanted = {"claim", "train", "check", "seed", "thresholds", "broken"}
    if set(node) != wanted:
        raise UserError(f"conf/hallmark/{model}.yaml must hold exactly {', '.join(sorted(wanted))}.")
    thresholds = read_thresholds(node["thresholds"])
    return Plan(
        model=model,
        claim=str(node["claim"]),
        train=tuple(node["train"]),
        hallmark=build(node["check"], "hallmark"),
        thresholds=thresholds,
        broken={name: _broken(name, values, thresholds) for name, values in node["broken"].items()},
        seed=int(node["seed"]),
        node=node,
    )


def _broken(name: str, node: Config, thresholds: Mapping[str, Threshold]) -> Broken:
    where, fails = f"hallmark.broken.{name}", tuple(node.get("fails", ()))
    if unknown := set(node) - {"why", "fails", "train", "damage", "shows"}:
        raise UserError(f"{where}: unknown {sorted(unknown)}; it may hold why, fails, train, damage and shows.")
    if not fails or set(fails) - set(thresholds):
        raise UserError(f"{where}.fails={list(fails)} must name some of the thresholds {list(thresholds)}.")
    damage = build(node["damage"], "hallmark") if node.get("damage") else None
    shows = read_thresholds(node.get("shows", {}), where=f"{where}.shows")
    return Broken(why=str(node["why"]), fails=fails, train=tuple(node.get("train", ())), damage=damage, shows=shows)
