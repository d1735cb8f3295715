"""What is frozen: which requests a benchmark consists of, and a checksum for each of its files."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from facegan.errors import UserError
from facegan.evaluation.asking import Direction
from facegan.evaluation.entries.problems import Problems
from facegan.files import file_checksum

FORMAT = 1
MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One edit that is asked for: the answer is `<id>.png`. source, exemplar: files beside the manifest.

    labels: the source's own attributes, 0 or 1; others than those that are asked for are left out.
    """

    id: str
    attribute: str
    direction: Direction
    source: str
    exemplar: str
    labels: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """protocol, version: they stand in every result. data: the set that the faces are from. faces: in each direction.

    files: SHA-256 by name, relative to the manifest.
    """

    protocol: str
    version: int
    data: str
    image_size: int
    seed: int
    faces: int
    attributes: tuple[str, ...]
    requests: tuple[Request, ...]
    files: Mapping[str, str]

    def text(self) -> str:
        """As JSON."""
        return json.dumps({"format": FORMAT, **asdict(self)}, indent=1) + "\n"


def read_manifest(path: Path) -> Manifest:
    """A manifest. Raises UserError where it is missing, damaged or of a newer format."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        if found["format"] > FORMAT:
            raise UserError(f"{path} has format {found['format']}; this facegan reads up to {FORMAT}.")
        requests = tuple(Request(**request) for request in found["requests"])
        known: dict[str, Any] = {field.name: found[field.name] for field in fields(Manifest)}
        return Manifest(**{**known, "attributes": tuple(found["attributes"]), "requests": requests})
    except OSError as error:
        raise UserError(f"manifest={path}: {error.strerror}; make one: facegan benchmark export out=FOLDER") from error
    except (json.JSONDecodeError, KeyError, TypeError, AttributeError) as error:
        raise UserError(f"manifest={path} is damaged or no manifest of a benchmark ({error}).") from error


def check_files(path: Path, manifest: Manifest) -> None:
    """Raises UserError, after a line for each kind of problem, where a frozen file is missing or not as it was."""
    problems, folder = Problems(f"the benchmark in {path.parent}"), path.parent
    problems.add("missing", [name for name in manifest.files if not (folder / name).is_file()])
    there = [name for name in manifest.files if (folder / name).is_file()]
    problems.add(
        "changed (another SHA-256)", [name for name in there if file_checksum(folder / name) != manifest.files[name]]
    )
    problems.raise_any("Export it again, or fetch it again.")
