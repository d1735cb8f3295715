"""What an evaluation found, as plain values: one JSON file."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from facegan.evaluation.asking import Request
from facegan.evaluation.judges import VERSION, Accuracy, Judge
from facegan.evaluation.measures.ratio import Ratio
from facegan.evaluation.values import Key
from facegan.files import as_json, write_text

FORMAT = 1

# The lines of a table: what is measured, and what it is read against; in full, and where there is little room.
LINES = {
    "model": "the model's answer",
    "paper": "the edit at its paper's strength",
    "nothing": "doing nothing",
    "median": "style-blind median",
    "random": "perfect edit, random style",
    "floor": "reconstruction of the true twin",
    "real": "real faces with the wanted value",
    "same": "the same person, another picture",
    "other": "another person",
    "bicubic": "bicubic interpolation",
    "agreeing": "the model's answer, brought to agree with the small face (invention 1)",
    "mean": "the answer of the mean that the model keeps (invention 0)",
}
SHORT = {
    "model": "model",
    "paper": "paper",
    "nothing": "nothing",
    "median": "median",
    "random": "random",
    "floor": "floor",
    "real": "real",
    "same": "same person",
    "other": "other person",
    "bicubic": "bicubic",
    "agreeing": "agreeing",
    "mean": "mean",
}


Details = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One number. measure: a key of `measures.ABOUT`; line: a key of LINES; count: the faces behind it.

    attribute: what is edited; `faces` where they are made large and nothing is edited.
    """

    measure: str
    attribute: str
    direction: Request
    line: str
    value: float
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """A run under one protocol. Results of different protocols or versions never share a table.

    training: what made the system: for a run its `system` (a hash of its config), `seed` and `images`; for an entry
    from elsewhere what it states of itself.
    attributes: those that are edited. judge: empty, as its accuracy, where no verdict is asked for.
    details: more than figures can say, as plain values: who else witnessed (`panel`, `embedder`, `lpips`), the
    `matrices` of entanglement and the `curves` of strength; of faces made large the `scale` and the `degradation`.
    """

    protocol: str
    version: int
    run: str
    model: str
    data: str
    image_size: int
    attributes: tuple[str, ...]
    seed: int
    faces: int
    figures: tuple[Figure, ...]
    warnings: tuple[str, ...]
    judge: str = ""
    judge_version: int = 0
    judge_accuracy: Mapping[str, Accuracy] = field(default_factory=dict)
    training: Mapping[str, Any] = field(default_factory=dict)
    details: Details = field(default_factory=dict)

    @property
    def requests(self) -> tuple[tuple[str, Request], ...]:
        """What was asked, as attribute and direction, in the order of the figures."""
        return tuple(dict.fromkeys((figure.attribute, figure.direction) for figure in self.figures))

    def value(self, measure: str, attribute: str, direction: Request, line: str = "model") -> Figure | None:
        """One figure, None where the protocol or the model has no such thing."""
        wanted = (measure, attribute, direction, line)
        return next((f for f in self.figures if (f.measure, f.attribute, f.direction, f.line) == wanted), None)


class Tally:
    """Ratios of one attribute and direction, chunk by chunk, by measure and line."""

    def __init__(self, attribute: str, direction: Request) -> None:
        self.attribute, self.direction = attribute, direction
        self._parts: dict[tuple[str, str], list[Ratio]] = {}
        self._ranks: dict[str, list[Tensor]] = {}
        self._wholes: list[Figure] = []
        self._kept: dict[tuple[str, str], list[Tensor]] = {}

    def add(self, measure: str, line: str, ratio: Ratio) -> None:
        """A chunk's faces."""
        self._parts.setdefault((measure, line), []).append(ratio)

    def add_whole(self, measure: str, line: str, value: float, count: int) -> None:
        """A figure of all faces at once."""
        self._wholes.append(
            Figure(
                measure=measure,
                attribute=self.attribute,
                direction=self.direction,
                line=line,
                value=value,
                count=count,
            )
        )

    def keep(self, name: str, line: str, values: Tensor) -> None:
        """A chunk's values, N x ..., for figures of all faces at once."""
        self._kept.setdefault((name, line), []).append(values)

    def kept(self, name: str) -> dict[str, Tensor]:
        """All that was kept under a name, by line."""
        return {line: torch.cat(parts) for (kind, line), parts in self._kept.items() if kind == name}

    def rank(self, name: str, badness: Tensor) -> None:
        """A chunk's place in a ranking of the model's edits: a figure per face, lower is better."""
        self._ranks.setdefault(name, []).append(badness)

    def rankings(self) -> dict[str, Tensor]:
        """The badness of all faces so far, by ranking."""
        return {name: torch.cat(parts) for name, parts in self._ranks.items()}

    def values(self) -> dict[Key, Ratio]:
        """The figures of every face, of the model alone."""
        found = ((measure, parts) for (measure, line), parts in self._parts.items() if line == "model")
        return {(self.attribute, self.direction, measure): Ratio.join(parts) for measure, parts in found}

    def figures(self) -> list[Figure]:
        """The numbers, in the order in which they were first added."""
        return [*(self._figure(measure, line) for measure, line in self._parts), *self._wholes]

    def joined(self, measure: str, line: str) -> Ratio:
        """The faces so far."""
        return Ratio.join(self._parts[measure, line])

    def lines(self, measure: str) -> list[str]:
        """The lines of which a measure has figures."""
        return [line for name, line in self._parts if name == measure]

    def _figure(self, measure: str, line: str) -> Figure:
        ratio = self.joined(measure, line)
        return Figure(
            measure=measure,
            attribute=self.attribute,
            direction=self.direction,
            line=line,
            value=ratio.pooled,
            count=ratio.count,
        )


def judge_facts(judge: Judge) -> dict[str, Any]:
    """What a result says of its judge."""
    return {"judge": judge.key, "judge_version": VERSION, "judge_accuracy": judge.accuracy}


def write_json(path: Path, result: Result) -> None:
    """The result as one JSON file, written whole; what could not be measured is null."""
    write_text(path, as_json({"format": FORMAT, **asdict(result)}))
