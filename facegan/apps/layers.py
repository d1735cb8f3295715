"""A picture as what can be made large apart: its colours, or its grey, and its transparency."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import ExifTags, Image, ImageOps
from torch import Tensor

from facegan.data.decode import SIXTEEN_BITS, check_size, read_image, to_rgb
from facegan.errors import UserError

GREY = ("1", "L", "LA", "La", *SIXTEEN_BITS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Layers:
    """colour: 3 x H x W uint8, three times the same where `grey`. alpha: 1 x H x W uint8, None where all is opaque."""

    colour: Tensor
    alpha: Tensor | None = None
    grey: bool = False

    @property
    def channels(self) -> int:
        """Of a file that holds all of it."""
        return (1 if self.grey else 3) + (self.alpha is not None)

    @property
    def size(self) -> tuple[int, int]:
        """Height and width."""
        return self.colour.shape[-2], self.colour.shape[-1]


def layers_of(image: Image.Image) -> Layers:
    """The layers of any image, upright; colours under transparent pixels are as the file has them.

    Raises UnreadableImageError as `to_rgb` does.
    """
    turned = image.getexif().get(ExifTags.Base.Orientation, 1) != 1
    upright, grey = ImageOps.exif_transpose(image) if turned else image, image.mode in GREY
    if upright.has_transparency_data and upright.mode not in SIXTEEN_BITS:
        whole = _planes(upright.convert("RGBA"))
        return Layers(colour=whole[:3], alpha=whole[3:], grey=grey)
    return Layers(colour=_planes(to_rgb(upright)), grey=grey)


def open_layers(path: Path) -> Layers:
    """The layers of a file, at its full size. Raises UserError, which names the file."""
    if not path.is_file():
        raise UserError(f"{path}: there is no such file.")

    def whole(image: Image.Image) -> Layers:
        check_size(image)
        return layers_of(image)

    try:
        return read_image(path, whole)
    except ValueError as error:
        raise UserError(f"{path}: {error}.") from error


def _planes(image: Image.Image) -> Tensor:
    return torch.from_numpy(np.array(image)).permute(2, 0, 1)
