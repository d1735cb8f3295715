"""What people chose: a line of JSON each, never changed, only followed by a later one."""

import json
import os
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from facegan.apps.blind.pairs import Pair
from facegan.errors import UserError
from facegan.files import write_text

Side = Literal["left", "right", "same"]
Choice = Literal["first", "second", "same"]
SIDES: tuple[Side, ...] = ("left", "right", "same")


class Choices:
    """The choices of one person among many, in `choices.jsonl`; what others chose stays.

    session: what the choices are about; a folder that holds choices about something else is refused by UserError.
    """

    def __init__(self, folder: Path, session: Mapping[str, Any], *, who: str) -> None:
        self.path, self.who = folder / "choices.jsonl", who
        about = folder / "session.json"
        try:
            if about.is_file() and json.loads(about.read_text(encoding="utf-8")) != dict(session):
                raise UserError(f"out={folder} holds choices about other edits or with another seed; choose another.")
        except json.JSONDecodeError as error:
            raise UserError(f"{about} is damaged ({error}).") from error
        write_text(about, json.dumps(dict(session), indent=2) + "\n")

    def add(self, pair: Pair, side: Side | None) -> None:
        """One more choice; None takes the person's last one of this pair back."""
        swap: dict[Side, Choice] = {"left": "second", "right": "first", "same": "same"}
        plain: dict[Side, Choice] = {"left": "first", "right": "second", "same": "same"}
        choice = None if side is None else (swap if pair.swapped else plain)[side]
        self._mend()
        with open(self.path, "a", encoding="utf-8") as file:
            file.write(json.dumps({"who": self.who, "pair": pair.id, "choice": choice, "side": side}) + "\n")

    def _mend(self) -> None:
        """Takes away a last line that was cut off, or the next one would be glued to it."""
        if self.path.is_file():
            content = self.path.read_bytes()
            whole = content.rfind(b"\n") + 1
            if whole < len(content):
                os.truncate(self.path, whole)

    def mine(self) -> dict[str, Choice]:
        """By pair, in the order in which they were made."""
        return self.by_person().get(self.who, {})

    def by_person(self) -> dict[str, dict[str, Choice]]:
        """By person and pair. Raises UserError for a line that is none; a last one that was cut off is left out."""
        found: dict[str, dict[str, Choice]] = {}
        lines = self.path.read_text(encoding="utf-8").split("\n") if self.path.is_file() else []
        for line in lines[:-1]:  # every whole line ends
            try:
                values = json.loads(line)
                mine = found.setdefault(values["who"], {})
                mine.pop(values["pair"], None)
                if values["choice"] is not None:
                    mine[values["pair"]] = values["choice"]
            except (json.JSONDecodeError, KeyError, TypeError) as error:
                raise UserError(f"{self.path}: a line is damaged: {line[:60]!r}.") from error
        return found


def majority(people: Sequence[Mapping[str, Choice]]) -> dict[str, Choice]:
    """By pair, what most people chose; where as many chose either run, the two are the same."""
    votes: dict[str, Counter[Choice]] = {}
    for choices in people:
        for pair, choice in choices.items():
            votes.setdefault(pair, Counter())[choice] += 1
    return {pair: _winner(counts) for pair, counts in votes.items()}


def _winner(counts: Counter[Choice]) -> Choice:
    ((choice, most),) = counts.most_common(1)
    return choice if sum(count == most for count in counts.values()) == 1 else "same"
