"""The words of a command line that are no Hydra overrides: paths, settings and attributes."""

from collections.abc import Sequence
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
        raise UserError(f"{key}={value}: a number is wanted.") from error
