"""Trains the runs that are not finished, some side by side, each a `facegan train` of its own on one thread."""

import fcntl
import os
import subprocess
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from facegan.errors import UserError
from facegan.training.checkpoint import read_checkpoint
from facegan.training.run_folder import RunFolder, read_lines

OTHER_SECONDS = 2.0


@dataclass(frozen=True, kw_only=True)
class TrainingRun(ABC):
    """One training run, in a folder of its own, named after it, below `root`."""

    root: Path

    @property
    @abstractmethod
    def name(self) -> str:
        """Unlike that of any other run."""

    @property
    @abstractmethod
    def images(self) -> int:
        """How many training faces it draws."""

    @abstractmethod
    def overrides(self) -> list[str]:
        """What follows `facegan train`."""

    @property
    def folder(self) -> RunFolder:
        return RunFolder(self.root / self.name)


Job = TypeVar("Job", bound=TrainingRun)


def trained(job: TrainingRun) -> bool:
    """Whether the run's last checkpoint is that of its end."""
    last = job.folder.last
    return last.is_file() and read_checkpoint(last)[1]["clocks"]["images"] >= job.images


def train_all(jobs: Sequence[Job], *, beside: int, root: Path) -> list[Job]:
    """Trains what is not trained yet, `beside` runs at a time. Returns the runs that failed; `log_of` says why.

    A failed run stops no other: it is tried again at the next call, and counted where it fails again.
    """
    root.mkdir(parents=True, exist_ok=True)
    with _alone(root) as lock, _bar(jobs) as show:
        waiting = [job for job in jobs if not trained(job)]
        running: list[tuple[Job, subprocess.Popen[bytes]]] = []
        failed: list[Job] = []
        try:
            while waiting or running:
                while waiting and len(running) < beside:
                    job = waiting.pop(0)
                    running.append((job, _start(job, root, lock)))
                time.sleep(OTHER_SECONDS)
                show([job for job, _ in running])
                failed += [job for job, process in running if process.poll() not in (None, 0)]
                running = [(job, process) for job, process in running if process.poll() is None]
        finally:
            for _, process in running:
                process.terminate()  # each writes its checkpoint, and goes on from there next time
            for _, process in running:
                process.wait()
    return failed


def finished(jobs: Sequence[Job], *, beside: int, root: Path) -> list[Job]:
    """Trains them, says which failed, and returns those that came to their end. Raises UserError where none did."""
    failed = train_all(jobs, beside=beside, root=root)
    for job in failed:
        print(f"{job.name} failed, and is counted as failed; its log: {log_of(job, root)}", file=sys.stderr)
    if len(failed) == len(jobs):
        raise UserError(f"no run came to its end; the logs: {root / 'logs'}")
    return [job for job in jobs if job not in failed]


def log_of(job: TrainingRun, root: Path) -> Path:
    """What a run printed."""
    return root / "logs" / f"{job.name}.txt"


def _start(job: TrainingRun, root: Path, lock: int) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "WANDB_MODE": "disabled"}
    command = [sys.executable, "-m", "facegan", "train", *job.overrides(), "logger=disabled"]
    log_of(job, root).parent.mkdir(parents=True, exist_ok=True)
    with log_of(job, root).open("ab") as log:
        return subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, env=environment, pass_fds=(lock,))


@contextmanager
def _alone(root: Path) -> Iterator[int]:
    """A lock that the runs inherit: should this process die, nobody starts a run twice while the first still trains."""
    with (root / "lock").open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise UserError(f"{root}: this experiment is running already; wait for it, or end it.") from error
        yield handle.fileno()


@contextmanager
def _bar(jobs: Sequence[TrainingRun]) -> Iterator[Callable[[Sequence[TrainingRun]], None]]:
    """A progress bar over all runs' training faces; called with those that run."""
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:.0f} %"))
    with Progress(*columns, TimeRemainingColumn(), refresh_per_second=1) as progress:
        task = progress.add_task("", total=sum(job.images for job in jobs))

        def show(running: Sequence[TrainingRun]) -> None:
            names = ", ".join(job.name for job in running)
            progress.update(task, completed=sum(map(_faces, jobs)), description=f"training {names}")

        show([])
        yield show


def _faces(job: TrainingRun) -> int:
    return max((line["images"] for line in read_lines(job.folder.timing)), default=0)
