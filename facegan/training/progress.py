"""The progress bar of a run: images, images/s and time left; plain lines where no terminal shows a bar."""

import sys
import time
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

LINE_SECONDS = 15.0


class TrainingBar:
    """A context manager. total: images to draw in all; done: those of earlier sessions of this run."""

    def __init__(self, *, total: int, done: int, label: str) -> None:
        self.total, self.first, self.label = total, done, label
        self.began = self.spoke = time.monotonic()
        self.terminal = sys.stderr.isatty()
        self._bar = Progress(
            TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed:.0f}/{task.total:.0f} images"),
            TextColumn("{task.fields[rate]}"), TimeRemainingColumn(), TextColumn("{task.fields[note]}"),
            console=Console(stderr=True), disable=not self.terminal,
        )  # fmt: skip
        self._task = self._bar.add_task(label, total=total, completed=done, rate="", note="")

    def __enter__(self) -> "TrainingBar":
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()

    def update(self, images: int) -> None:
        """How far the run is now."""
        now = time.monotonic()
        done, rate = min(images, self.total), self.rate(images)
        self._bar.update(self._task, completed=done, rate=f"{rate:.0f} images/s")
        if not self.terminal and now - self.spoke >= LINE_SECONDS:
            self.spoke = now
            left = (self.total - done) / max(rate, 1e-9)
            line = f"{self.label}: {done}/{self.total} images, {rate:.0f} images/s, {_clock(left)} left"
            print(line, file=sys.stderr, flush=True)

    def note(self, text: str) -> None:
        """A few words behind the bar: the latest scores."""
        self._bar.update(self._task, note=text)

    def rate(self, images: int) -> float:
        """Images a second since this session began."""
        return (images - self.first) / max(time.monotonic() - self.began, 1e-9)


def _clock(seconds: float) -> str:
    minutes, seconds_ = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{seconds_:02d}" if hours else f"{minutes}:{seconds_:02d}"
