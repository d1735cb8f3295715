"""Photos as people hand them over: a path, a PIL image, an array."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from facegan.data.decode import decode, to_rgb
from facegan.errors import UserError

Photo = str | Path | Image.Image | npt.NDArray[np.uint8]


def as_photo(photo: Photo) -> Image.Image:
    """The photo as an upright RGB image at its full size. Raises UserError for what is no photo."""
    if isinstance(photo, Image.Image):
        return to_rgb(photo)
    if isinstance(photo, np.ndarray):
        return _of_array(photo)
    if isinstance(photo, str | Path):
        return open_photo(Path(photo))
    raise UserError(f"a photo is a path, a PIL image or an array, nothing of type {type(photo).__name__}.")


def open_photo(path: Path) -> Image.Image:
    """The file's photo, upright, RGB, at its full size. Raises UserError, which names the file."""
    if not path.is_file():
        raise UserError(f"{path}: there is no such file.")
    try:
        decoded = decode(path)
        if decoded.scale == 1:
            return decoded.image
        with Image.open(path) as image:  # very large photos are decoded smaller there, which is no good for pasting
            image.load()
            return to_rgb(image)
    except (ValueError, OSError) as error:
        raise UserError(f"{path}: {error}.") from error


def _of_array(pixels: npt.NDArray[np.uint8]) -> Image.Image:
    if pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[2] != 3 or 0 in pixels.shape:
        raise UserError(f"an array is H x W x 3 uint8, not {' x '.join(map(str, pixels.shape))} {pixels.dtype}.")
    return Image.fromarray(pixels)
