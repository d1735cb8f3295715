"""What a check of a hallmark found, in memory and as JSON."""

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from facegan.errors import UserError
from facegan.files import as_json, write_text
from facegan.hallmarks.thresholds import Threshold

FORMAT = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A figure and its threshold, None where it only informs. nothing: the same of the editor that does nothing."""

    name: str
    means: str
    unit: str
    value: float
    count: int
    lines: Mapping[str, float]
    nothing: float
    threshold: Threshold | None

    @property
    def passed(self) -> bool | None:
        """None without a threshold."""
        return None if self.threshold is None else self.threshold.passes(self.value)

    @property
    def caught(self) -> bool | None:
        """Whether the editor that does nothing fails here; None without a threshold."""
        return None if self.threshold is None else not self.threshold.passes(self.nothing)


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One check.

    broken: the variant's name, None for the system as it should be. fails: what the variant must not pass; shows: what
    its figures must be, for it to be broken enough.
    made_of: a hash of config and version; equal where a check need not be done again. cost: CPU and wall seconds of
    `train`, over all sessions, and of `check`. processor: what they were spent on, as far as speed hangs on it: "AMX",
    "AVX2", a graphics card's name; empty where nobody noted it. judges: key, version and balanced accuracies of each.
    """

    model: str
    claim: str
    broken: str | None
    why: str | None
    fails: tuple[str, ...]
    rows: tuple[Row, ...]
    seed: int
    training_seed: int
    images: int
    image_size: int
    train: tuple[str, ...]
    cost: Mapping[str, Mapping[str, float]]
    judges: tuple[Mapping[str, Any], ...]
    made_of: str
    facegan: str
    torch: str
    threads: int
    processor: str = ""
    shows: Mapping[str, Threshold] = field(default_factory=dict)

    @property
    def passed(self) -> bool:
        """A system passes every threshold, and the idle editor none; a broken one is noticed where it must be."""
        if self.broken is not None:
            return not self.unnoticed()
        return all(row.passed and row.caught for row in self.rows if row.threshold is not None)

    def unnoticed(self) -> list[str]:
        """Of a broken variant: the figures that should be bad, and are not."""
        shown = [row.name for row in self.rows if row.name in self.shows and not self.shows[row.name].passes(row.value)]
        return shown + [row.name for row in self.rows if row.name in self.fails and row.passed]


def write_result(path: Path, result: Result) -> None:
    """The result as one JSON file, written whole; what could not be measured is null."""
    content = {"format": FORMAT, "passed": result.passed, **asdict(result)}
    write_text(path, as_json(content, digits=6))


def read_result(path: Path) -> Result:
    """A result out of its file. Raises UserError where it is missing, damaged or of another format."""
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
        if values.pop("format") != FORMAT:
            raise UserError(f"{path} is of another format; check the hallmark again.")
        values.pop("passed")
        rows = tuple(_row(row) for row in values.pop("rows"))
        lists: dict[str, Any] = {name: tuple(values.pop(name)) for name in ("fails", "train", "judges")}
        shows = {name: Threshold(**node) for name, node in values.pop("shows", {}).items()}
        return Result(rows=rows, shows=shows, **lists, **values)
    except (OSError, KeyError, TypeError, json.JSONDecodeError) as error:
        raise UserError(f"{path} is no result of a hallmark ({error}).") from error


def _row(values: dict[str, Any]) -> Row:
    threshold = values.pop("threshold")
    known = {name: math.nan if values[name] is None else values[name] for name in ("value", "nothing")}
    lines = {name: math.nan if value is None else value for name, value in values["lines"].items()}
    return Row(**{**values, **known, "lines": lines}, threshold=Threshold(**threshold) if threshold else None)
