"""Colours of hair, brows and beards."""

from torch import Tensor

from facegan.data.twinfaces.columns import palette
from facegan.data.twinfaces.stage import Window, rgb

DARK = ((0.06, 0.05, 0.05), (0.16, 0.10, 0.07), (0.28, 0.17, 0.10), (0.36, 0.18, 0.09), (0.42, 0.14, 0.07))
BLOND = ((0.93, 0.86, 0.68), (0.88, 0.74, 0.42), (0.78, 0.60, 0.30))
BEARDS = ((0.07, 0.05, 0.05), (0.17, 0.11, 0.08), (0.30, 0.18, 0.11), (0.36, 0.20, 0.12))


def hair_colour(w: Window) -> Tensor:
    """B x 3 x 1 x 1, greyed by age."""
    tone, blond = w["Blond_Hair.tone"], w["Blond_Hair"][:, None]
    dark = palette(tone, DARK)
    own = dark + blond * (palette(tone, BLOND) - dark)
    return own + w["Young.grey"][:, None] * (rgb(0.68, 0.68, 0.69, tone) - own) * 0.85


def brow_colour(w: Window) -> Tensor:
    """B x 3 x 1 x 1; brows keep their own dark tone whatever is done to the hair."""
    return palette(w["brow_tone"], BEARDS)


def beard_colour(w: Window, attribute: str) -> Tensor:
    """B x 3 x 1 x 1 of a mustache, goatee or beard."""
    return palette(w[f"{attribute}.tone"], BEARDS)
