"""A folder of photographs with a table of labels, as a data set: what CelebA and a user's own folder have in common."""

from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from facegan.data.align import Framing
from facegan.data.errors import DataError, some
from facegan.data.labels import LabelTable
from facegan.data.similarity import Points
from facegan.data.source import FaceSource
from facegan.data.splits import Parts, split_mask
from facegan.data.store import open_store
from facegan.data.store_build import Work

SUFFIXES = frozenset(
    {".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".bmp", ".gif", ".tif", ".tiff", ".ppm", ".pgm", ".pbm"}
    | {".jp2", ".tga", ".avif", ".heic", ".heif"}
)


class Photos(FaceSource):
    """Photographs from a store, with labels.

    files: the faces' files, relative to the folder. left_out: the folder's unusable files, with the reason.
    parts: the part (a number into PARTS) of every usable file of the data set, whatever split was asked for.
    aside: N bool, the rows of the table that no split shows; none without it.
    sizes: N x 2, the photographs' width and height in pixels.
    Raises DataError where nothing is left, and as `open_store` and `split_mask` do.
    """

    def __init__(
        self,
        *,
        name: str,
        work: Work,
        table: LabelTable,
        parts: Parts,
        split: str,
        aside: npt.NDArray[np.bool_] | None = None,
        cache: Path | None = None,
        workers: int | None = None,
    ) -> None:
        self.name, self.split = name, split
        self.attributes, self.image_size = table.attributes, work.framing.image_size
        self._framing = work.framing
        self._store = open_store(work, name=name, cache=cache, workers=workers)
        self.left_out: Mapping[str, str] = self._store.left_out
        rows = {file: row for row, file in enumerate(table.files)}
        kept = np.array([rows[file] for file in self._store.names], dtype=np.int64)
        self.parts, self.all_identities = parts[kept], table.identities[kept]
        shown = split_mask(self.parts, split, name=name)
        chosen = np.flatnonzero(shown if aside is None else shown & ~aside[kept])
        self._numbers = torch.from_numpy(chosen)
        self.files = tuple(self._store.names[number] for number in chosen)
        self.sizes = self._store.sizes[chosen]
        self.labels = torch.from_numpy(table.values[kept][chosen])
        self.identities = torch.from_numpy(table.identities[kept][chosen])

    def images(self, index: Tensor) -> Tensor:
        """The faces of these numbers, n x 3 x S x S uint8, a channels-last view."""
        return self._store.images(self._numbers[index])

    def crop(self) -> dict[str, object]:
        """How these photographs were cut, for `Framing.from_dict`."""
        return self._framing.to_dict()

    def enlarged(self) -> int | None:
        """How many faces are cut from fewer pixels than they have; None where they are aligned."""
        if self._store.aligned:
            return None
        sizes, counts = np.unique(self.sizes, axis=0, return_counts=True)
        sides = [self._framing.crop.shorter_side((int(width), int(height))) for width, height in sizes]
        small = [side < self.image_size for side in sides]
        return int(counts[small].sum())

    @property
    def report(self) -> Path | None:
        """The file that lists the photographs that were left out, with reasons; None where all are used."""
        return self._store.folder / "left_out.txt" if self.left_out else None


def list_images(folder: Path) -> tuple[str, ...]:
    """The image files under a folder, sorted, as relative paths with forward slashes; hidden ones are skipped.

    Raises DataError for a missing folder and for one without images.
    """
    if not folder.is_dir():
        raise DataError(f"there is no folder {folder}.")
    found = [path.relative_to(folder) for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES]
    names = sorted(path.as_posix() for path in found if not any(part.startswith(".") for part in path.parts))
    if not names:
        raise DataError(f"no images in {folder}: {len(list(folder.iterdir()))} entries, none of a known image type.")
    return tuple(names)


def match(table: LabelTable, images: Sequence[str], *, where: str, subset: bool) -> tuple[LabelTable, tuple[str, ...]]:
    """The rows that have an image, named as the images are, and their images.

    Rows and images are matched by path, or, where no path matches, by bare file names that are unique.
    subset: go on with what matches. Raises DataError with the counts where something is left over, or nothing matches.
    """
    renamed = _by_path_or_name(table.files, images)
    present = set(images)
    rows = [row for row, name in enumerate(renamed) if name in present]
    labelled = {renamed[row] for row in rows}
    without_image = [name for name in table.files if name not in present] if len(rows) < len(renamed) else []
    without_label = [name for name in images if name not in labelled]
    if not rows or (not subset and (without_image or without_label)):
        raise DataError(_mismatch(where, len(rows), without_image, without_label))
    matched = LabelTable(
        files=tuple(renamed[row] for row in rows),
        attributes=table.attributes,
        values=table.values[rows],
        identities=table.identities[rows],
        parts=None if table.parts is None else tuple(table.parts[row] for row in rows),
    )
    return matched, tuple(sorted(labelled))


def work_for(
    folder: Path, names: Sequence[str], framing: Framing, landmarks: Mapping[str, Points] | None = None
) -> Work:
    """What a store is made of; landmarks count only where the framing aligns."""
    return Work(root=folder, names=names, framing=framing, landmarks=landmarks if framing.template else None)


def _by_path_or_name(files: Sequence[str], images: Sequence[str]) -> list[str]:
    plain = [str(PurePosixPath(name.replace("\\", "/"))) for name in files]
    if set(plain) & set(images):
        return plain
    bare = [PurePosixPath(name).name for name in plain]
    by_name = {PurePosixPath(name).name: name for name in images}
    if len(by_name) < len(images) or len(set(bare)) < len(bare):
        return plain
    return [by_name.get(name, name) for name in bare]


def _mismatch(where: str, matching: int, without_image: Sequence[str], without_label: Sequence[str]) -> str:
    images = f"{len(without_image)} labels without an image" + (f" ({some(without_image)})" if without_image else "")
    labels = f"{len(without_label)} images without a label" + (f" ({some(without_label)})" if without_label else "")
    hint = f"set subset=true to use the {matching} that match" if matching else "is it the right folder?"
    return f"{where} does not match its images: {matching} match, {images}, {labels}: {hint}."
