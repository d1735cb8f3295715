"""Writes a benchmark: sources and exemplars as PNG, the requests, and a checksum for each file."""

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import torch
from torch import Tensor

from facegan.attributes import positions
from facegan.data.source import FaceSource
from facegan.errors import UserError
from facegan.evaluation.asking import DIRECTIONS
from facegan.evaluation.entries.entry import ENTRY, EXAMPLE
from facegan.evaluation.entries.manifest import MANIFEST, Manifest, Request
from facegan.evaluation.pictures import to_picture
from facegan.evaluation.protocols import Cases, Protocol
from facegan.evaluation.settings import Settings
from facegan.files import file_checksum

README = """# A benchmark of face edits

`{manifest}` lists the requests. For each: take the face in `source`, add (`direction`: adding) or remove the attribute,
and write the answer as `<id>.png`, RGB, 8 bits, {size} x {size} pixels, into a folder of your own. A model that follows
exemplars takes the look from `exemplar`; any other ignores it. Nothing else of this folder may be used for training.

Beside the answers put `{entry}`, after `{example}`: what the system is, its training data, its budget, who ran it.

Then: `facegan evaluate edits=YOUR_FOLDER manifest=THIS_FOLDER/{manifest}`
"""


def export(
    out: Path, protocol: Protocol, source: FaceSource, attributes: tuple[str, ...], settings: Settings
) -> Manifest:
    """Writes the folder, whole or not at all. Raises UserError where it holds anything already."""
    positions(attributes, source.attributes)
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise UserError(f"out={out} is there already; a frozen benchmark is never written over. Choose another folder.")
    partial = out.with_name(f".{out.name}.{os.getpid()}")
    try:
        requests = tuple(_write_all(partial, protocol, source, attributes, settings))
        manifest = Manifest(
            protocol=protocol.name,
            version=protocol.version,
            data=source.name,
            image_size=source.image_size,
            seed=settings.seed,
            faces=settings.faces,
            attributes=attributes,
            requests=requests,
            files={name: file_checksum(partial / name) for r in requests for name in (r.source, r.exemplar)},
        )
        _write_words(partial, manifest)
        if out.exists():
            out.rmdir()
        os.replace(partial, out)
    except OSError as error:
        raise UserError(f"out={out} cannot be written ({error.strerror}).") from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return manifest


def _write_words(folder: Path, manifest: Manifest) -> None:
    """The manifest, what to do, and an example of an entry."""
    example = f"example-{ENTRY}"
    (folder / MANIFEST).write_text(manifest.text(), encoding="utf-8")
    (folder / example).write_text(json.dumps(EXAMPLE, indent=2) + "\n", encoding="utf-8")
    words = README.format(manifest=MANIFEST, size=manifest.image_size, entry=ENTRY, example=example)
    (folder / "README.md").write_text(words, encoding="utf-8")


def _write_all(
    folder: Path, protocol: Protocol, source: FaceSource, attributes: tuple[str, ...], settings: Settings
) -> Iterator[Request]:
    for kind in ("sources", "exemplars"):
        (folder / kind).mkdir(parents=True)
    with torch.no_grad():
        for name in attributes:
            for direction in DIRECTIONS:
                cases = protocol.cases(source, name, direction, attributes, settings)
                yield from _write(folder, cases, attributes, settings.chunk)


def _write(folder: Path, cases: Cases, attributes: tuple[str, ...], chunk: int) -> Iterator[Request]:
    for start in range(0, len(cases), chunk):
        case = cases.at(slice(start, start + chunk))
        for row in range(len(case.source)):
            name = f"{cases.attribute}-{cases.direction}-{start + row:05d}"
            request = Request(
                id=name,
                attribute=cases.attribute,
                direction=cases.direction,
                source=f"sources/{name}.png",
                exemplar=f"exemplars/{name}.png",
                labels=_known(case.labels[row], attributes),
            )
            to_picture(case.source[row]).save(folder / request.source)
            to_picture(case.exemplar[row]).save(folder / request.exemplar)
            yield request


def _known(labels: Tensor, attributes: tuple[str, ...]) -> dict[str, int]:
    return {name: int(value) for name, value in zip(attributes, labels.tolist(), strict=True) if value == value}
