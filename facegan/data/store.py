"""Photographs decoded once into 8-bit squares, from which a batch costs almost nothing.

A store is a folder: images.npy (rows x S x S x 3, so that a batch is already channels last), store.json (names, sizes,
what was left out) and left_out.txt for people.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from facegan.data.errors import DataError
from facegan.data.store_build import Work, build
from facegan.data.store_key import store_key
from facegan.files import cache_folder


class Store:
    """A finished store.

    names: the files that could be read, in the order of their numbers. sizes: their width and height in pixels.
    left_out: the others, with the reason. aligned: whether landmarks were used.
    Raises DataError where the folder is damaged or nothing could be read.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        summary, self._pixels = _read(folder)
        self.left_out: Mapping[str, str] = summary["left_out"]
        self.aligned = bool(summary["aligned"])
        kept = [(row, name) for row, name in enumerate(summary["names"]) if name not in self.left_out]
        self._rows = np.array([row for row, _ in kept], dtype=np.int64)
        self.names = tuple(name for _, name in kept)
        self.sizes = np.array([summary["sizes"][row] for row, _ in kept], dtype=np.int64).reshape(-1, 2)
        if not kept:
            name, reason = next(iter(self.left_out.items()))
            raise DataError(f"none of {len(self.left_out)} images can be used; {name}: {reason}. See {folder}.")

    def __len__(self) -> int:
        return len(self.names)

    def images(self, index: Tensor) -> Tensor:
        """The faces of these numbers, n x 3 x S x S uint8, a channels-last view."""
        faces = self._pixels[self._rows[index.numpy()]]
        return torch.from_numpy(faces).permute(0, 3, 1, 2)


def open_store(work: Work, *, name: str, cache: Path | None = None, workers: int | None = None) -> Store:
    """The store of these photographs, decoded now where that has not happened yet.

    name: readable, the beginning of the folder's name. cache: where stores lie; $FACEGAN_CACHE or the user's cache
    folder if None. workers: threads; as many as there are cores if None. Raises DataError as `build` and `Store` do.
    """
    key = store_key(work.root, work.names, work.framing, work.landmarks, work.least)
    folder = (cache or cache_folder()) / f"{name}-{work.framing.image_size}-{key}"
    build(folder, work, title=f"decoding {name}", workers=workers)
    return Store(folder)


def _read(folder: Path) -> tuple[dict[str, Any], npt.NDArray[np.uint8]]:
    try:
        summary = json.loads((folder / "store.json").read_text(encoding="utf-8"))
        pixels = np.load(folder / "images.npy", mmap_mode="r")
        side = summary["framing"]["image_size"]
        if pixels.shape != (len(summary["names"]), side, side, 3):
            raise ValueError(f"images.npy has the shape {pixels.shape}")
    except (OSError, ValueError, KeyError, EOFError) as error:
        raise DataError(f"the store {folder} is damaged ({error}): delete it, and it is made again.") from error
    return summary, pixels
