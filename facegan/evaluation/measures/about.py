"""What a reader of a table has to know of a measure."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """name: its key in the result file. unit: with its range. means, blind: what it says, and what it cannot see.

    better: `neither` for facts that are no merit. source: who made it.
    """

    name: str
    title: str
    unit: str
    better: Literal["lower", "higher", "neither"]
    means: str
    blind: str
    source: str = "This project."
