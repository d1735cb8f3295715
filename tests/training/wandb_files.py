"""Reads what an offline wandb run wrote, so that tests see what a dashboard would show."""

import json
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from wandb.proto.wandb_internal_pb2 import Record

_BLOCK = 32 * 1024


def records(folder: Path) -> Iterator[Record]:
    """The records of the one offline run below a folder: LevelDB log framing around protobuf messages."""
    (path,) = folder.glob("wandb/offline-run-*/run-*.wandb")
    data, position, pending = path.read_bytes(), 7, b""
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
