"""Reads what an offline wandb run wrote, so that tests see what a dashboard would show."""

import json
import struct
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from wandb.proto.wandb_internal_pb2 import Record

_BLOCK = 32 * 1024


def records(folder: Path, *, seconds: float = 20.0) -> list[Record]:
    """The records of the one finished offline run below a folder; its writer may be a moment behind `finish`."""
    (path,) = folder.glob("wandb/offline-run-*/run-*.wandb")
    deadline = time.monotonic() + seconds
    while True:
        found = list(_parse(path.read_bytes()))
        if (found and found[-1].WhichOneof("record_type") == "exit") or time.monotonic() > deadline:
            return found
        time.sleep(0.1)


def _parse(data: bytes) -> Iterator[Record]:
    """LevelDB log framing around protobuf messages."""
    position, pending = 7, b""
    while position + 7 <= len(data):
        if _BLOCK - position % _BLOCK < 7:
            position += _BLOCK - position % _BLOCK
            continue
        _, size, kind = struct.unpack("<IHB", data[position : position + 7])
        pending += data[position + 7 : position + 7 + size]
        position += 7 + size
        if kind in (1, 4):  # a whole record, or the last piece of one
            record = Record()
            record.ParseFromString(pending)
            pending = b""
            yield record


def run_of(folder: Path) -> Any:
    """The run's own record: id, group, config."""
    return next(record.run for record in records(folder) if record.WhichOneof("record_type") == "run")


def history(folder: Path) -> list[dict[str, Any]]:
    """The rows that a dashboard would draw."""
    return [
        {(item.key or ".".join(item.nested_key)): json.loads(item.value_json) for item in record.history.item}
        for record in records(folder)
        if record.WhichOneof("record_type") == "history"
    ]
