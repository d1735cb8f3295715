"""`facegan data`: look at a data set, decode it ahead of time, or check it."""

import argparse
import json
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from facegan.apps.contact_sheet import Entry, contact_sheet, label_lines
from facegan.assemble import make_source
from facegan.attributes import position
from facegan.config import Config, compose_config
from facegan.data.check import absent_lines
from facegan.data.check import check as check_photos
from facegan.data.combinations import absent
from facegan.data.photos import Photos
from facegan.data.sampling import to_network
from facegan.data.source import FaceSource
from facegan.data.twinfaces import TwinFaces, with_attribute
from facegan.errors import UserError
from facegan.evaluation.pictures import coarse

EXAMPLES = """actions:
  preview   draw some faces and write a sheet of them, with their labels
  prepare   decode photographs (or draw faces) into the store now, so that training starts at once
  check     count faces, labels, persons and splits, and list the files that cannot be used

examples:
  facegan data preview data=twinfaces faces=24 output=twins.png
  facegan data preview data=twinfaces attribute=Eyeglasses      each face beside its twin
  facegan data preview data=twinfaces_clips data.frames=5       clips, frame after frame
  facegan data preview data=plates faces=24                     licence plates
  facegan data preview data=celeba data.root=FOLDER data.image_size=128
  facegan data prepare data=folder data.root=FOLDER data.labels=labels.csv
  facegan data prepare data=unpaired data.root=HIGH data.low=LOW    large faces, and small pictures of others
  facegan data check data=celeba split=all --json

FACEGAN_CELEBA, if set, is where data=celeba looks; FACEGAN_CACHE is where stores lie.
`facegan list data` shows the data sets and their settings."""


def main(argv: list[str]) -> int:
    """Does what was asked for; returns 0."""
    parser = argparse.ArgumentParser(
        prog="facegan data", description="Look at, prepare or check a data set.", epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    parser.add_argument("action", choices=["preview", "prepare", "check"], metavar="ACTION")
    parser.add_argument("overrides", nargs="*", metavar="KEY=VALUE", help="Hydra overrides of conf/data.yaml")
    parser.add_argument("--json", action="store_true", help="check: print the report as JSON")
    chosen = parser.parse_intermixed_args(argv)
    started = time.monotonic()
    config = compose_config("data", chosen.overrides)
    source = make_source(config, config["split"])
    if chosen.action == "preview":
        print(preview(source, config))
    elif chosen.action == "prepare":
        print(prepare(source, started))
    else:
        print(check(source, as_json=chosen.json))
    return 0


def preview(source: FaceSource, config: Config) -> Path:
    """Writes the sheet and returns where. Raises UserError for a wish that the data set cannot fulfil."""
    count, output = config["faces"], Path(config["output"])
    if not isinstance(count, int) or count < 1:
        raise UserError(f"faces={count}: at least 1 is wanted.")
    index = drawn(source, count, config["seed"])
    faces = pictures(source, index, config["attribute"])
    lines = [(f"#{number}", *label_lines(source.attributes, source.labels[number])) for number in index.tolist()]
    entries = [Entry(faces=f, lines=below) for f, below in zip(faces, lines, strict=True)]
    sheet = contact_sheet(entries + small_entries(source, count, config["seed"]))
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        sheet.save(output)
    except (OSError, ValueError) as error:
        raise UserError(f"output={output}: {error}.") from error
    return output


def drawn(source: FaceSource, count: int, seed: int) -> Tensor:
    """The numbers of some faces, by chance, ascending."""
    return torch.randperm(len(source), generator=torch.Generator().manual_seed(seed))[:count].sort().values


def small_entries(source: FaceSource, count: int, seed: int) -> list[Entry]:
    """As many of the small pictures that are no pairs, each pixel a square; none where the data set has none."""
    small = source.unpaired
    if small is None:
        return []
    index = drawn(small, count, seed)
    faces = coarse(to_network(small.images(index)), source.image_size)
    return [Entry(faces=f[None], lines=(f"#{n} small",)) for f, n in zip(faces, index.tolist(), strict=True)]


def pictures(source: FaceSource, index: Tensor, attribute: str | None) -> Tensor:
    """The faces or clips of these numbers, with twins where an attribute is named: N x n x 3 x S x S in [-1, 1]."""
    if not isinstance(source, TwinFaces):
        if attribute is not None:
            raise UserError(f"attribute={attribute}: only TwinFaces has twins; this is {source.name}.")
        faces = to_network(source.images(index))
        return faces if source.frames else faces.unsqueeze(1)
    own = source.faces(index)
    if attribute is None:
        return source.render(own).unsqueeze(1)
    place = position(attribute, source.attributes)
    on, off = with_attribute(own, attribute, 1), with_attribute(own, attribute, 0)
    had = own.labels[:, place].view(-1, 1, 1, 1) == 1
    return torch.stack([source.render(own), torch.where(had, source.render(off), source.render(on))], dim=1)


def prepare(source: FaceSource, started: float) -> str:
    """Fills the store where opening the data set has not done so, and says what is in it."""
    source.images(torch.zeros(1, dtype=torch.int64))
    ready = f"{source.name}: {len(source):,} faces at {source.image_size} pixels are ready"
    lines = [f"{ready} ({time.monotonic() - started:.1f} s)."]
    if isinstance(source, Photos) and source.report:
        lines.append(f"files that cannot be used: {len(source.left_out):,}; names and reasons: {source.report}")
    return "\n".join([*lines, *([] if source.unpaired is None else [prepare(source.unpaired, started)])])


def check(source: FaceSource, *, as_json: bool = False) -> str:
    """The report of a data set, as text or JSON; small pictures that are no pairs have one of their own in it."""
    if as_json:
        return json.dumps(_facts(source), indent=2)
    return _as_text(source) if source.unpaired is None else f"{_as_text(source)}\n\n{_as_text(source.unpaired)}"


def _facts(source: FaceSource) -> dict[str, Any]:
    if isinstance(source, Photos):
        facts = check_photos(source).to_dict()
    else:
        missing = [asdict(one) for one in absent(source.labels, source.attributes)]
        facts = {"name": source.name, "faces": len(source), "image_size": source.image_size}
        facts |= {"attributes": _present(source), "absent": missing}
    return facts if source.unpaired is None else {**facts, "unpaired": _facts(source.unpaired)}


def _present(source: FaceSource) -> dict[str, int]:
    return {name: int((source.labels[:, k] == 1).sum()) for k, name in enumerate(source.attributes)}


def _as_text(source: FaceSource) -> str:
    if isinstance(source, Photos):
        report = check_photos(source)
        return "\n".join([str(report), *(f"  {name}: {reason}" for name, reason in report.left_out.items())])
    count = len(source)
    lines = [f"  {name}: {n:,} of {count:,} ({n / count:.1%})" for name, n in _present(source).items()]
    head = f"{source.name}: {count:,} faces at {source.image_size} pixels"
    return "\n".join([head, *lines, *absent_lines(absent(source.labels, source.attributes))])
