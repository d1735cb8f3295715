"""Files written whole or not at all, figures as JSON knows them, and the folder of what is kept between runs."""

import hashlib
import json
import math
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from facegan.errors import UserError


def cache_folder(kind: str = "") -> Path:
    """$FACEGAN_CACHE, or facegan in the user's cache folder (XDG_CACHE_HOME or ~/.cache); or a folder of it."""
    chosen = os.environ.get("FACEGAN_CACHE")
    base = Path(chosen) if chosen else Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "facegan"
    return base.expanduser() / kind


def file_checksum(path: Path) -> str:
    """The SHA-256 of a file, in hex digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_whole(path: Path, content: bytes) -> None:
    """Puts a file in place in one step: whoever reads it, at any moment, sees the old one or the new one whole.

    Raises UserError where the disk does not take it; the old file stays.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"could not make the folder {path.parent}: {error.strerror}.") from error
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with open(temporary, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise UserError(f"could not write {path}: {error.strerror}; what was there before is kept.") from error


def write_text(path: Path, content: str) -> None:
    """The same for text, in UTF-8."""
    write_whole(path, content.encode())


def as_json(values: Mapping[str, Any], *, digits: int | None = None) -> str:
    """Readable JSON, figures to so many digits. JSON knows no NaN and no infinity: null stands for them."""
    return json.dumps(_plain(values, digits), indent=2) + "\n"


def _plain(value: Any, digits: int | None) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(inner, digits) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(inner, digits) for inner in value]
    if not isinstance(value, float):
        return value
    if not math.isfinite(value):
        return None
    return value if digits is None else float(f"{value:.{digits}g}")
