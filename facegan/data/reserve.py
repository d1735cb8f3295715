"""The file of a store, its whole length taken from the disk before the work; and what is said where that fails."""

import errno
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from facegan.data.errors import DataError


def reserve(path: Path, shape: tuple[int, ...]) -> None:
    """An uint8 .npy file whose whole length is taken on the disk now: a full disk shows before the work, not after it.

    Raises OSError where the disk does not take it.
    """
    np.lib.format.open_memmap(path, mode="w+", dtype=np.uint8, shape=shape).flush()
    if hasattr(os, "posix_fallocate"):
        with path.open("r+b") as file:
            os.posix_fallocate(file.fileno(), 0, path.stat().st_size)


@contextmanager
def disk_troubles(folder: Path, *, images: int, size: int, clean: Callable[[], None]) -> Iterator[None]:
    """Says in one DataError that a store of images of size x size does not fit or may not be written in `folder`.

    Where the disk is full, clean() takes away what was begun.
    """
    try:
        yield
    except OSError as error:
        if error.errno in (errno.EACCES, errno.EROFS, errno.EPERM):
            raise DataError(f"cannot write in {folder}: let FACEGAN_CACHE name a folder of yours.") from error
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        clean()
        wanted, left = images * size * size * 3 / 1e6, shutil.disk_usage(folder).free / 1e6
        raise DataError(
            f"the disk is full: the store of {images} images takes {wanted:,.0f} MB and {folder} has {left:,.0f} MB "
            "left. Free some, or let FACEGAN_CACHE name a folder on another disk."
        ) from error
