"""What an evaluation is told."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from facegan.errors import UserError

OPTIMISED_FACES = 64
"""In each direction, for models whose edits are optimised and take seconds; unless more are asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """faces: in each direction. seed: of the test stream. line_faces: for figures that need many renders of each face.

    styles: of a library. chunk: faces at once. rows: of the edit grid.
    """

    faces: int
    seed: int
    line_faces: int = 256
    styles: int = 32
    chunk: int = 64
    rows: int = 6

    def __post_init__(self) -> None:
        for name in ("faces", "line_faces", "styles", "chunk", "rows"):
            if getattr(self, name) < 1:
                raise UserError(f"{name}={getattr(self, name)}: at least 1 is needed.")


def settings_of(config: Mapping[str, Any]) -> Settings:
    """The settings that a protocol's config has. Raises UserError for values that are no whole numbers."""
    values = {field.name: config[field.name] for field in fields(Settings) if field.name in config}
    if wrong := {name: value for name, value in values.items() if type(value) is not int}:
        raise UserError(f"{next(iter(wrong))}={next(iter(wrong.values()))}: a whole number is needed.")
    return Settings(**values)
