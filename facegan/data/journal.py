"""What is already decoded: one line a chunk, written after the chunk's pixels are safe, so that a kill loses little."""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class ChunkResult:
    """What happened to one chunk of files.

    sizes: width and height of each file that could be read. left_out: the others, with the reason.
    """

    chunk: int
    sizes: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    left_out: Mapping[str, str] = field(default_factory=dict)


def read_journal(path: Path) -> dict[int, ChunkResult]:
    """The finished chunks; a line that a kill cut short is not finished."""
    if not path.exists():
        return {}
    results = {}
    for line in path.read_text(encoding="utf-8", errors="replace").split("\n")[:-1]:
        try:
            values = json.loads(line)
        except json.JSONDecodeError:
            continue
        sizes = {name: (size[0], size[1]) for name, size in values["sizes"].items()}
        results[values["chunk"]] = ChunkResult(values["chunk"], sizes, values["left_out"])
    return results


def append_journal(path: Path, result: ChunkResult) -> None:
    """Adds a finished chunk; on return it is on the disk. A line cut short by a kill is closed first."""
    with path.open("ab+") as file:
        file.seek(0, os.SEEK_END)
        if file.tell():
            file.seek(-1, os.SEEK_END)
            if file.read(1) != b"\n":
                file.write(b"\n")
        file.write(json.dumps(asdict(result)).encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())
