"""How a photograph becomes the square that a model sees, and how an edited square gets back into the photograph.

The same framing cuts the training photos and a user's own photo. With five landmarks a face is brought onto a mean
face; without them the plain crop is taken. Landmarks are x, y in pixels of the upright photograph, where (0, 0) is the
middle of the upper left pixel, in this order: left eye, right eye, nose, left and right corner of the mouth, all as
seen by the viewer. Unknown points are NaN; two are enough.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from PIL import Image

from facegan.data.crop import Crop
from facegan.data.decode import to_rgb
from facegan.data.errors import DataError
from facegan.data.similarity import Affine, Points, fit_similarity, stretch
from facegan.data.warp import corners, cut_out, feathered, paste_in

RESAMPLING: Mapping[str, Image.Resampling] = {
    name: Image.Resampling[name.upper()] for name in ("lanczos", "bicubic", "bilinear", "box")
}
FORMAT = 1


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a square came from: what is needed to paste it back.

    to_photo: from the unit square (0 .. 1 across and down the cut) to pixels of the photograph. size: the photograph's
    width and height.
    """

    to_photo: Affine
    size: tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Framing:
    """From photographs to squares of image_size pixels.

    crop: the square that is cut where there are no landmarks. template: 5 x 2, where the landmarks go, in fractions of
    the square; None where faces are not aligned. resample: lanczos, bicubic, bilinear or box; all of them average when
    they shrink. Raises DataError for values that make no sense.
    """

    image_size: int
    crop: Crop = field(default_factory=Crop)
    template: tuple[tuple[float, float], ...] | None = None
    resample: str = "lanczos"

    def __post_init__(self) -> None:
        if not 1 <= self.image_size <= 8192:
            raise DataError(f"an image size between 1 and 8192 pixels is wanted, not {self.image_size}.")
        if self.resample not in RESAMPLING:
            raise DataError(f"unknown resampling {self.resample!r}; there are {', '.join(RESAMPLING)}.")
        if self.template is not None and np.shape(self.template) != (5, 2):
            raise DataError(f"a template has 5 points of 2 numbers, not the shape {np.shape(self.template)}.")
        if self.template is not None and not (np.isfinite(self.template).all() and np.std(self.template, axis=0).any()):
            raise DataError(f"the points of a template lie apart and are finite, unlike {self.template}.")

    def cut(
        self, image: Image.Image, landmarks: Points | None = None, *, strict: bool = False
    ) -> tuple[Image.Image, Placement]:
        """The square of a photograph, RGB, and where it came from.

        landmarks: 5 x 2, used where there is a template. strict: refuse an image that has not the crop's shape (as for
        training photos) instead of taking its middle square. Raises DataError for an image or landmarks of no use.
        """
        photo = to_rgb(image)
        placement = self.place(photo.size, landmarks, strict=strict)
        return cut_out(photo, placement.to_photo, self.image_size, RESAMPLING[self.resample]), placement

    def place(self, size: tuple[int, int], landmarks: Points | None = None, *, strict: bool = False) -> Placement:
        """Where the square lies in a photograph of this width and height. Raises DataError as `cut` does."""
        if landmarks is not None and self.template is not None:
            return Placement(_aligned(landmarks, np.array(self.template), size), size)
        crop = self.crop if strict or self.crop.fits(size) else Crop()
        left, top, right, bottom = crop.region(size)
        return Placement(stretch(right - left, bottom - top, left=left, top=top), size)

    def paste(
        self, original: Image.Image, edited: Image.Image, placement: Placement, *, feather: float = 0.1
    ) -> Image.Image:
        """The photograph, RGB and upright, with an edited square of any size in its place.

        The square fades out over `feather` (a fraction of its side) towards its edges; pixels outside it stay as they
        are, bit for bit. Raises DataError where the photograph is not the one that was cut.
        """
        photo = to_rgb(original)
        if photo.size != placement.size:
            raise DataError(f"the square was cut from {placement.size} pixels, this photograph has {photo.size}.")
        return paste_in(photo, to_rgb(edited), placement.to_photo, feathered(placement.to_photo, photo.size, feather))

    def to_dict(self) -> dict[str, object]:
        """Plain data, for JSON: what a run folder keeps."""
        template = None if self.template is None else [list(point) for point in self.template]
        crop = self.crop.to_dict()
        return {
            "format": FORMAT, "image_size": self.image_size, "crop": crop, "template": template,
            "resample": self.resample,
        }  # fmt: skip

    @classmethod
    def from_dict(cls, data: Mapping[str, object], *, image_size: int | None = None) -> "Framing":
        """The framing of `to_dict`; of {} the middle square at image_size, for want of better knowledge.

        Raises DataError for anything else, and for a newer format.
        """
        values = {"format": FORMAT, "image_size": image_size, **data}
        if values["format"] != FORMAT:
            raise DataError(f"a crop of format {values['format']!r} was written; this version reads {FORMAT}.")
        try:
            return cls(
                image_size=int(values["image_size"]),  # type: ignore[call-overload]
                crop=Crop.from_dict(values.get("crop") or {}),  # type: ignore[arg-type]
                template=_template(values.get("template")),
                resample=str(values.get("resample", "lanczos")),
            )
        except DataError:
            raise
        except (TypeError, ValueError) as error:
            raise DataError(f"this is no crop: {dict(data)!r} ({error}).") from error


def _template(values: object) -> tuple[tuple[float, float], ...] | None:
    if values is None:
        return None
    return tuple((float(x), float(y)) for x, y in values)  # type: ignore[attr-defined]


def _aligned(landmarks: Points, template: Points, size: tuple[int, int]) -> Affine:
    points = np.asarray(landmarks, dtype=np.float64)
    if points.shape != (5, 2):
        raise DataError(f"5 landmarks of x and y are wanted, not the shape {points.shape}")
    known = np.isfinite(points).all(1)
    if known.sum() < 2:
        raise DataError(f"at least 2 known landmarks are wanted, not {known.sum()}")
    to_photo = fit_similarity(points[known] + 0.5, template[known]).inverse()
    quad = corners(to_photo)
    outside = (quad.max(0) <= 0).any() or (quad.min(0) >= np.array(size)).any()
    if outside or not math.isfinite(to_photo.scale()) or to_photo.scale() > 8 * max(size):
        raise DataError(f"the landmarks do not lie in a photograph of {size[0]} x {size[1]} pixels")
    return to_photo


def unit_template(points: npt.ArrayLike, *, left: float, top: float, side: float) -> tuple[tuple[float, float], ...]:
    """Points in pixels (middles of pixels) as fractions of the square of `side` pixels at (left, top)."""
    fractions = (np.asarray(points, dtype=np.float64) + 0.5 - [left, top]) / side
    return tuple((float(x), float(y)) for x, y in fractions)
