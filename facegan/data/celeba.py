"""CelebA, in the layout and formats in which it is published.

root/img_align_celeba/000001.jpg ...      list_attr_celeba.txt (-1/1)
root/identity_CelebA.txt (optional)       list_eval_partition.txt (0 train, 1 validation, 2 test)
"""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt

from facegan.data.align import Framing
from facegan.data.crop import CELEBA_CROPS
from facegan.data.errors import DataError
from facegan.data.labels import LabelTable, binary, identities, numbers, refuse_doubles
from facegan.data.photos import Photos, list_images, match, work_for
from facegan.data.splits import PARTS, Parts, Split, halves, hashed_parts, named_parts
from facegan.data.templates import celeba_template

IMAGES = "img_align_celeba"
ATTRIBUTES = "list_attr_celeba.txt"
IDENTITIES = "identity_CelebA.txt"
PARTITION = "list_eval_partition.txt"


class CelebA(Photos):
    """CelebA's aligned images, at any size that has their shape (178 x 218), whole or a part of them.

    root: the folder with the files above. image_size: S. crop: a name of CELEBA_CROPS. resample: as in Framing.
    partition: the published one, or by a hash of the person, which fits together with other data sets.
    subset: go on with the images that have a label, and the other way round. half: 0 or 1, of the training persons, by
    a hash; the faces of the others are in no split. cache, workers: as in `open_store`.
    Raises DataError for anything missing or mismatched, in one line.
    """

    def __init__(
        self,
        root: str | Path,
        *,
        image_size: int = 64,
        split: Split = "train",
        crop: str = "fader",
        resample: str = "lanczos",
        partition: Literal["published", "identity"] = "published",
        subset: bool = False,
        half: int | None = None,
        name: str = "celeba",
        cache: str | Path | None = None,
        workers: int | None = None,
    ) -> None:
        folder = Path(root).expanduser()
        framing = celeba_framing(crop, image_size=image_size, resample=resample)
        images = list_images(_existing(folder) / IMAGES)
        table, names = match(read_celeba(folder), images, where=str(folder / ATTRIBUTES), subset=subset)
        parts = _parts(table, partition, folder)
        super().__init__(
            name=name,
            work=work_for(folder / IMAGES, names, framing),
            table=table,
            parts=parts,
            split=split,
            aside=None if half is None else _other_half(table, parts, half),
            cache=None if cache is None else Path(cache).expanduser(),
            workers=workers,
        )


def celeba_framing(crop: str, *, image_size: int, resample: str = "lanczos") -> Framing:
    """A published crop, and the mean face on which a user's own photo is brought there. Raises DataError."""
    if crop not in CELEBA_CROPS:
        raise DataError(f"unknown crop {crop!r}; for CelebA there are {', '.join(CELEBA_CROPS)}.")
    template = celeba_template(crop)
    return Framing(image_size=image_size, crop=CELEBA_CROPS[crop], template=template, resample=resample)


def read_celeba(folder: Path) -> LabelTable:
    """The published label files as one table, in the order of list_attr_celeba.txt. Raises DataError."""
    table = _attributes(folder / ATTRIBUTES)
    people, parts = _pairs(folder / IDENTITIES), _pairs(folder / PARTITION)
    if people is not None:
        _covers(people, table, folder / IDENTITIES)
        table = replace(table, identities=identities([people[name] for name in table.files], len(table.files)))
    if parts is not None:
        _covers(parts, table, folder / PARTITION)
        table = replace(table, parts=tuple(parts[name] for name in table.files))
    return table


def _other_half(table: LabelTable, parts: Parts, half: int) -> npt.NDArray[np.bool_]:
    """The training faces of the persons of the other half."""
    if half not in (0, 1):
        raise DataError(f"half={half}: there are 0 and 1.")
    others = halves(table.identities.tolist(), table.files) != half
    aside: npt.NDArray[np.bool_] = np.logical_and(parts == PARTS.index("train"), others)
    return aside


def _parts(table: LabelTable, partition: str, folder: Path) -> Parts:
    if partition not in ("published", "identity"):
        raise DataError(f"unknown partition {partition!r}; there are published and identity.")
    if partition == "identity":
        return hashed_parts(table.identities.tolist(), table.files)
    if table.parts is None:
        raise DataError(f"there is no {folder / PARTITION}: put it there, or set partition=identity.")
    return named_parts(table.parts, where=str(folder / PARTITION))


def _attributes(path: Path) -> LabelTable:
    lines = _lines(path)
    if len(lines) < 3 or not lines[0].strip().isdigit():
        raise DataError(f"{path} does not begin with a count, a line of names and rows of labels.")
    names, rows = tuple(lines[1].split()), [line.split() for line in lines[2:]]
    wrong = [number for number, row in enumerate(rows, start=3) if len(row) != len(names) + 1]
    if wrong:
        raise DataError(f"{path} has {len(wrong)} rows without {len(names)} labels, the first in line {wrong[0]}.")
    if int(lines[0]) != len(rows):
        raise DataError(f"{path} announces {lines[0].strip()} rows and has {len(rows)}: was it cut short?")
    files = tuple(row[0] for row in rows)
    refuse_doubles(files, path)
    columns = {name: numbers([row[column] for row in rows], name, path) for column, name in enumerate(names, start=1)}
    unknown = np.full(len(rows), -1, dtype=np.int64)
    return LabelTable(files=files, attributes=names, values=binary(columns, len(rows), path), identities=unknown)


def _pairs(path: Path) -> Mapping[str, str] | None:
    """A file of two columns; None where it is missing."""
    if not path.exists():
        return None
    rows = [line.split() for line in _lines(path)]
    wrong = [number for number, row in enumerate(rows, start=1) if len(row) != 2]
    if wrong:
        raise DataError(f"{path} has {len(wrong)} rows without 2 columns, the first in line {wrong[0]}.")
    refuse_doubles([row[0] for row in rows], path)
    return {row[0]: row[1] for row in rows}


def _covers(values: Mapping[str, str], table: LabelTable, path: Path) -> None:
    missing = sum(name not in values for name in table.files)
    if missing:
        raise DataError(f"{path} lacks {missing} of the {len(table.files)} images of {ATTRIBUTES}.")


def _lines(path: Path) -> list[str]:
    if not path.is_file():
        raise DataError(f"there is no {path}.")
    return [line for line in path.read_text(encoding="utf-8", errors="replace").splitlines() if line.strip()]


def _existing(folder: Path) -> Path:
    if not folder.is_dir():
        raise DataError(f"there is no folder {folder}.")
    return folder
