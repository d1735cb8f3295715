"""Two folders that are no pairs: large faces, and small pictures of anybody else, such as stills of a camera."""

import math
from pathlib import Path

from torch import Tensor

from facegan.data.errors import DataError
from facegan.data.folder import Folder, folder_framing, readable
from facegan.data.labels import unlabelled
from facegan.data.photos import Photos, list_images
from facegan.data.splits import Split, hashed_parts
from facegan.data.store_build import Work

NEARLY = 0.9  # of the side: what enlarging by a tenth adds is not yet a blur that a critic would take for the camera's


class SmallPictures(Photos):
    """The pictures under a folder at image_size pixels, each its own small image; without labels, split as a folder's.

    Those of which fewer than NEARLY image_size pixels are cut are left out: enlarged, they would show interpolation.
    root, image_size, split, crop, resample, cache, workers: as in `Folder`, whose errors it raises.
    """

    low: int

    def __init__(
        self,
        root: str | Path,
        *,
        image_size: int,
        split: Split = "train",
        crop: str = "centre",
        resample: str = "lanczos",
        cache: str | Path | None = None,
        workers: int | None = None,
    ) -> None:
        folder = Path(root).expanduser()
        framing = folder_framing(crop, align=None, image_size=image_size, resample=resample)
        table = unlabelled(list_images(folder))
        super().__init__(
            name=readable(folder),
            work=Work(root=folder, names=table.files, framing=framing, least=math.ceil(NEARLY * image_size)),
            table=table,
            parts=hashed_parts(table.identities.tolist(), table.files),
            split=split,
            cache=None if cache is None else Path(cache).expanduser(),
            workers=workers,
        )
        self.low = image_size

    def lows(self, index: Tensor) -> Tensor:
        """The pictures of these numbers, n x 3 x low x low uint8, as `images` gives them."""
        return self.images(index)


class Unpaired(Folder):
    """The large faces under one folder, and beside them (`unpaired`) the small pictures under another.

    root: the large ones. low: the small ones, which are brought to image_size / scale pixels (see `SmallPictures`).
    crop, low_crop: how each are cut, as in `Folder`; the two should frame a face alike. image_size, split, resample,
    cache, workers: as in `Folder`. Raises DataError for a scale that does not divide image_size, for folders of which
    one lies in the other, and as `Folder` does for either.
    """

    unpaired: SmallPictures

    def __init__(
        self,
        root: str | Path,
        *,
        low: str | Path,
        image_size: int = 64,
        scale: int = 4,
        split: Split = "train",
        crop: str = "centre",
        low_crop: str = "centre",
        resample: str = "lanczos",
        cache: str | Path | None = None,
        workers: int | None = None,
    ) -> None:
        if scale < 1 or image_size % scale:
            raise DataError(f"scale={scale} must be 1 or more and divide image_size={image_size}.")
        _apart(Path(root).expanduser(), Path(low).expanduser())
        self.unpaired = SmallPictures(
            low,
            image_size=image_size // scale,
            split=split,
            crop=low_crop,
            resample=resample,
            cache=cache,
            workers=workers,
        )
        super().__init__(
            root, image_size=image_size, split=split, crop=crop, resample=resample, cache=cache, workers=workers
        )


def _apart(root: Path, low: Path) -> None:
    """Folders are read with their subfolders, so that one inside the other would be both large and small."""
    one, other = root.resolve(), low.resolve()
    if one.is_relative_to(other) or other.is_relative_to(one):
        raise DataError(
            f"root={root} and low={low}: one holds the other, so that its pictures would be both large and small; "
            "name two folders that lie apart."
        )
