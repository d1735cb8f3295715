"""`facegan list`: what there is to choose from, read from conf/ and the classes that it names."""

import argparse
import importlib
import inspect
import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import torch
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from facegan.assemble import make_model
from facegan.cli.markdown import page, replace_made
from facegan.config import allowed, compose_config, conf_dir, read_yaml
from facegan.errors import UserError
from facegan.networks.contracts import encodes

EXAMPLES = """examples:
  facegan list models          their papers, verbs, parts and parameter counts (at 64 pixels)
  facegan list parts           encoders, decoders, discriminators ... and their settings
  facegan list losses --json   for a program to read
  facegan list models --markdown docs/models.md   brings the page up to date; without a file it is printed

What is listed under a group is chosen by its name: facegan train encoder=residual loss/adversarial=hinge"""

IMAGE_SIZE = 64
Row = dict[str, Any]


def main(argv: list[str]) -> int:
    """Lists; returns 0."""
    parser = argparse.ArgumentParser(
        prog="facegan list", description="List what there is to choose from.", epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    parser.add_argument("kind", choices=KINDS, metavar="{" + ",".join(KINDS) + "}")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument("--markdown", nargs="?", const="", metavar="FILE", help="models: as tables, or into a page")
    chosen = parser.parse_args(argv)
    if chosen.markdown is not None and chosen.kind != "models":
        parser.error("--markdown is for models")
    rows = list(KINDS[chosen.kind]())
    if chosen.markdown is not None:
        write_page(rows, chosen.markdown)
    elif chosen.json:
        print(json.dumps(rows, indent=2, default=str))
    else:
        show(rows, chosen.kind)
    return 0


def write_page(rows: list[Row], path: str) -> None:
    """Prints the models as Markdown, or puts them between the markers of a page."""
    groups = {group for row in rows for group in row["takes"]}
    made = page(
        rows, {group: [option.stem for option in options(group.partition("@")[0])] for group in groups}, IMAGE_SIZE
    )
    if path:
        Path(path).write_text(replace_made(Path(path), made), encoding="utf-8")
    else:
        print(made)


def models() -> Iterator[Row]:
    """Every model as it is built at 64 pixels."""
    for path in options("model"):
        config = compose_config("train", [f"model={path.stem}"])
        attributes = tuple(config["attributes"])
        with torch.device("meta"):  # nothing is computed: only the shapes are of interest
            model = make_model(config, image_size=IMAGE_SIZE, attributes=attributes)
        counts = {name: sum(p.numel() for p in part.parameters()) for name, part in model.parts.items()}
        yield {
            "name": path.stem, "description": description(path) or summary(type(model)), "paper": model.paper,
            "verbs": list(model.verbs), "attributes": list(attributes),
            "parts": {name: count for name, count in counts.items() if count}, "parameters": sum(counts.values()),
            "takes": takes(path), "weighs_faces": model.weighs_faces,
            "codes": list(model.code_names) if any(encodes(part) for part in model.parts.values()) else [],
        }  # fmt: skip


def takes(path: Path) -> dict[str, str]:
    """Group -> option of what a model's file chooses for places in the model, and the files that it builds on."""
    found: dict[str, str] = {}
    for entry in read_yaml(path).get("defaults", []):
        if isinstance(entry, dict):
            found |= {key.removeprefix("override ").lstrip("/"): value for key, value in entry.items()}
        elif entry != "_self_":
            found |= takes(path.with_name(f"{Path(entry).name}.yaml"))
    return {group: name for group, name in found.items() if group != "optimizer"}


def parts() -> Iterator[Row]:
    """Every option of a group that fills a part's place in a model."""
    for path in options("*"):
        if package(path).startswith("model."):
            yield component(path)


def losses() -> Iterator[Row]:
    """Every loss."""
    for path in options("loss/*"):
        yield component(path)


def data() -> Iterator[Row]:
    """Every data set."""
    for path in options("data"):
        yield component(path)


def experiments() -> Iterator[Row]:
    """Every experiment, with what it chooses and changes."""
    for path in options("experiment"):
        values = read_yaml(path)
        chosen = [entry for entry in values.pop("defaults", []) if isinstance(entry, dict)]
        choices = {k.removeprefix("override ").lstrip("/"): v for entry in chosen for k, v in entry.items()}
        yield {"name": path.stem, "description": description(path), "choices": choices, "settings": values}


KINDS: Mapping[str, Callable[[], Iterator[Row]]] = {
    "models": models, "parts": parts, "losses": losses, "data": data, "experiments": experiments,
}  # fmt: skip


def options(group: str) -> list[Path]:
    """The files of a group of conf/, or of all groups that a pattern names."""
    return sorted(conf_dir().glob(f"{group}/*.yaml"))


def component(path: Path) -> Row:
    """An option that names one class: its settings are the signature's defaults, changed by what the file says."""
    values = read_yaml(path)
    values = values if "_target_" in values else next(v for v in values.values() if "_target_" in v)
    kind = class_named(values["_target_"])
    own = {key: value for key, value in values.items() if not key.startswith("_")}
    return {
        "group": path.parent.relative_to(conf_dir()).as_posix(), "name": path.stem,
        "description": description(path) or summary(kind), "class": values["_target_"],
        "settings": {**defaults(kind), **own},
    }  # fmt: skip


def class_named(target: str) -> type:
    """The class of a `_target_`. Raises UserError where it is none of this package's components."""
    if target not in allowed("model") | allowed("data"):
        raise UserError(f"conf/ names {target!r}, which is no component of facegan.")
    module, _, name = target.rpartition(".")
    found: type = getattr(importlib.import_module(module), name)
    return found


def defaults(kind: type) -> dict[str, Any]:
    """The settings that a signature has a default for, as plain data."""
    parameters = inspect.signature(kind).parameters.values()
    found = {p.name: p.default for p in parameters if p.default is not inspect.Parameter.empty}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in found.items()}


def description(path: Path) -> str:
    """The first comment of a file, which says what is special about it, as one line."""
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("# @package")]
    comment = []
    for line in lines:
        if not line.startswith("#"):
            break
        comment.append(line.lstrip("# "))
    return " ".join(comment)


def summary(kind: type) -> str:
    """The first paragraph of a class's docstring, as one line."""
    return " ".join((inspect.getdoc(kind) or "").partition("\n\n")[0].split())


def package(path: Path) -> str:
    """Where in a config an option goes, by its first line; empty where it goes to its group."""
    return path.read_text(encoding="utf-8").partition("\n")[0].removeprefix("# @package ").strip()


def show(rows: list[Row], kind: str) -> None:
    """For people: names on the left, what there is to say of them on the right."""
    if not rows:
        print(f"there are no {kind} yet.")
        return
    table = Table.grid(padding=(0, 2, 1, 0))
    table.add_column(no_wrap=True, style="bold")
    table.add_column(overflow="fold")
    for row in rows:
        details = {key: value for key, value in row.items() if key not in ("group", "name", "description")}
        lines = [row["description"], *(f"{key}: {text(value)}" for key, value in details.items() if value)]
        name = f"{row['group']}={row['name']}" if "group" in row else row["name"]
        table.add_row(escape(name), escape("\n".join(lines)))
    Console(highlight=False).print(table)


def text(value: Any) -> str:
    """A value on one line, as the command line takes it."""
    if isinstance(value, dict):
        return ", ".join(f"{key}={text(inner)}" for key, inner in value.items())
    if isinstance(value, list | tuple):
        return f"[{','.join(text(inner) for inner in value)}]"
    if value is None or isinstance(value, bool):
        return "null" if value is None else str(value).lower()
    return str(value)
