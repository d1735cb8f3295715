"""Colours of faces by their factors, mixed once for all faces before any pixel is painted."""

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

Stops = Sequence[tuple[float, float, float]]

_SKIN = ((0.90, 0.70, 0.58), (0.84, 0.62, 0.48), (0.74, 0.52, 0.38), (0.58, 0.38, 0.27), (0.42, 0.27, 0.20))
_DARK = ((0.06, 0.05, 0.05), (0.16, 0.10, 0.07), (0.28, 0.17, 0.10), (0.36, 0.18, 0.09), (0.42, 0.14, 0.07))
_BLOND = ((0.93, 0.86, 0.68), (0.88, 0.74, 0.42), (0.78, 0.60, 0.30))

# pigment -> the factor that chooses along its stops, and those.
_PALETTES: Mapping[str, tuple[str, Stops]] = {
    "iris": ("iris", (
        (0.16, 0.09, 0.05), (0.34, 0.20, 0.09), (0.36, 0.36, 0.16), (0.22, 0.42, 0.56), (0.45, 0.55, 0.60))),
    "cloth": ("cloth", (
        (0.20, 0.24, 0.36), (0.55, 0.18, 0.20), (0.18, 0.42, 0.36), (0.70, 0.68, 0.64), (0.42, 0.30, 0.50),
        (0.12, 0.12, 0.14))),
    "lipstick": ("Wearing_Lipstick.hue", (
        (0.72, 0.05, 0.12), (0.80, 0.12, 0.32), (0.55, 0.03, 0.16), (0.86, 0.25, 0.22), (0.42, 0.06, 0.26))),
    "felt": ("Wearing_Hat.hue", (
        (0.75, 0.14, 0.14), (0.78, 0.55, 0.16), (0.24, 0.50, 0.30), (0.16, 0.36, 0.62), (0.45, 0.24, 0.55),
        (0.62, 0.58, 0.52))),
    "frame": ("Eyeglasses.hue", (
        (0.05, 0.05, 0.06), (0.32, 0.17, 0.07), (0.62, 0.47, 0.22), (0.55, 0.06, 0.10), (0.10, 0.22, 0.50),
        (0.72, 0.72, 0.74), (0.90, 0.86, 0.80))),
    "lens": ("Eyeglasses.tint", (
        (0.05, 0.05, 0.07), (0.26, 0.14, 0.05), (0.08, 0.20, 0.40), (0.10, 0.28, 0.14), (0.62, 0.42, 0.10),
        (0.52, 0.60, 0.70))),
}  # fmt: skip
_BEARDS = ((0.07, 0.05, 0.05), (0.17, 0.11, 0.08), (0.30, 0.18, 0.11), (0.36, 0.20, 0.12))
_BEARD_FACTORS = {
    "brow": "brow_tone",
    "Mustache": "Mustache.tone",
    "Goatee": "Goatee.tone",
    "No_Beard": "No_Beard.tone",
}
_WALLS = (
    (0.62, 0.55, 0.46), (0.40, 0.58, 0.72), (0.46, 0.64, 0.48), (0.74, 0.60, 0.50), (0.60, 0.50, 0.66),
    (0.62, 0.64, 0.66),
)  # fmt: skip

PIGMENTS: tuple[str, ...] = ("skin", "hair", "lips", "wall_a", "wall_b", *_PALETTES, *_BEARD_FACTORS)


def palette(place: Tensor, stops: Stops) -> Tensor:
    """Colours along evenly spaced stops: place N in [0, 1] gives N x 3."""
    table = place.new_tensor(stops)
    colour = table[:1].expand(len(place), 3)
    for k in range(len(stops) - 1):
        part = (place * (len(stops) - 1) - k).clamp(0.0, 1.0)
        colour = colour + part[:, None] * (table[k + 1] - table[k])
    return colour


def pigments(get: Mapping[str, Tensor]) -> Tensor:
    """All pigments from factors by name (N each), N x 3 * len(PIGMENTS), red, green and blue of each in a row."""
    mixed = {name: palette(get[factor], stops) for name, (factor, stops) in _PALETTES.items()}
    # Hair on a dark face is darker, and thus to be seen; it goes by the tone that no attribute changes.
    dark = (1.0 - 0.8 * get["skin"])[:, None]
    mixed |= {name: palette(get[factor], _BEARDS) * dark for name, factor in _BEARD_FACTORS.items()}
    mixed |= {f"wall_{k}": palette(get[f"back_{k}"], _WALLS) * get[f"back_light_{k}"][:, None] for k in "ab"}
    mixed["cloth"] = mixed["cloth"] * get["cloth_light"][:, None]
    mixed["felt"] = mixed["felt"] * get["Wearing_Hat.value"][:, None]
    mixed["skin"] = _skin(get)
    mixed["hair"] = _hair(get)
    mixed["lips"] = _lips(get, mixed["skin"], mixed["lipstick"])
    return torch.cat([mixed[name] for name in PIGMENTS], dim=1)


def _colour(red: Tensor | float, green: Tensor | float, blue: Tensor | float, like: Tensor) -> Tensor:
    return torch.stack([part + torch.zeros_like(like) for part in (red, green, blue)], dim=1)


def _skin(get: Mapping[str, Tensor]) -> Tensor:
    """The face's own tone, paler or ruddier as its labels and styles say."""
    own, cool, rough = palette(get["skin"], _SKIN), get["Pale_Skin.cool"], get["Male.rough"]
    pale = _colour(0.99 - 0.03 * cool, 0.90 - 0.01 * cool, 0.85 + 0.07 * cool, cool)
    ruddy = _colour(1.0 - 0.05 * rough, 1.0 - 0.12 * rough, 1.0 - 0.14 * rough, rough)
    return (own + get["Pale_Skin.pale"][:, None] * (pale - own)) * ruddy


def _hair(get: Mapping[str, Tensor]) -> Tensor:
    """Dark or blond, greyed by age. Brows and beards keep tones of their own whatever is done to the hair."""
    tone = get["Blond_Hair.tone"]
    dark = palette(tone, _DARK)
    own = dark + get["Blond_Hair"][:, None] * (palette(tone, _BLOND) - dark)
    # Blond stays blond to the eye at any age.
    grey = get["Young.grey"] * (0.85 - 0.6 * get["Blond_Hair"])
    return own + grey[:, None] * (_colour(0.68, 0.68, 0.69, tone) - own)


def _lips(get: Mapping[str, Tensor], skin: Tensor, lipstick: Tensor) -> Tensor:
    tone = get["lip_tone"]
    natural = skin * _colour(0.88 - 0.1 * tone, 0.62, 0.64, tone)
    return natural + get["Wearing_Lipstick.strength"][:, None] * (lipstick - natural)
