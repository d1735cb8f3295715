"""What a person sees while an evaluation works: a bar on a terminal, else a line."""

import sys
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn


class Steps:
    """A context manager that is called with (done, total). live: False where another bar is already moving."""

    def __init__(self, title: str, *, live: bool = True) -> None:
        self.title, self.live = title, live and sys.stderr.isatty()
        columns = TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed:.0f}/{task.total:.0f}")
        self._bar = Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True), disable=not self.live)
        self._task = self._bar.add_task(title, total=1)

    def __enter__(self) -> "Steps":
        if not self.live:
            print(self.title, file=sys.stderr, flush=True)
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()

    def __call__(self, done: int, total: int) -> None:
        """Moves the bar."""
        self._bar.update(self._task, completed=done, total=total)
