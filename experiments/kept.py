"""Figures that are kept beside what they are of: what was measured under the same wish is not measured again."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from facegan.files import write_whole


def read_kept(path: Path, asked: Mapping[str, Any]) -> Any | None:
    """The figures of a file, None where there are none or those of another wish."""
    if not path.is_file():
        return None
    found = json.loads(path.read_text())
    return found["figures"] if found["asked"] == asked else None


def kept(path: Path, asked: Mapping[str, Any], measure: Callable[[], Any]) -> Any:
    """The figures of a file, or those of `measure`, which are then kept there. They are plain values of JSON."""
    found = read_kept(path, asked)
    if found is None:
        found = measure()
        write_whole(path, json.dumps({"asked": asked, "figures": found}, indent=1).encode())
    return found
