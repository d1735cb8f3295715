"""What an outsider states of a system: without it a number in a table means nothing."""

import json
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from facegan.errors import UserError

ENTRY = "entry.json"
EXAMPLE = {
    "system": "MyGAN",
    "training_data": "which faces it learned from, how many, and with which labels",
    "budget": "training images or steps, hours, and the machine",
    "ran_by": "who made the pictures, and when",
    "uses_exemplars": False,
    "seed": 0,
    "notes": "",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """system: the name in tables; several seeds of one system share it. training_data, budget, ran_by: in words.

    uses_exemplars: whether an edit that adds was to look like the exemplar; it decides against which twin it is held.
    seed: of the training, to tell several runs of one system apart.
    """

    system: str
    training_data: str
    budget: str
    ran_by: str
    uses_exemplars: bool
    seed: int = 0
    notes: str = ""

    def __post_init__(self) -> None:
        texts = ("system", "training_data", "budget", "ran_by")
        if empty := [name for name in texts if not str(getattr(self, name)).strip()]:
            raise UserError(f"{ENTRY}: {empty[0]!r} is empty; it must be stated.")
        if untouched := [name for name in texts[1:] if getattr(self, name) == EXAMPLE[name]]:
            raise UserError(f"{ENTRY}: {untouched[0]!r} still says what the example says; state your own.")

    def facts(self) -> dict[str, Any]:
        """As plain values."""
        return asdict(self)


def read_entry(folder: Path) -> Entry:
    """The entry file of a folder of edits. Raises UserError where it is missing, or does not state what it must."""
    path = folder / ENTRY
    if not path.is_file():
        raise UserError(f"{path} is missing: an entry states {', '.join(EXAMPLE)}; the export has an example.")
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except json.JSONDecodeError as error:
        raise UserError(f"{path} is no JSON ({error}).") from error
    if not isinstance(found, dict):
        raise UserError(f"{path}: an object with {', '.join(EXAMPLE)} is wanted.")
    known = {field.name: field.type for field in fields(Entry)}
    if missing := [name for name in known if name not in found and name not in ("seed", "notes")]:
        raise UserError(f"{path} does not state {', '.join(missing)}.")
    if foreign := [name for name in found if name not in known]:
        raise UserError(f"{path}: unknown {foreign[0]!r}; there are: {', '.join(known)}.")
    if wrong := [name for name, value in found.items() if type(value) is not known[name]]:
        kind = getattr(known[wrong[0]], "__name__", known[wrong[0]])
        raise UserError(f"{path}: {wrong[0]!r} must be a {kind}, not {found[wrong[0]]!r}.")
    return Entry(**found)
