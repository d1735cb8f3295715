"""Pairs of large and small photographs in the layout of DIV2K and the NTIRE challenges, as crops."""

import hashlib
import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from facegan.data.decode import decode
from facegan.data.errors import DataError, some
from facegan.data.photos import list_images
from facegan.data.source import FaceSource
from facegan.data.splits import Split
from facegan.data.video import natural
from facegan.files import cache_folder, write_whole

Pixels = npt.NDArray[np.uint8]
HELD = 10  # every tenth of the training pictures, which are the first 800, is for validation


class DIV2K(FaceSource):
    """Crops of pairs: DIV2K_train_HR/0001.png with DIV2K_train_LR_bicubic/X4/0001x4.png (Agustsson, Timofte, 2017).

    Crops lie on a grid, `stride` large pixels apart, by default side by side; one counts as one face, without labels.
    The split `test` is the published validation set (the test set's large pictures are not public), `validation` every
    tenth training picture. Files are read once, and kept as plain bytes in a cache folder.

    root: the folder of the DIV2K_* folders. track: what stands behind LR_, such as bicubic, unknown, mild or wild; a
    folder X<scale> inside is looked into where there is one. A small picture's name begins with that of the large one.
    image_size: the side of a large crop. Raises DataError for a missing folder or file, pictures that are no pair and
    numbers that do not fit.
    """

    attributes = ()
    low: int

    def __init__(
        self,
        root: str | Path,
        *,
        track: str = "bicubic",
        scale: int = 4,
        image_size: int = 96,
        stride: int | None = None,
        split: Split = "train",
        cache: str | Path | None = None,
    ) -> None:
        step = image_size if stride is None else stride
        if scale < 1 or image_size % scale or step < scale or step % scale:
            raise DataError(f"scale={scale} must divide image_size={image_size} and stride={step}.")
        self.name, self.image_size, self.low, self._scale = f"div2k-{track}", image_size, image_size // scale, scale
        self._cache = cache_folder("pairs") if cache is None else Path(cache).expanduser()
        self._pairs = _pairs(Path(root).expanduser(), track, scale, split)
        crops = [(n, *place) for n, pair in enumerate(self._pairs) for place in self._places(*pair, step)]
        if not crops:
            raise DataError(f"no picture of split {split!r} in {root} is {image_size} pixels high and wide.")
        self._crops = torch.tensor(crops, dtype=torch.int64)
        self.labels, self.identities = torch.zeros(len(crops), 0), self._crops[:, 0].clone()

    def images(self, index: Tensor) -> Tensor:
        """The large crops of these numbers, len(index) x 3 x S x S, uint8 in [0, 255]."""
        return self._cut(index, high=True)

    def lows(self, index: Tensor) -> Tensor:
        """The small ones of the same places, len(index) x 3 x low x low."""
        return self._cut(index, high=False)

    def _cut(self, index: Tensor, *, high: bool) -> Tensor:
        side, per = (self.image_size, 1) if high else (self.low, self._scale)
        parts = []
        for number, top, left in self._crops[index].tolist():
            pixels = self._raw(self._pairs[number][0 if high else 1])
            parts.append(pixels[top // per : top // per + side, left // per : left // per + side])
        return torch.from_numpy(np.stack(parts)).permute(0, 3, 1, 2)

    def _places(self, high: Path, low: Path, step: int) -> list[tuple[int, int]]:
        """Top and left of each crop. Raises DataError where the two are no pair."""
        large, small = self._raw(high).shape[:2], self._raw(low).shape[:2]
        if any(b != a // self._scale for a, b in zip(large, small, strict=True)):
            raise DataError(
                f"{low} has {small[1]} x {small[0]} pixels, and {high} {large[1]} x {large[0]}: no {self._scale} to 1."
            )
        tops, lefts = (range(0, self._scale * side - self.image_size + 1, step) for side in small)
        return [(top, left) for top in tops for left in lefts]

    def _raw(self, path: Path) -> Pixels:
        """A picture, H x W x 3, in the memory only where it is looked at."""
        facts = path.stat()
        key = hashlib.sha256(f"{path.resolve()} {facts.st_mtime_ns} {facts.st_size}".encode()).hexdigest()[:24]
        file = self._cache / f"{key}.npy"
        if not file.is_file():
            content = io.BytesIO()
            np.save(content, _read(path))
            write_whole(file, content.getvalue())
        pixels: Pixels = np.load(file, mmap_mode="r")
        return pixels


def _read(path: Path) -> Pixels:
    try:
        found = decode(path)
    except DataError as error:
        raise DataError(f"{path}: {error}.") from error
    if found.scale != 1:
        raise DataError(f"{path}: too large to be read at its full size; PNG would fit.")
    return np.asarray(found.image)


def _pairs(root: Path, track: str, scale: int, split: Split) -> list[tuple[Path, Path]]:
    kinds = {"train": ("train",), "validation": ("train",), "test": ("valid",), "all": ("train", "valid")}[split]
    found = []
    for kind in kinds:
        highs, lows = root / f"DIV2K_{kind}_HR", root / f"DIV2K_{kind}_LR_{track}"
        pairs = _matched(highs, lows / f"X{scale}" if (lows / f"X{scale}").is_dir() else lows)
        if split in ("train", "validation"):
            pairs = [pair for n, pair in enumerate(pairs) if ((n + 1) % HELD == 0) == (split == "validation")]
        found += pairs
    return found


def _matched(highs: Path, lows: Path) -> list[tuple[Path, Path]]:
    """Large and small pictures by name. Raises DataError for one that stands alone."""
    large, small = (sorted(list_images(folder), key=natural) for folder in (highs, lows))
    chosen = [(name, _partner(Path(name).stem, small)) for name in large]
    if alone := [name for name, other in chosen if other is None]:
        raise DataError(f"{lows} has no small picture for {some(alone)} of {highs}.")
    return [(highs / name, lows / other) for name, other in chosen if other is not None]


def _partner(stem: str, names: Sequence[str]) -> str | None:
    """The file whose name is the stem, with no digit behind it."""
    return next(
        (n for n in names if Path(n).stem.startswith(stem) and not Path(n).stem[len(stem) :][:1].isdigit()), None
    )
