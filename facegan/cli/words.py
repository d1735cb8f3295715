"""The words of a command line that are no Hydra overrides: paths, settings and attributes."""

import argparse
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from facegan.errors import UserError


class Settings(dict[str, Any]):
    """The settings of a command with their defaults, whose types decide how a word is read; None reads text."""


@dataclass(frozen=True, kw_only=True)
class Words:
    """bare: the words without `=`. settings: every setting with its value. others: NAME=number."""

    bare: list[str]
    settings: dict[str, Any]
    others: dict[str, float]


def parse_words(
    argv: Sequence[str], settings: Settings, *, command: str, does: str, examples: str, metavar: str
) -> Words:
    """The words of `facegan COMMAND`, which needs a run; answers --help. Raises as `split_words`, and without a run."""
    parser = argparse.ArgumentParser(
        prog=f"facegan {command}", description=does, epilog=examples,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    parser.add_argument("words", nargs="+", metavar=metavar, help="see below")
    words = split_words(parser.parse_args(argv).words, settings)
    if words.settings["run"] is None:
        raise UserError("which run? Give run=FOLDER, such as run=runs/quickstart-s0.")
    return words


def asked_name(request: Mapping[str, float], *more: str) -> str:
    """A request as part of a file's name: Smiling1-Young0."""
    return re.sub(r"[^\w.-]+", "_", "-".join([*(f"{name}{value:g}" for name, value in request.items()), *more]))


def split_words(words: Sequence[str], settings: Settings) -> Words:
    """Tells the words apart; one that is the path of something, `=` or not, is a path.

    Raises UserError for a value that is no number where one is wanted.
    """
    bare, chosen, others = [], dict(settings), {}
    for word in words:
        key, equals, value = word.partition("=")
        if not equals or Path(word).exists():
            bare.append(word)
        elif key in settings:
            chosen[key] = value if settings[key] is None else _read(key, value, type(settings[key]))
        else:
            others[key] = _read(key, value, float)
    return Words(bare=bare, settings=chosen, others=others)


def _read(key: str, value: str, kind: type) -> Any:
    try:
        return kind(value)
    except ValueError as error:
        raise UserError(f"{key}={value}: a {'whole ' if kind is int else ''}number is wanted.") from error


def opted_in(settings: Mapping[str, Any]) -> tuple[str, ...]:
    """The packages of `plugins=one,other`, also where they are written as Hydra's lists are."""
    names = (settings["plugins"] or "").strip("[]").split(",")
    return tuple(name.strip() for name in names if name.strip())


def number(key: str, value: str | None) -> float | None:
    """A setting that is a number where it is given. Raises UserError for anything else."""
    return None if value is None else float(_read(key, value, float))


def flag(key: str, value: str | None) -> bool:
    """A setting that is true or false, false where it is not given. Raises UserError for anything else."""
    if value not in (None, "true", "false"):
        raise UserError(f"{key}={value}: true or false is wanted.")
    return value == "true"
