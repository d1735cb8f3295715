"""`facegan judges`: makes the judges of a data set, once, and prints what each is worth."""

import argparse
import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import torch
from rich import box
from rich.console import Console
from rich.table import Table

from facegan.assemble import make_source
from facegan.cli.evaluate import origin_of
from facegan.config import Config, compose_config
from facegan.data.source import FaceSource
from facegan.data.twinfaces import TwinFaces
from facegan.errors import UserError
from facegan.evaluation.embedders import find_embedder
from facegan.evaluation.judge_cache import find_judge, judge_folder
from facegan.evaluation.judge_data import Splits
from facegan.evaluation.judges import TRUSTED, Judge
from facegan.evaluation.tables import trusted
from facegan.evaluation.witnesses import find_panel, find_second

EXAMPLES = """examples:
  facegan judges                                             both judges of glasses on TwinFaces at 64 pixels
  facegan judges 'attributes=[Eyeglasses,Smiling]' image_size=32
  facegan judges data=celeba data.root=FOLDER 'attributes=[Smiling]'
  facegan judges all=true                                    the panel of many attributes and the embedder too
  facegan judges judge=onnx judge.path=FILE 'judge.outputs={Eyeglasses: 0}'
  facegan judges --json                                      for a program to read

A judge is trained when it is first asked for, and kept in $FACEGAN_CACHE/judges (or ~/.cache/facegan/judges)."""

WIDE = 160
Card = Mapping[str, Any]


def main(argv: list[str]) -> int:
    """Makes them and prints their cards; returns 0."""
    parser = argparse.ArgumentParser(
        prog="facegan judges", description="Make the judges of a data set, and print what each is worth.",
        epilog=EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    parser.add_argument("overrides", nargs="*", metavar="KEY=VALUE", help="Hydra overrides of conf/judges.yaml")
    parser.add_argument("--json", action="store_true", help="print the cards as JSON")
    chosen = parser.parse_intermixed_args(argv)
    found = list(cards(compose_config("judges", chosen.overrides)))
    if chosen.json:
        print(json.dumps(found, indent=2))
    else:
        show(found)
    return 0


def cards(wish: Config) -> Iterator[Card]:
    """A card for each judge. Raises UserError for attributes that the data set does not label."""
    if wish["threads"]:
        torch.set_num_threads(wish["threads"])
    origin, splits, attributes = origin_of(wish), splits_of(wish), attributes_of(wish["attributes"])
    protocol = "twinfaces" if isinstance(splits("test"), TwinFaces) else "photos"
    yield card("judge", origin.find(splits, attributes), protocol)
    yield card("second judge", find_second(splits, attributes), protocol)
    yield card("selection judge", find_judge(splits, attributes, "selection"), protocol)
    if wish["all"]:
        yield card("panel", find_panel(splits, attributes), protocol)
        if embedder := find_embedder(splits("test")):
            yield {"judge": "embedder", **embedder.facts()}


def splits_of(wish: Config) -> Splits:
    """The data set by the name of its split. Of TwinFaces one face is enough: judges draw their own."""
    size = wish["image_size"]
    if type(size) is not int:
        raise UserError(f"image_size={size}: a whole number is needed.")

    @cache
    def split(name: str) -> FaceSource:
        return make_source({**wish, "data": {**wish["data"], "image_size": size}}, name)

    return split


def attributes_of(wish: Any) -> tuple[str, ...]:
    """One attribute or several. Raises UserError for none."""
    names = (wish,) if isinstance(wish, str) else tuple(wish or ())
    if not names:
        raise UserError("attributes=: name one at least, such as attributes=[Eyeglasses].")
    return names


def card(name: str, judge: Judge, protocol: str) -> Card:
    """What a judge is worth. trusted: by attribute, whether its tables need no warning."""
    enough = {attribute: trusted(one, protocol) for attribute, one in judge.accuracy.items()}
    return {"judge": name, **judge.facts(), "least": TRUSTED[protocol], "trusted": enough}


def show(found: list[Card]) -> None:
    """For people."""
    console, table = Console(), Table(box=box.SIMPLE_HEAD, pad_edge=False)
    if not console.is_terminal:  # a file folds no lines
        console = Console(width=WIDE)
    for title in ("judge", "attribute", "balanced", "sensitivity", "specificity", "TP", "FN", "TN", "FP", ""):
        table.add_column(title, justify="left" if title in ("judge", "attribute", "") else "right")
    for one in found:
        for row in rows(one):
            table.add_row(*row)
    console.print(table)
    for one in found:
        version = f" (v{one['version']})" if "version" in one else ""
        weights = f", checksum of its weights {one['checksum']}" if "checksum" in one else ""
        console.print(f"{one['judge']}: {one['key']}{version}{weights}", highlight=False)
    console.print(f"kept in {judge_folder()}", highlight=False, soft_wrap=True)


def rows(one: Card) -> Iterator[tuple[str, ...]]:
    """A line for each attribute; an embedder has one figure only."""
    if not isinstance(one["accuracy"], Mapping):
        yield (one["judge"], "persons", f"{100 * one['accuracy']:.1f} %", *[""] * 6, "")
        return
    for attribute, accuracy in one["accuracy"].items():
        shares = (f"{100 * accuracy[name]:.1f} %" for name in ("balanced", "sensitivity", "specificity"))
        kinds = ("true_positives", "false_negatives", "true_negatives", "false_positives")
        weak = "" if one["trusted"][attribute] else f"weak: below {100 * one['least']:.0f} %"
        yield (one["judge"], attribute, *shares, *(str(accuracy["confusion"][kind]) for kind in kinds), weak)
