"""Any image file as RGB, or a reason why not.

Grey, CMYK, palette, 16-bit, transparent, animated (first frame) and EXIF-turned images are converted. Colour profiles
are ignored, as the published pipelines do.
"""

import threading
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError

from facegan.data.errors import DataError

T = TypeVar("T")

MAX_PIXELS = 150_000_000
"""Larger images are left out: a small file can claim any size and fill the memory (a decompression bomb)."""

DRAFT_PIXELS = 16_000_000
"""A JPEG above this is decoded at 1/2, 1/4 or 1/8, never below DRAFT_SIDE pixels a side."""

DRAFT_SIDE = 2048

_ONE_LARGE_IMAGE_AT_A_TIME = threading.Lock()
SIXTEEN_BITS = ("I", "I;16", "I;16B", "I;16L", "I;16N")


class UnreadableImageError(DataError):
    """An image that cannot be turned into RGB; its text is the reason, without the file's name."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """An upright RGB image.

    size: width and height in the file, in pixels, upright. scale: the image's pixels per pixel of the file (at most 1).
    """

    image: Image.Image
    size: tuple[int, int]
    scale: float


def decode(path: Path) -> Decoded:
    """Reads an image file. Raises UnreadableImageError for everything that goes wrong with it."""
    return read_image(path, _decode)


def read_image(path: Path, take: Callable[[Image.Image], T]) -> T:
    """What is taken from an image file while it is open. Raises UnreadableImageError for all that goes wrong."""
    try:
        with warnings.catch_warnings(), Image.open(path) as image:
            return take(image)
    except UnreadableImageError:
        raise
    except UnidentifiedImageError as error:
        raise UnreadableImageError("not an image, or of an unknown format") from error
    except MemoryError as error:
        raise UnreadableImageError("needs more memory than there is") from error
    except Exception as error:  # Pillow's readers raise nearly anything on damaged files
        raise UnreadableImageError(f"damaged: {' '.join(str(error).split()) or type(error).__name__}") from error


def to_rgb(image: Image.Image) -> Image.Image:
    """An image, upright and in RGB, with transparency laid on white; a copy only where something changes.

    Raises UnreadableImageError for floating-point pixels, whose range nobody knows.
    """
    turned = image.getexif().get(ExifTags.Base.Orientation, 1) != 1
    upright = ImageOps.exif_transpose(image) if turned else image
    if upright.mode == "RGB" and "transparency" not in upright.info:
        return upright
    if upright.mode == "F":
        raise UnreadableImageError("floating-point pixels, whose range is unknown")
    if upright.mode in SIXTEEN_BITS:
        return _high_byte(upright).convert("RGB")
    if upright.has_transparency_data:
        rgba = upright.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", rgba.size, "white"), rgba).convert("RGB")
    return upright.convert("RGB")


def check_size(image: Image.Image) -> None:
    """Raises UnreadableImageError for more than MAX_PIXELS."""
    if image.width * image.height > MAX_PIXELS:
        raise UnreadableImageError(f"{image.width} x {image.height} pixels, above the limit of {MAX_PIXELS:,}")


def _decode(image: Image.Image) -> Decoded:
    check_size(image)
    if image.width * image.height <= DRAFT_PIXELS:
        return _upright(image, image.size)
    with _ONE_LARGE_IMAGE_AT_A_TIME:
        size = image.size
        image.draft("RGB", (DRAFT_SIDE, DRAFT_SIDE))
        return _upright(image, size)


def _upright(image: Image.Image, size: tuple[int, int]) -> Decoded:
    scale = image.width / size[0]
    rgb = to_rgb(image)
    rgb.load()
    turned = (rgb.width > rgb.height) != (size[0] > size[1])
    return Decoded(image=rgb, size=(size[1], size[0]) if turned else size, scale=scale)


def _high_byte(image: Image.Image) -> Image.Image:
    values = np.asarray(image).astype(np.int64)
    return Image.fromarray((np.clip(values, 0, 65535) >> 8).astype(np.uint8))
