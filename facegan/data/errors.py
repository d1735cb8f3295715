"""What a data set that cannot be used raises: one line that says what is wrong, how often, and what to do."""

from collections.abc import Sequence

from facegan.errors import UserError


class DataError(UserError):
    """Photographs or labels that cannot be used as they are."""


def some(names: Sequence[str], *, limit: int = 3) -> str:
    """The first few names of a longer list, for a one-line message."""
    rest = len(names) - limit
    return ", ".join(names[:limit]) + (f" and {rest} more" if rest > 0 else "")
