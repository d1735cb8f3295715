"""The mean faces onto which published pipelines align: five points as fractions of the square that is cut."""

from collections.abc import Mapping

from facegan.data.align import unit_template
from facegan.data.crop import CELEBA_CROPS
from facegan.data.errors import DataError

Template = tuple[tuple[float, float], ...]

CELEBA_POINTS = ((69.7, 111.0), (107.2, 111.0), (88.0, 136.0), (72.0, 152.5), (104.9, 152.5))
"""Mean landmarks of CelebA's aligned 178 x 218 images. Eyes and the middle of the mouth are the three points onto which
its makers aligned."""

_GENEGAN_MEAN = (
    (-0.17607, -0.172844),
    (0.1736, -0.17356),
    (-0.00182, 0.0357164),
    (-0.14617, 0.20185),
    (0.14496, 0.19943),
)
_GENEGAN_EYES = 0.34967
"""The distance of the eyes in the mean face, which comes to 70 of 256 pixels."""
_GENEGAN_HEIGHT = 2.42
"""The square's height in units of the eyes' distance from its upper edge."""


def celeba_template(crop: str) -> Template:
    """Where the landmarks of CelebA's aligned images lie in one of CELEBA_CROPS."""
    box = CELEBA_CROPS[crop]
    return unit_template(CELEBA_POINTS, left=box.left, top=box.top, side=box.side)


def genegan_template() -> Template:
    """GeneGAN's mean face: eyes 70 of 256 pixels apart, at 1/2.42 of the height, which stretches the mean downwards."""
    ratio = 70 / (256 * _GENEGAN_EYES)
    lift = (_GENEGAN_MEAN[0][1] * ratio + 0.5) * _GENEGAN_HEIGHT
    return tuple((x * ratio + 0.5 + 0.5 / 256, (y * ratio + 0.5) / lift + 0.5 / 256) for x, y in _GENEGAN_MEAN)


TEMPLATES: Mapping[str, Template] = {
    "genegan": genegan_template(),
    **{f"celeba_{name}": celeba_template(name) for name in CELEBA_CROPS},
}


def named_template(name: str) -> Template:
    """A template by name. Raises DataError with the known names."""
    if name not in TEMPLATES:
        raise DataError(f"unknown template {name!r}; there are {', '.join(TEMPLATES)}.")
    return TEMPLATES[name]
