"""The pictures that a command is to make large, one after the other: photos, frames of folders, frames of files."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from PIL import Image, ImageSequence

from facegan.apps.layers import Layers, layers_of, open_layers
from facegan.data.video import decoded_file, videos

SUFFIXES = frozenset({".mp4", ".m4v", ".mov", ".avi", ".mkv", ".webm", ".mpg", ".mpeg", ".wmv", ".flv", ".ogv"})
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """A picture that has to be read yet. film: which row of pictures it is of, whose neighbours it may be shown with.

    source: its file, and for a frame of a film file the picture itself.
    """

    source: Path
    target: Path
    film: int
    image: Image.Image | None = None

    def layers(self) -> Layers:
        """The picture. Raises UserError where it cannot be read."""
        return open_layers(self.source) if self.image is None else layers_of(self.image)


def is_film(path: Path) -> bool:
    """Whether a file holds several frames: a video, or an animated picture."""
    if path.suffix.lower() in SUFFIXES:
        return path.is_file()
    if path.suffix.lower() not in (".gif", ".webp", ".png", ".apng") or not path.is_file():
        return False
    try:
        with Image.open(path) as image:
            return bool(getattr(image, "is_animated", False))
    except (OSError, ValueError, SyntaxError):
        return False


def frames_of(path: Path, folder: Path, *, film: int) -> Iterator[Frame]:
    """The frames of a film file, each to become folder/000001.png and so on. Raises as `decoded_file`."""
    if path.suffix.lower() in SUFFIXES:
        yield from _numbered(path, decoded_file(path), folder, film)
        return
    with Image.open(path) as image:
        yield from _numbered(path, (each.copy() for each in ImageSequence.Iterator(image)), folder, film)


def _numbered(path: Path, images: Iterable[Image.Image], folder: Path, film: int) -> Iterator[Frame]:
    for number, image in enumerate(images, 1):
        yield Frame(source=path, target=folder / f"{number:06d}.png", film=film, image=image)


def in_time(photos: Sequence[tuple[str, Path]]) -> list[tuple[int, int]]:
    """The photos as frames of films, a film a folder: (number of the photo, film), in the order of people's numbers."""
    places = {path.as_posix(): number for number, (_, path) in enumerate(photos)}
    return [(places[file], film) for film, (_, files) in enumerate(videos(list(places))) for file in files]


def windows(items: Iterable[T], *, size: int, reach: int) -> Iterator[tuple[list[T], int, int]]:
    """Items `size` at a time, with up to `reach` more before and after: (items, how many before, how many after)."""
    kept: list[T] = []
    before = 0
    for item in items:
        kept.append(item)
        if len(kept) == before + size + reach:
            yield kept, before, reach
            kept = kept[max(0, before + size - reach) :]
            before = len(kept) - reach
    if len(kept) > before:
        yield kept, before, 0
