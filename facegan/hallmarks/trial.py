"""A trial: trains a system, or one of its broken variants, in a run folder, and checks its hallmark there."""

import copy
import hashlib
import json
import math
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch

import facegan
from facegan.assemble import differences, fast_bfloat16, open_model
from facegan.config import Config, compose_config, read_yaml
from facegan.errors import UserError
from facegan.evaluation.judges import VERSION
from facegan.files import write_whole
from facegan.hallmarks.base import Hallmark, Measured, Subject
from facegan.hallmarks.breaks import DoNothing
from facegan.hallmarks.plan import Plan, compose_hallmark, read_plan
from facegan.hallmarks.result import Result, Row, read_result, write_result
from facegan.models.base import Model
from facegan.training.checkpoint import read_checkpoint
from facegan.training.run_folder import RunFolder

Train = Callable[[Config, RunFolder], object]


class Trial:
    """One system, as it should be or broken, as a config of conf/hallmark.yaml describes it.

    result_file, picture_file: what a check leaves behind. A variant that is trained anew has a run folder of its own,
    one that is broken at its verbs lies in the folder of the system. Raises UserError for an unknown variant.
    """

    def __init__(self, model: str, overrides: Sequence[str] = ()) -> None:
        wish = compose_hallmark(model, tuple(overrides))
        self.plan: Plan = read_plan(model, wish["hallmark"])
        self.broken: str | None = wish["broken"]
        self.variant = None if self.broken is None else self.plan.variant(self.broken)
        own = () if self.variant is None else self.variant.train
        self.words = (*wish["always"], *self.plan.train, *own, *wish["train"])
        self.training = compose_config("train", self.words)
        self.folder = RunFolder(wish["run"] or f"runs/hallmark-{model}" + (f"-{self.broken}" if own else ""))
        stem = "hallmark" if self.broken is None or own else f"hallmark-{self.broken}"
        self.result_file, self.picture_file = self.folder.root / f"{stem}.json", self.folder.root / f"{stem}.png"

    def made_of(self) -> str:
        """A hash of all that a result follows from: version, plan, variant and the training's config."""
        free = {"run", "resume", "logger"}
        training = {key: value for key, value in self.training.items() if key not in free}
        node = {key: value for key, value in self.plan.node.items() if key != "broken"}
        own = None if self.variant is None else self.plan.node["broken"][self.broken]
        content = json.dumps([facegan.__version__, node, own, training], sort_keys=True, default=str)
        return hashlib.sha256(content.encode()).hexdigest()[:16]

    def done(self) -> Result | None:
        """The result that lies there already, if it is of this very config and newer than the checkpoint."""
        last = self.folder.last
        if not self.result_file.is_file() or not last.is_file():
            return None
        if self.result_file.stat().st_mtime < last.stat().st_mtime:
            return None
        try:
            result = read_result(self.result_file)
        except UserError:
            return None
        return result if result.made_of == self.made_of() else None

    def trained(self) -> bool:
        """Whether the run folder holds this very run, at its end."""
        if not (self.folder.exists() and self.folder.last.is_file()):
            return False
        clocks = read_checkpoint(self.folder.last)[1]["clocks"]
        wanted: int = self.training["trainer"]["images"]
        return clocks["images"] >= wanted and not differences(read_yaml(self.folder.config), self.training)

    def train(self, train: Train) -> None:
        """Trains to the end, or goes on where an earlier call stopped; nothing where all is done."""
        if not self.trained():
            with clocked(self.folder.root / "cost.json"):
                train(self.training, self.folder)

    def check(self) -> Result:
        """Measures the trained model and the editor that does nothing, and writes result and picture."""
        if threads := self.training["trainer"]["threads"]:
            torch.set_num_threads(threads)
        cpu, wall = time.process_time(), time.monotonic()
        model = open_model(self.folder)[0]
        idle = copy.deepcopy(model)
        DoNothing()(idle)
        if self.variant is not None and self.variant.damage:
            self.variant.damage(model)
        subject = Subject(model, seed=self.plan.seed)
        with torch.random.fork_rng(devices=[]), torch.no_grad():
            rows = rows_of(self.plan, subject, idle)
            picture = self.plan.hallmark.picture(subject)
        self.folder.root.mkdir(parents=True, exist_ok=True)
        picture.save(self.picture_file)
        spent = {"cpu": time.process_time() - cpu, "wall": time.monotonic() - wall}
        result = self._result(rows, subject, spent)
        write_result(self.result_file, result)
        return result

    def _result(self, rows: tuple[Row, ...], subject: Subject, spent: dict[str, float]) -> Result:
        return Result(
            model=self.plan.model,
            claim=self.plan.claim,
            broken=self.broken,
            why=None if self.variant is None else self.variant.why,
            fails=() if self.variant is None else self.variant.fails,
            shows={} if self.variant is None else self.variant.shows,
            rows=rows,
            seed=self.plan.seed,
            training_seed=self.training["seed"],
            images=self.training["trainer"]["images"],
            image_size=subject.image_size,
            train=self.words,
            cost={"train": read_cost(self.folder.root / "cost.json"), "check": spent},
            judges=tuple(_judges(subject)),
            made_of=self.made_of(),
            facegan=facegan.__version__,
            torch=torch.__version__,
            threads=torch.get_num_threads(),
            processor=processor(),
        )


def processor() -> str:
    """What this machine computes with, as in `Result`."""
    if torch.cuda.is_available():
        return torch.cuda.get_device_name()
    return "AMX" if fast_bfloat16() else torch.backends.cpu.get_cpu_capability()


def rows_of(plan: Plan, subject: Subject, idle: Model) -> tuple[Row, ...]:
    """The figures of a subject, and of the editor that does nothing, beside their thresholds.

    Raises UserError where a threshold has no figure, or the idle editor has other figures.
    """
    figures = measured(plan.hallmark, subject)
    nothing = {figure.name: figure.value for figure in measured(plan.hallmark, Subject(idle, seed=subject.seed))}
    names = [figure.name for figure in figures]
    if missing := set(plan.thresholds) - set(names):
        raise UserError(f"hallmark.thresholds: {plan.model} has no figures {sorted(missing)}; it has {names}.")
    return tuple(
        Row(
            name=figure.name, means=figure.means, unit=figure.unit, value=figure.value, count=figure.count,
            lines=figure.lines, nothing=nothing.get(figure.name, math.nan), threshold=plan.thresholds.get(figure.name),
        )
        for figure in figures
    )  # fmt: skip


def measured(hallmark: Hallmark, subject: Subject) -> Sequence[Measured]:
    """The figures, always from the same random numbers."""
    torch.manual_seed(subject.seed)
    return hallmark.measure(subject)


def _judges(subject: Subject) -> Iterator[dict[str, Any]]:
    for judge in subject.judges.values():
        accuracy = {name: asdict(values) for name, values in judge.accuracy.items()}
        yield {"key": judge.key, "version": VERSION, "role": judge.role, "accuracy": accuracy}


@contextmanager
def clocked(path: Path) -> Iterator[None]:
    """Adds CPU and wall seconds to what a file has counted so far, also where the work is interrupted."""
    cpu, wall = time.process_time(), time.monotonic()
    try:
        yield
    finally:
        before = read_cost(path)
        now = {"cpu": time.process_time() - cpu, "wall": time.monotonic() - wall}
        write_whole(path, json.dumps({name: before[name] + now[name] for name in now}).encode())


def read_cost(path: Path) -> dict[str, float]:
    """CPU and wall seconds that a file has counted; zeros where it is missing."""
    return dict(json.loads(path.read_text())) if path.is_file() else {"cpu": 0.0, "wall": 0.0}
