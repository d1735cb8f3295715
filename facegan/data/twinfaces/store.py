"""A rendered set on disk: one uint8 .npy, drawn once, resumed after a kill, reopened ever after.

While it is drawn the file is called .part, with the number of finished faces beside it; the finished file appears by
one rename. Two processes that draw the same set at once each use files of their own.
"""

import contextlib
import fcntl
import hashlib
import json
import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from torch import Tensor

Images = npt.NDArray[np.uint8]
_BLOCK = 512


def cache_folder(cache: str | None) -> Path:
    """The folder given, or $FACEGAN_CACHE, or ~/.cache/facegan, each with /twinfaces below the latter two."""
    if cache is not None:
        return Path(cache)
    base = os.environ.get("FACEGAN_CACHE")
    return (Path(base) if base else Path.home() / ".cache" / "facegan") / "twinfaces"


def settings_key(settings: Mapping[str, object]) -> str:
    """A short name for these settings; any other setting has another."""
    text = json.dumps(settings, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:20]


def open_store(folder: Path, key: str, shape: tuple[int, int, int, int], draw: Callable[[int, int], Tensor]) -> Images:
    """The set as a read-only memory map, N x 3 x S x S; `draw(from, to)` gives what is missing as uint8."""
    done = folder / f"{key}.npy"
    if not _complete(done, shape):
        folder.mkdir(parents=True, exist_ok=True)
        _draw_all(folder, key, shape, draw)
    images: Images = np.load(done, mmap_mode="r")
    return images


def _complete(path: Path, shape: tuple[int, ...]) -> bool:
    """Whether the finished file is there and whole."""
    try:
        return bool(np.load(path, mmap_mode="r").shape == shape)
    except (OSError, ValueError):
        return False


def _draw_all(folder: Path, key: str, shape: tuple[int, int, int, int], draw: Callable[[int, int], Tensor]) -> None:
    part, count = folder / f"{key}.part.npy", folder / f"{key}.part.count"
    with _locked(folder / f"{key}.lock"):
        if _complete(folder / f"{key}.npy", shape):
            return
        start = _finished(part, count, shape)
        images = np.lib.format.open_memmap(part, mode="r+" if start else "w+", dtype=np.uint8, shape=shape)
        _fill(images, start, draw, count)
        images.flush()
        del images
        part.replace(folder / f"{key}.npy")
        count.unlink(missing_ok=True)


def _fill(images: Images, start: int, draw: Callable[[int, int], Tensor], count: Path) -> None:
    columns = (TextColumn("drawing TwinFaces"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, transient=True) as progress:
        task = progress.add_task("", total=len(images), completed=start)
        for low in range(start, len(images), _BLOCK):
            high = min(low + _BLOCK, len(images))
            images[low:high] = draw(low, high).numpy()
            images.flush()  # type: ignore[attr-defined]
            _write_whole(count, str(high))
            progress.update(task, completed=high)


def _finished(part: Path, count: Path, shape: tuple[int, ...]) -> int:
    """How many faces an interrupted drawing left finished."""
    if not _complete(part, shape):
        return 0
    try:
        number = int(count.read_text())
    except (OSError, ValueError):
        return 0
    return number if 0 <= number <= shape[0] else 0


def _write_whole(path: Path, text: str) -> None:
    fresh = path.with_suffix(".new")
    fresh.write_text(text)
    fresh.replace(path)


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    """One drawer at a time; the lock falls with its process."""
    with path.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
