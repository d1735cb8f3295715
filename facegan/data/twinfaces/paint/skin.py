"""The colour of bare skin, before light."""

from torch import Tensor

from facegan.data.twinfaces.columns import palette
from facegan.data.twinfaces.stage import Window, rgb

TONES = ((0.90, 0.70, 0.58), (0.84, 0.62, 0.48), (0.74, 0.52, 0.38), (0.58, 0.38, 0.27), (0.42, 0.27, 0.20))


def skin_colour(w: Window) -> Tensor:
    """B x 3 x 1 x 1: the face's own tone, paler or ruddier as its labels and styles say."""
    own = palette(w["skin"], TONES)
    cool = w["Pale_Skin.cool"]
    pale = rgb(0.99 - 0.03 * cool, 0.90 - 0.01 * cool, 0.85 + 0.07 * cool, cool)
    rough = w["Male.rough"]
    ruddy = rgb(1.0 - 0.05 * rough, 1.0 - 0.12 * rough, 1.0 - 0.14 * rough, rough)
    return (own + w["Pale_Skin.pale"][:, None] * (pale - own)) * ruddy
