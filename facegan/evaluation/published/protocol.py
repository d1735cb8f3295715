"""What a published protocol is, and what it finds: figures with their n, and in what it was not as published.

Such a protocol is a scale of its own. Its results have neither judges nor lines of this project, and stand in no
leaderboard.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import torch
from rich import box
from rich.console import Console
from rich.table import Table

from facegan.errors import UserError
from facegan.evaluation.judge_data import Splits
from facegan.files import as_json, write_text
from facegan.models.base import Model

FORMAT = 1
MEAN = "mean"  # in place of an attribute
Tick = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One number. measure: one of the protocol's own; row: an attribute, MEAN or `faces`. count: faces behind it."""

    measure: str
    row: str
    value: float
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """deviations: in what this was not the published protocol, in words. details: who looked, as plain values."""

    figures: tuple[Figure, ...]
    deviations: tuple[str, ...]
    details: Mapping[str, Any] = field(default_factory=dict)

    def value(self, measure: str, row: str) -> float:
        """A figure; NaN where there is none."""
        return next((f.value for f in self.figures if (f.measure, f.row) == (measure, row)), float("nan"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Published(ABC):
    """A protocol with its settings, which are the fields of a subclass; their published values stand in
    conf/evaluation.

    source: who published it, and whether a paper, its code or a report by others is followed. heads: how its measures
    are called in tables. digits: behind the point. photographs: whether faces that are drawn cannot be asked about.
    """

    name: ClassVar[str]
    version: ClassVar[int]
    source: ClassVar[str]
    heads: ClassVar[Mapping[str, str]]
    digits: ClassVar[Mapping[str, int]] = {}
    photographs: ClassVar[bool] = True

    faces: int
    chunk: int

    def __post_init__(self) -> None:
        for name in ("faces", "chunk"):
            if (value := getattr(self, name)) < 1:
                raise UserError(f"{name}={value}: at least 1 is needed.")

    @abstractmethod
    def check(self, model: Model) -> None:
        """Raises UserError for a model that it cannot be asked of, before anything is made."""

    @abstractmethod
    def find(self, model: Model, splits: Splits, tick: Tick) -> Found:
        """Measures a model. splits: the data set by the name of its split."""

    def measure(self, model: Model, splits: Splits, *, tick: Tick = lambda done, total: None) -> Found:
        """Measures a model, and leaves its modes and the random numbers alone. Raises UserError as `check` does."""
        self.check(model)
        with torch.random.fork_rng(devices=range(torch.cuda.device_count())), torch.no_grad():
            return self.find(model, splits, tick)


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """A run under a published protocol. source: who published it. settings: what was asked. training: what made it."""

    protocol: str
    version: int
    source: str
    run: str
    model: str
    data: str
    image_size: int
    settings: Mapping[str, Any]
    figures: tuple[Figure, ...]
    deviations: tuple[str, ...]
    training: Mapping[str, Any] = field(default_factory=dict)
    details: Mapping[str, Any] = field(default_factory=dict)


def write_result(path: Path, result: Result) -> None:
    """One JSON file, written whole; what could not be measured is null."""
    write_text(path, as_json({"format": FORMAT, **asdict(result)}))


def print_result(result: Result, protocol: Published, console: Console) -> None:
    """The table on a terminal: a row an attribute, a column a measure, and what was not as published."""
    console.print(
        f"{result.model} on {result.data}, {result.image_size} pixels, published protocol {result.protocol} "
        f"v{result.version}: {result.source}"
    )
    console.print(_table(result.figures, protocol))
    for line in result.deviations:
        console.print(f"[bold yellow]Not as published: {line}[/]", highlight=False)
    if not result.deviations:
        console.print("As published.")


def _table(figures: Sequence[Figure], protocol: Published) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("")
    for head in protocol.heads.values():
        table.add_column(head, justify="right")
    at = {(figure.row, figure.measure): figure for figure in figures}
    for row in dict.fromkeys(figure.row for figure in figures):
        cells = (_shown(at.get((row, name)), protocol.digits.get(name, 3)) for name in protocol.heads)
        table.add_row(row, *cells, style="bold" if row == MEAN else None)
    return table


def _shown(figure: Figure | None, digits: int) -> str:
    if figure is None or figure.value != figure.value:
        return "–"
    return f"{figure.value:.{digits}f} ({figure.count:,})"
