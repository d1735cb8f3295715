"""The run folder: everything that a run leaves behind, and all that another machine needs to use it."""

import json
import math
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from facegan.errors import UserError
from facegan.files import write_whole
from facegan.training.checkpoint import check_format

FORMAT = 1


class RunFolder:
    """config.yaml, run.json (format and facts), checkpoints, metrics, timing, samples, evaluation, report.

    broke.txt is there where training broke and has not been completed since; it says why.
    """

    def __init__(self, root: str | Path) -> None:
        self.root = Path(root)
        self.config, self.facts_file = self.root / "config.yaml", self.root / "run.json"
        self.last, self.best = self.root / "last.safetensors", self.root / "best.safetensors"
        self.metrics, self.timing = self.root / "metrics.jsonl", self.root / "timing.jsonl"
        self.broke = self.root / "broke.txt"
        self.samples, self.evaluation = self.root / "samples", self.root / "evaluation"

    def exists(self) -> bool:
        """Whether a run has begun here."""
        return self.facts_file.is_file()

    def begin(self, facts: Mapping[str, Any]) -> None:
        """Writes the facts that a config cannot know: image size, attribute names, the crop of the training photos."""
        content = json.dumps({"format": FORMAT, **facts}, indent=2)
        write_whole(self.facts_file, content.encode())

    def facts(self) -> dict[str, Any]:
        """The facts of a run. Raises UserError where this is no run folder, or one of a newer format."""
        if not self.exists():
            raise UserError(
                f"{self.root} is no run folder: run.json is missing. facegan train ... run=FOLDER makes one."
            )
        try:
            facts = json.loads(self.facts_file.read_text())
            check_format(facts.get("format", 0), FORMAT, self.facts_file)
        except (json.JSONDecodeError, AttributeError) as error:
            raise UserError(f"{self.facts_file} is damaged ({error}).") from error
        return dict(facts)

    def checkpoint(self) -> Path:
        """The checkpoint to use: the best one where one was chosen, else the last."""
        return self.best if self.best.is_file() else self.last


def append_line(path: Path, values: Mapping[str, Any]) -> None:
    """One more line of JSON."""
    with open(path, "a", encoding="utf-8") as file:
        file.write(json.dumps(values) + "\n")


def cpu_seconds(folder: RunFolder) -> float:
    """The processor's seconds of training, all threads; NaN where the run says nothing of it."""
    seconds = [line["cpu_seconds"] for line in read_lines(folder.timing) if "cpu_seconds" in line]
    return sum(seconds) if seconds else math.nan


def read_lines(path: Path) -> Iterator[dict[str, Any]]:
    """The lines of a JSON-lines file; none where it is missing, and without a last line that was cut off."""
    if path.is_file():
        for line in path.read_text().splitlines():
            try:
                yield json.loads(line)
            except json.JSONDecodeError:
                return


def truncate(path: Path, size: int) -> None:
    """Cuts a file back to what it was at a checkpoint."""
    if path.is_file() and path.stat().st_size >= size:
        os.truncate(path, size)
    elif size:
        raise UserError(
            f"{path} is missing or shorter, but the checkpoint says it held {size} bytes; start anew with resume=never."
        )
