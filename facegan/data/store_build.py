"""Decodes photographs into a store: in parallel, with a progress bar, to be continued after a kill.

The work happens in `<store>.partial`, which is renamed at the very end: what has the store's name is whole. Threads and
not processes, because Pillow works outside of Python's lock, because threads cannot outlive a killed process, and
because they start as well from a notebook, a script without a main guard, or next to CUDA.
"""

import errno
import fcntl
import json
import os
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from rich.console import Console

from facegan.data.align import Framing
from facegan.data.decode import UnreadableImageError, decode
from facegan.data.errors import DataError
from facegan.data.journal import ChunkResult, append_journal, read_journal
from facegan.data.progress import image_progress
from facegan.data.reserve import disk_troubles, reserve
from facegan.data.similarity import Points

CHUNK = 256
"""Images between two lines of the journal: what a kill can cost each thread. To change it is to change the format."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What goes into a store: files (root / name), how they are framed, and their landmarks, if faces are aligned.

    least: files whose crop has a side of fewer pixels are left out; None where any will do.
    """

    root: Path
    names: Sequence[str]
    framing: Framing
    landmarks: Mapping[str, Points] | None = None
    least: int | None = None


def build(folder: Path, work: Work, *, title: str, workers: int | None = None) -> None:
    """Makes the store `folder`, or finishes it; does nothing where it exists. Processes wait for each other.

    Raises DataError where the disk is full (nothing is left behind) or no image can be read.
    """
    count, size = len(work.names), work.framing.image_size
    clean = partial(shutil.rmtree, _partial(folder), ignore_errors=True)
    with disk_troubles(folder.parent, images=count, size=size, clean=clean), _alone(folder):
        if not folder.exists():
            _build(folder, work, title=title, workers=workers or os.cpu_count() or 1)


def _build(folder: Path, work: Work, *, title: str, workers: int) -> None:
    unfinished = _partial(folder)
    unfinished.mkdir(parents=True, exist_ok=True)
    pixels, journal = unfinished / "images.npy", unfinished / "journal.jsonl"
    done = read_journal(journal) if pixels.exists() else {}
    if not done:
        journal.unlink(missing_ok=True)
        reserve(pixels, (len(work.names), work.framing.image_size, work.framing.image_size, 3))
    _decode_all(pixels, journal, work, done, title=title, workers=workers)
    results = read_journal(journal).values()
    _summarise(unfinished, work, list(results))
    journal.unlink()
    os.rename(unfinished, folder)
    _sync(folder.parent)


def _decode_all(
    pixels: Path, journal: Path, work: Work, done: Mapping[int, ChunkResult], *, title: str, workers: int
) -> None:
    missing = [chunk for chunk in range(-(-len(work.names) // CHUNK)) if chunk not in done]
    total = len(work.names)
    left = sum(min(CHUNK, total - chunk * CHUNK) for chunk in missing)
    bar = image_progress(title, total=total, done=total - left)
    with pixels.open("r+b") as file, bar as advance, ThreadPoolExecutor(workers) as pool:
        futures = [pool.submit(_decode_chunk, file.fileno(), pixels, work, chunk) for chunk in missing]
        try:
            for future in as_completed(futures):
                result = future.result()
                os.fsync(file.fileno())
                append_journal(journal, result)
                advance(len(result.sizes) + len(result.left_out))
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def _decode_chunk(descriptor: int, pixels: Path, work: Work, chunk: int) -> ChunkResult:
    side = work.framing.image_size
    header = pixels.stat().st_size - len(work.names) * side * side * 3
    sizes, left_out = {}, {}
    for row in range(chunk * CHUNK, min((chunk + 1) * CHUNK, len(work.names))):
        name = work.names[row]
        try:
            face, sizes[name] = _face(work, name)
            if os.pwrite(descriptor, face, header + row * len(face)) < len(face):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        except DataError as error:
            left_out[name] = str(error)
    return ChunkResult(chunk, sizes, left_out)


def _face(work: Work, name: str) -> tuple[bytes, tuple[int, int]]:
    """The cut face as bytes, and the width and height of the file."""
    landmarks = None
    if work.landmarks is not None:
        if name not in work.landmarks:
            raise UnreadableImageError("no landmarks")
        landmarks = work.landmarks[name]
    decoded = decode(work.root / name)
    if work.least is not None and work.framing.crop.shorter_side(decoded.size) < work.least:
        size = f"{decoded.size[0]} x {decoded.size[1]}"
        raise UnreadableImageError(f"below {work.least} pixels a side, which a larger scale would take: {size}")
    if landmarks is not None:
        landmarks = (landmarks + 0.5) * decoded.scale - 0.5
    square, _ = work.framing.cut(decoded.image, landmarks, strict=True)
    return square.tobytes(), decoded.size


def _summarise(unfinished: Path, work: Work, results: Sequence[ChunkResult]) -> None:
    left_out = {name: reason for result in results for name, reason in result.left_out.items()}
    sizes = {name: size for result in results for name, size in result.sizes.items()}
    if left_out:
        _report(unfinished, left_out, total=len(work.names))
    summary = {
        "aligned": work.landmarks is not None,
        "framing": work.framing.to_dict(),
        "names": list(work.names),
        "sizes": [sizes.get(name) for name in work.names],
        "left_out": dict(sorted(left_out.items())),
    }
    with (unfinished / "store.json").open("w", encoding="utf-8") as file:
        json.dump(summary, file)
        file.flush()
        os.fsync(file.fileno())


def _report(unfinished: Path, left_out: Mapping[str, str], *, total: int) -> None:
    """The one list of what was left out and why, and its summary on the screen."""
    lines = [f"{len(left_out)} of {total} images were left out.", ""]
    lines += [f"{name}: {reason}" for name, reason in sorted(left_out.items())]
    (unfinished / "left_out.txt").write_text("\n".join(lines) + "\n", encoding="utf-8", errors="surrogateescape")
    kinds = Counter(reason.split(":")[0] for reason in left_out.values()).most_common(4)
    reasons = "; ".join(f"{count} {reason}" for reason, count in kinds)
    where = unfinished.with_suffix("") / "left_out.txt"
    Console(stderr=True, markup=False).print(f"{lines[0]} ({reasons}) All are named in {where}", soft_wrap=True)


def _partial(folder: Path) -> Path:
    return folder.with_name(folder.name + ".partial")


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One builder a store; the lock goes with the process that holds it, however that ends."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with folder.with_name(folder.name + ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
