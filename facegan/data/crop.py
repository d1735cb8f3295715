"""Which square of a photograph is used, as plain data that a run folder can keep."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Literal, get_args

from facegan.data.errors import DataError

Kind = Literal["box", "centre", "whole"]
Box = tuple[float, float, float, float]

LEAST_SIDE = 8
"""A square of fewer pixels holds no face."""

_ASPECT_TOLERANCE = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class Crop:
    """A square of an image.

    box: the square of `side` at (left, top) in an image of size `frame`, in pixels of that frame; an image of another
        size but the same shape is cut in proportion.
    centre: the middle square; `side` is its fraction of the shorter side, in (0, 1].
    whole: everything, squeezed into a square where it is none.
    Raises DataError for a square that does not fit.
    """

    kind: Kind = "centre"
    frame: tuple[int, int] = (0, 0)
    left: float = 0.0
    top: float = 0.0
    side: float = 1.0

    def __post_init__(self) -> None:
        if self.kind not in get_args(Kind):
            raise DataError(f"unknown crop kind {self.kind!r}; there are {', '.join(get_args(Kind))}.")
        if self.kind == "centre" and not 0 < self.side <= 1:
            raise DataError(f"a centre crop takes a fraction of the shorter side in (0, 1], not {self.side}.")
        if self.kind == "box" and not self._inside():
            raise DataError(f"the crop {self.side} at ({self.left}, {self.top}) leaves its frame {self.frame}.")

    def _inside(self) -> bool:
        width, height = self.frame
        across = self.left >= 0 and self.left + self.side <= width
        return self.side > 0 and across and self.top >= 0 and self.top + self.side <= height

    def fits(self, size: tuple[int, int]) -> bool:
        """Whether an image of this width and height has the shape that the crop was made for."""
        if self.kind != "box":
            return True
        return abs(size[0] * self.frame[1] / (size[1] * self.frame[0]) - 1) < _ASPECT_TOLERANCE

    def region(self, size: tuple[int, int]) -> Box:
        """Left, top, right, bottom in pixels of an image of this width and height.

        Raises DataError for an image of another shape, or too small.
        """
        if not self.fits(size):
            raise DataError(f"{size[0]} x {size[1]} pixels have not the shape of {self.frame[0]} x {self.frame[1]}")
        box = self._region(size)
        if min(box[2] - box[0], box[3] - box[1]) < LEAST_SIDE:
            raise DataError(f"{size[0]} x {size[1]} pixels leave a crop below {LEAST_SIDE} pixels")
        return box

    def shorter_side(self, size: tuple[int, int]) -> float:
        """The shorter side in pixels of what is cut from an image of this width and height. Raises as `region` does."""
        left, top, right, bottom = self.region(size)
        return min(right - left, bottom - top)

    def _region(self, size: tuple[int, int]) -> Box:
        width, height = size
        if self.kind == "whole":
            return (0.0, 0.0, float(width), float(height))
        if self.kind == "centre":
            side = self.side * min(size)
            left, top = (width - side) / 2, (height - side) / 2
            return (left, top, left + side, top + side)
        across, down = width / self.frame[0], height / self.frame[1]
        right, bottom = (self.left + self.side) * across, (self.top + self.side) * down
        return (self.left * across, self.top * down, min(right, float(width)), min(bottom, float(height)))

    def to_dict(self) -> dict[str, object]:
        """Plain data, for JSON."""
        return {**asdict(self), "frame": list(self.frame)}

    @classmethod
    def from_dict(cls, data: Mapping[str, object]) -> "Crop":
        """The crop of `to_dict`. Raises DataError for anything else."""
        try:
            values = dict(data)
            frame = values.pop("frame", (0, 0))
            return cls(frame=(int(frame[0]), int(frame[1])), **values)  # type: ignore[index, arg-type]
        except (TypeError, IndexError, KeyError) as error:
            raise DataError(f"this is no crop: {dict(data)!r} ({error}).") from error


def _published(left: float, top: float, side: float) -> Crop:
    return Crop(kind="box", frame=(178, 218), left=left, top=top, side=side)


CELEBA_CROPS: Mapping[str, Crop] = {
    "fader": _published(0, 20, 178),
    "stargan": _published(0, 20, 178),
    "attgan": _published(3, 26, 170),
    "attgan64": _published(15, 40, 148),
    "wasserstein_sr": _published(17, 52, 144),
    "genegan": _published(23, 56, 131),
}
"""What the published systems cut from CelebA's aligned 178 x 218 images. `genegan` is where GeneGAN's own alignment of
the originals puts its square on the aligned ones, rounded to pixels."""
