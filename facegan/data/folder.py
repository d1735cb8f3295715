"""Any folder of photographs, with or without a table of labels."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

from facegan.data.align import Framing
from facegan.data.crop import CELEBA_CROPS, Crop
from facegan.data.errors import DataError
from facegan.data.labels import LabelTable, read_table, unlabelled
from facegan.data.landmarks import read_landmarks
from facegan.data.photos import Photos, list_images, match, work_for
from facegan.data.similarity import Points
from facegan.data.splits import Parts, Split, hashed_parts, named_parts
from facegan.data.templates import celeba_template, named_template


class Folder(Photos):
    """The images under a folder, its subfolders included.

    root: the folder. labels: a CSV or parquet table (see `read_table` for it and file_column, attributes,
    identity_column, split_column), or None. crop: centre (the middle square), whole (squeezed where it is none), or a
    name of CELEBA_CROPS for images in CelebA's geometry. align: a name of TEMPLATES onto which faces are brought by
    `landmarks` (a file, see `read_landmarks`, or points by file name); images without landmarks are left out.
    partition: `table` goes by the table's split column where it has one; `identity` never does. Without one, persons
    are split by a hash, and files where persons are unknown.
    image_size, resample, subset, cache, workers: as in CelebA. Raises DataError for anything wrong, in one line.
    """

    def __init__(
        self,
        root: str | Path,
        *,
        labels: str | Path | None = None,
        image_size: int = 64,
        split: Split = "train",
        crop: str = "centre",
        align: str | None = None,
        landmarks: str | Path | Mapping[str, Points] | None = None,
        resample: str = "lanczos",
        file_column: str | None = None,
        attributes: Sequence[str] | None = None,
        identity_column: str = "identity",
        split_column: str = "split",
        partition: Literal["table", "identity"] = "table",
        subset: bool = False,
        name: str | None = None,
        cache: str | Path | None = None,
        workers: int | None = None,
    ) -> None:
        folder = Path(root).expanduser()
        framing = folder_framing(crop, align=align, image_size=image_size, resample=resample)
        points = _landmarks(align, landmarks)
        names = list_images(folder)
        if labels is None:
            table = unlabelled(names)
        else:
            path = Path(labels).expanduser()
            table = read_table(
                path,
                file_column=file_column,
                attributes=attributes,
                identity_column=identity_column,
                split_column=split_column,
            )
            table, names = match(table, names, where=str(path), subset=subset)
        super().__init__(
            name=name or readable(folder),
            work=work_for(folder, names, framing, points),
            table=table,
            parts=_parts(table, partition),
            split=split,
            cache=None if cache is None else Path(cache).expanduser(),
            workers=workers,
        )


def folder_framing(crop: str, *, align: str | None, image_size: int, resample: str = "lanczos") -> Framing:
    """The framing of a crop and a template by name. Raises DataError for unknown names."""
    crops: Mapping[str, Crop] = {"centre": Crop(kind="centre"), "whole": Crop(kind="whole"), **CELEBA_CROPS}
    if crop not in crops:
        raise DataError(f"unknown crop {crop!r}; there are {', '.join(crops)}.")
    template = celeba_template(crop) if crop in CELEBA_CROPS else None
    template = named_template(align) if align else template
    return Framing(image_size=image_size, crop=crops[crop], template=template, resample=resample)


def _landmarks(align: str | None, landmarks: str | Path | Mapping[str, Points] | None) -> Mapping[str, Points] | None:
    if (align is None) != (landmarks is None):
        raise DataError("to align faces takes both `align`, a template's name, and `landmarks`, a file of points.")
    return read_landmarks(Path(landmarks).expanduser()) if isinstance(landmarks, str | Path) else landmarks


def _parts(table: LabelTable, partition: str) -> Parts:
    if partition not in ("table", "identity"):
        raise DataError(f"unknown partition {partition!r}; there are table and identity.")
    if partition == "table" and table.parts is not None:
        return named_parts(table.parts, where="the label table")
    return hashed_parts(table.identities.tolist(), table.files)


def readable(folder: Path) -> str:
    """The folder's name in characters that are safe in a file name."""
    name = folder.resolve().name
    return "".join(letter if letter.isalnum() or letter in "-_" else "-" for letter in name) or "folder"
