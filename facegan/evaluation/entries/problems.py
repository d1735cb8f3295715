"""What is wrong with many files: a line for each kind of problem, with how many and which."""

import sys
from collections.abc import Sequence

from facegan.errors import UserError

NAMED = 5  # files of a line


class Problems:
    """Collects what is wrong. about: what was looked at."""

    def __init__(self, about: str) -> None:
        self.about = about
        self.lines: list[str] = []

    def add(self, kind: str, names: Sequence[str]) -> None:
        """Notes files of one kind of problem; none is no problem."""
        if names:
            more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
            self.lines.append(f"{len(names)} {kind}: {', '.join(sorted(names)[:NAMED])}{more}")

    def raise_any(self, advice: str) -> None:
        """Raises UserError where anything was noted, after printing a line for each kind on stderr."""
        if not self.lines:
            return
        for line in self.lines:
            print(f"facegan: {line}", file=sys.stderr)
        raise UserError(f"{self.about} cannot be used. {advice}")
