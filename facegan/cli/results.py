"""Where the pictures of a command go: each into a file of its own, written whole; what is replaced is said."""

import io
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TypeVar

from PIL import Image
from rich.console import Console
from rich.progress import track

from facegan.files import write_whole

T = TypeVar("T")


class Results:
    """The files that a command writes. done: those it has written."""

    def __init__(self) -> None:
        self.done: list[Path] = []
        self._replaced = 0

    def save(self, picture: Image.Image, target: Path) -> None:
        """Writes a PNG in one step. Raises UserError where the disk does not take it; what was there stays."""
        there, content = target.exists(), io.BytesIO()
        picture.save(content, format="PNG")
        write_whole(target, content.getvalue())
        self._replaced += there
        self.done.append(target)

    def report(self, what: str, folder: Path) -> None:
        """Says where the pictures are, and how many of an earlier call they replaced."""
        if self._replaced:
            print(f"facegan: {self._replaced} results of an earlier call were replaced in {folder}.", file=sys.stderr)
        if self.done:
            print(self.done[0] if len(self.done) == 1 else f"{len(self.done)} {what}: {folder}")


def barred(work: Iterable[T], label: str, total: int) -> Iterable[T]:
    """The work, under a progress bar where it is more than one thing."""
    return track(work, label, total=total, console=Console(stderr=True), transient=True, disable=total < 2)


def unused_names(names: Sequence[str], edit: str, output: Path, sources: Sequence[Path]) -> list[Path]:
    """A file below the output folder for each photo, none of them twice and none of them a photo itself."""
    taken = {source.resolve() for source in sources}
    chosen = []
    for name in map(Path, names):
        ways = [name.stem, name.name, *(f"{name.name}-{number}" for number in range(2, len(names) + len(sources) + 2))]
        files = (output / name.parent / f"{way}-{edit}.png" for way in ways)
        chosen.append(next(file for file in files if file.resolve() not in taken))
        taken.add(chosen[-1].resolve())
    return chosen
