"""A rendered set on disk: one uint8 .npy, drawn once by a process per core, resumed after a kill, reopened ever after.

While it is drawn the file is called .part, with the number of finished faces beside it; the finished file appears by
one rename. Who wants the same set meanwhile waits for it. Processes and not threads, because the drawing is many short
calls that wait for Python's lock: two threads are slower than one here.
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
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset, get_worker_info

from facegan.data.progress import image_progress
from facegan.data.reserve import disk_troubles, reserve
from facegan.files import write_text

Images = npt.NDArray[np.uint8]
_BLOCK = 512  # faces between two notes of how far the drawing is
_WORTH = 4  # blocks that pay for the start of a process


def settings_key(settings: Mapping[str, object]) -> str:
    """A short name for these settings; any other setting has another."""
    text = json.dumps(settings, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:20]


def open_store(
    folder: Path,
    key: str,
    shape: tuple[int, int, int, int],
    draw: Callable[[int, int], Tensor],
    *,
    what: str = "TwinFaces",
) -> Images:
    """The set as a read-only memory map, N x 3 x S x S; `draw(from, to)` gives what is missing as uint8.

    what: is drawn, for the progress bar.
    """
    done, part = folder / f"{key}.npy", folder / f"{key}.part.npy"
    if not _complete(done, shape):
        folder.mkdir(parents=True, exist_ok=True)
        with disk_troubles(folder, images=shape[0], size=shape[-1], clean=lambda: part.unlink(missing_ok=True)):
            _draw_all(folder, key, shape, draw, what)
    images: Images = np.load(done, mmap_mode="r")
    return images


def _complete(path: Path, shape: tuple[int, ...]) -> bool:
    """Whether the finished file is there and whole."""
    try:
        return bool(np.load(path, mmap_mode="r").shape == shape)
    except (OSError, ValueError):
        return False


def _draw_all(
    folder: Path, key: str, shape: tuple[int, int, int, int], draw: Callable[[int, int], Tensor], what: str
) -> None:
    part, count = folder / f"{key}.part.npy", folder / f"{key}.part.count"
    with _locked(folder / f"{key}.lock"):
        if _complete(folder / f"{key}.npy", shape):
            return
        start = _finished(part, count, shape)
        if not start:
            reserve(part, shape)
        _fill(_Blocks(part, start, shape[0], draw), count, what)
        part.replace(folder / f"{key}.npy")
        count.unlink(missing_ok=True)


class _Blocks(Dataset[int]):
    """The missing part of a set, block by block; to ask for a block is to draw it."""

    def __init__(self, path: Path, start: int, total: int, draw: Callable[[int, int], Tensor]) -> None:
        self.path, self.draw = path, draw
        self.ends = [min(low + _BLOCK, total) for low in range(start, total, _BLOCK)]
        self.start, self.total = start, total

    def __len__(self) -> int:
        return len(self.ends)

    def __getitem__(self, number: int) -> int:
        """Draws the block into the file; the number of faces that are finished where all before are."""
        low, high = self.start + number * _BLOCK, self.ends[number]
        images = np.load(self.path, mmap_mode="r+")
        images[low:high] = self.draw(low, high).numpy()
        images.flush()
        return high


def _fill(blocks: _Blocks, count: Path, what: str) -> None:
    # A worker of somebody's data loader may not start processes of its own.
    processes = 0 if get_worker_info() else min(os.cpu_count() or 1, len(blocks) // _WORTH)
    # A generator of its own: a loader draws its seed, and a training must not depend on whether its set was drawn yet.
    own = torch.Generator()
    ends = DataLoader(blocks, batch_size=None, num_workers=processes if processes > 1 else 0, generator=own)
    done = blocks.start
    with image_progress(f"drawing {what}", total=blocks.total, done=done) as advance:
        for end in ends:
            write_text(count, str(end))
            advance(end - done)
            done = end


def _finished(part: Path, count: Path, shape: tuple[int, ...]) -> int:
    """How many faces an interrupted drawing left finished."""
    if not _complete(part, shape):
        return 0
    try:
        number = int(count.read_text())
    except (OSError, ValueError):
        return 0
    return number if 0 <= number <= shape[0] else 0


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    """One drawer at a time; the lock falls with its process."""
    with path.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
