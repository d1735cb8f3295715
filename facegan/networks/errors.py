"""The one error that a part raises when it cannot be built."""

from __future__ import annotations

from facegan.errors import UserError


class PartError(UserError):
    """A part cannot be built from these facts: one line that names what does not fit, and what would."""


def choose(part: str, option: str, value: str, choices: tuple[str, ...]) -> str:
    """Return `value`, or raise `PartError` when it is none of `choices`."""
    if value not in choices:
        raise PartError(f"{part}: {option} is {value!r}; it can be {', '.join(choices)}")
    return value
