"""Videos as clips: folders of frames, in the order in which people number them, or files where PyAV can be imported."""

import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path, PurePosixPath

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from facegan.data.errors import DataError
from facegan.data.folder import Folder
from facegan.data.photos import list_images
from facegan.data.source import FaceSource
from facegan.data.splits import Parts, Split, hashed_parts, split_mask
from facegan.errors import UserError


class Video(FaceSource):
    """Clips of T frames in a row, out of videos that are folders of frames; no clip spans two folders.

    Frames are in natural order: frame2 comes before frame10. A frame that cannot be read ends a row. Videos are split
    by a hash of their path, whole; one that is alone is split by time: 80, 10 and 10 percent.

    root: the folder that holds the frames, or a folder of frames for each video (any depth). frames: T. stride: from
    the start of a clip to that of the next, T by default. image_size, crop, resample, cache: as in `Folder`. Raises
    DataError where no video has T frames in a row, or none is in the split.
    """

    attributes = ()
    frames: int

    def __init__(
        self,
        root: str | Path,
        *,
        image_size: int = 64,
        frames: int = 3,
        stride: int | None = None,
        split: Split | str = "train",
        crop: str = "centre",
        resample: str = "lanczos",
        name: str | None = None,
        cache: str | Path | None = None,
    ) -> None:
        if frames < 1 or (stride is not None and stride < 1):
            raise UserError(f"frames={frames}, stride={stride}: both are at least 1.")
        folder = Path(root).expanduser()
        self._photos = Folder(
            folder, image_size=image_size, split="all", crop=crop, resample=resample, name=name, cache=cache
        )
        self.name, self.image_size, self.frames = self._photos.name, image_size, frames
        numbers = {file: number for number, file in enumerate(self._photos.files)}
        rows = [
            (video, [numbers.get(file) for file in files[start : start + frames]])
            for video, files in videos(list_images(folder))
            for start in range(0, len(files) - frames + 1, stride or frames)
        ]
        whole = [(video, row) for video, row in rows if None not in row]
        if not whole:
            raise DataError(f"no video in {folder} has {frames} frames in a row that can be read.")
        parts = _parts([video for video, _ in whole])
        chosen = [row for row, kept in zip(whole, split_mask(parts, split, name=self.name), strict=True) if kept]
        self.videos = tuple(video for video, _ in chosen)
        self._rows = torch.tensor([row for _, row in chosen], dtype=torch.int64)
        self.labels = torch.zeros(len(chosen), 0)
        known = {video: number for number, (video, _) in enumerate(groupby(self.videos))}
        self.identities = torch.tensor([known[video] for video in self.videos], dtype=torch.int64)

    def images(self, index: Tensor) -> Tensor:
        """The clips of these numbers, len(index) x T x 3 x S x S, uint8 in [0, 255]."""
        frames = self._photos.images(self._rows[index].flatten())
        clips: Tensor = frames.unflatten(0, (len(index), self.frames))
        return clips

    def crop(self) -> dict[str, object]:
        """How the frames were cut."""
        return self._photos.crop()


def _parts(homes: Sequence[str]) -> Parts:
    if len(set(homes)) > 1:
        return hashed_parts([-1] * len(homes), homes)
    time = (np.arange(len(homes)) + 0.5) / len(homes)
    return np.asarray((time >= 0.8).astype(np.int64) + (time >= 0.9))


def natural(name: str) -> tuple[tuple[bool, int, str], ...]:
    """A key by which names sort as people number them: digits count as numbers, all else as text."""
    parts = filter(None, re.split(r"([0-9]+)", name))
    return tuple((False, int(part), "") if part[0] in "0123456789" else (True, 0, part) for part in parts)


def videos(files: Sequence[str]) -> list[tuple[str, list[str]]]:
    """Relative paths of frames as (folder, frames), both in natural order."""

    def home(file: str) -> str:
        return PurePosixPath(file).parent.as_posix()

    ordered = sorted(files, key=lambda file: (natural(home(file)), natural(PurePosixPath(file).name)))
    return [(folder, list(frames)) for folder, frames in groupby(ordered, key=home)]


def decoded_file(path: Path) -> Iterator[Image.Image]:
    """The frames of a video file, in RGB. Raises UserError without PyAV, DataError for a file that cannot be read."""
    try:
        import av
    except ImportError as error:
        raise UserError(
            f"{path}: to read video files, pip install 'facegan[video]', which brings PyAV; or give a folder of frames."
        ) from error
    try:
        with av.open(str(path)) as container:
            for frame in container.decode(video=0):
                yield frame.to_image()
    except (OSError, ValueError, IndexError) as error:  # PyAV's own errors are of these kinds
        raise DataError(f"{path} is no video that can be read: {error}.") from error


def unpacked(path: Path, folder: Path) -> int:
    """Writes the frames of a video file into a folder, 000001.png and so on, and says how many. Raises as above."""
    folder.mkdir(parents=True, exist_ok=True)
    count = 0
    for count, image in enumerate(decoded_file(path), 1):
        image.save(folder / f"{count:06d}.png")
    return count
