"""The key that keeps a changed setting or a changed photograph from reading an old one."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from facegan.data.align import Framing
from facegan.data.similarity import Points

FORMAT = 1


def store_key(
    root: Path,
    names: Sequence[str],
    framing: Framing,
    landmarks: Mapping[str, Points] | None = None,
    least: int | None = None,
) -> str:
    """16 hex digits of all that decides a store's pixels: files (name, size, time), framing, landmarks, least side."""
    digest = hashlib.blake2b(digest_size=8)
    digest.update(json.dumps([FORMAT, str(root.resolve()), framing.to_dict()], sort_keys=True).encode())
    if least is not None:
        digest.update(f"\nleast {least}".encode())
    for name in names:
        stat = (root / name).stat()
        digest.update(f"\n{name}\t{stat.st_size}\t{stat.st_mtime_ns}".encode(errors="surrogateescape"))
        if landmarks is not None:
            digest.update(np.asarray(landmarks.get(name, ()), dtype=np.float64).tobytes())
    return digest.hexdigest()
