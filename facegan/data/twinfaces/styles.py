"""The styles of each attribute: how it is worn, and in what degree it is absent.

A style is a point of the unit cube (STYLE_SIZE quantiles, unused ones idle). Part of the cube of each attribute is held
out: those styles never come up in the train and validation splits, and do in the test split.
"""

import torch
from torch import Tensor

from facegan.attributes import position
from facegan.data.twinfaces.columns import Column, curve, span
from facegan.data.twinfaces.hashing import keys, uniforms

STYLE_SIZE = 8

ATTRIBUTES: tuple[str, ...] = (
    "Eyeglasses", "Smiling", "Mouth_Slightly_Open", "Bangs", "Blond_Hair", "Mustache", "Goatee", "No_Beard", "Male",
    "Young", "Wearing_Hat", "Bushy_Eyebrows", "Wearing_Lipstick", "Pale_Skin",
)  # fmt: skip

# (attribute, value) -> the columns of that style. A name under both values is one factor in two ranges.
STYLES: dict[tuple[str, int], tuple[Column, ...]] = {
    ("Eyeglasses", 1): (
        curve("size", (0.0, 0.128), (0.9, 0.158), (1.0, 0.170)),
        curve("square", (0.0, 0.0), (0.35, 0.05), (0.45, 0.6), (1.0, 1.0)),
        curve("cat", (0.0, 0.0), (0.72, 0.0), (0.8, 0.18), (1.0, 0.42)),
        curve("thickness", (0.0, 0.016), (0.7, 0.036), (1.0, 0.056)),
        curve("hue", (0.0, 0.0), (0.36, 0.02), (0.4, 0.16), (1.0, 1.0)),
        curve("rim", (0.0, 0.12), (0.06, 0.16), (0.09, 0.95), (1.0, 1.0)),
        curve("opacity", (0.0, 0.04), (0.4, 0.12), (0.5, 0.35), (0.92, 0.75), (0.94, 0.93), (1.0, 1.0)),
        span("tint", 0.0, 1.0),
    ),
    ("Smiling", 1): (span("curve", 0.055, 0.10), span("widen", 0.02, 0.055), span("squint", 0.1, 0.45),
                     span("dimple", 0.3, 1.0)),
    ("Smiling", 0): (curve("curve", (0.0, -0.04), (0.2, -0.015), (1.0, 0.012)), span("widen", -0.015, 0.005),
                     span("squint", 0.0, 0.12), span("dimple", 0.0, 0.15)),
    ("Mouth_Slightly_Open", 1): (curve("gap", (0.0, 0.028), (0.7, 0.055), (1.0, 0.085)), span("teeth", 0.0, 1.0),
                                 span("lower", 0.45, 1.0)),
    ("Mouth_Slightly_Open", 0): (curve("gap", (0.0, 0.0), (0.85, 0.0), (1.0, 0.007)), span("teeth", 0.0, 1.0),
                                 span("lower", 0.45, 1.0)),
    ("Bangs", 1): (span("length", -0.270, -0.190), curve("slope", (0.0, -0.15), (0.3, 0.0), (0.7, 0.0), (1.0, 0.15)),
                   span("jag", 0.01, 0.05), span("jag_rate", 6.0, 13.0), span("width", 0.80, 0.98),
                   curve("sparse", (0.0, 0.0), (0.8, 0.1), (1.0, 0.55))),
    ("Blond_Hair", 1): (span("tone", 0.0, 1.0), curve("streaks", (0.0, 0.1), (0.8, 0.3), (1.0, 1.0))),
    ("Blond_Hair", 0): (span("tone", 0.0, 1.0), curve("streaks", (0.0, 0.0), (0.8, 0.2), (1.0, 0.7))),
    ("Mustache", 1): (span("width", 0.13, 0.20), span("thick", 0.026, 0.044), span("droop", -0.02, 0.06),
                      span("tone", 0.0, 1.0), curve("density", (0.0, 0.55), (0.3, 0.85), (1.0, 1.0)),
                      curve("parted", (0.0, 0.0), (0.7, 0.1), (1.0, 0.8))),
    ("Goatee", 1): (span("width", 0.085, 0.155), span("length", 0.03, 0.12), span("point", 0.0, 0.7),
                    span("tone", 0.0, 1.0), curve("density", (0.0, 0.6), (0.3, 0.85), (1.0, 1.0)),
                    curve("patch", (0.0, 0.0), (0.4, 0.0), (0.6, 1.0), (1.0, 1.0))),
    ("No_Beard", 0): (curve("density", (0.0, 0.38), (0.5, 0.65), (0.6, 0.85), (1.0, 1.0)), span("cheek", 0.10, 0.27),
                      span("length", 0.0, 0.07), span("tone", 0.0, 1.0)),
    ("No_Beard", 1): (),
    ("Male", 1): (span("jaw", 0.55, 1.0), span("ridge", 0.5, 1.0), span("rough", 0.5, 1.0), span("brow", 0.006, 0.012)),
    ("Male", 0): (span("jaw", 0.0, 0.3), span("ridge", 0.0, 0.25), span("rough", 0.0, 0.2), span("brow", 0.0, 0.003)),
    ("Young", 1): (curve("grey", (0.0, 0.0), (1.0, 0.0)), span("sag", 0.0, 0.15)),
    ("Young", 0): (curve("grey", (0.0, 0.0), (0.25, 0.1), (0.6, 0.7), (1.0, 1.0)), span("sag", 0.4, 1.0),
                   span("wrinkles", 0.55, 1.0)),
    ("Wearing_Hat", 1): (curve("brim", (0.0, 0.0), (0.4, 0.0), (0.45, 0.6), (0.9, 0.78), (1.0, 0.9)),
                         span("height", 0.05, 0.14), span("line", -0.33, -0.27), span("hue", 0.0, 1.0),
                         span("value", 0.2, 0.95), curve("band", (0.0, 0.0), (0.4, 0.2), (1.0, 1.0)),
                         curve("stripes", (0.0, 0.0), (0.7, 0.0), (0.8, 0.5), (1.0, 1.0)), span("round", 0.15, 0.9)),
    ("Bushy_Eyebrows", 1): (span("thick", 0.030, 0.044), span("messy", 0.3, 1.0), span("dark", 0.75, 1.0)),
    ("Bushy_Eyebrows", 0): (span("thick", 0.008, 0.017), span("messy", 0.0, 0.3), span("dark", 0.35, 0.8)),
    ("Wearing_Lipstick", 1): (span("hue", 0.0, 1.0), span("strength", 0.75, 1.0), span("gloss", 0.1, 1.0)),
    ("Wearing_Lipstick", 0): (span("hue", 0.0, 1.0), curve("strength", (0.0, 0.0), (0.8, 0.05), (1.0, 0.15)),
                              span("gloss", 0.0, 0.25)),
    ("Pale_Skin", 1): (span("pale", 0.72, 1.0), span("cool", 0.0, 1.0)),
    ("Pale_Skin", 0): (curve("pale", (0.0, 0.0), (0.7, 0.0), (1.0, 0.12)), span("cool", 0.0, 1.0)),
}  # fmt: skip

# attribute -> (value, column, from, to, column, from, to): the box of the cube that is held out.
HELD_OUT: dict[str, tuple[int, int, float, float, int, float, float]] = {
    "Eyeglasses": (1, 1, 0.5, 1.0, 4, 0.75, 1.0),
    "Smiling": (1, 0, 0.7, 1.0, 2, 0.6, 1.0),
    "Mouth_Slightly_Open": (1, 0, 0.7, 1.0, 1, 0.0, 0.4),
    "Bangs": (1, 1, 0.75, 1.0, 2, 0.5, 1.0),
    "Blond_Hair": (1, 0, 0.0, 0.35, 1, 0.6, 1.0),
    "Mustache": (1, 2, 0.6, 1.0, 1, 0.7, 1.0),
    "Goatee": (1, 1, 0.6, 1.0, 5, 0.0, 0.4),
    "No_Beard": (0, 0, 0.5, 1.0, 1, 0.7, 1.0),
    "Male": (1, 0, 0.6, 1.0, 2, 0.7, 1.0),
    "Young": (0, 0, 0.0, 0.3, 2, 0.6, 1.0),
    "Wearing_Hat": (1, 0, 0.45, 1.0, 3, 0.0, 0.2),
    "Bushy_Eyebrows": (1, 0, 0.6, 1.0, 1, 0.6, 1.0),
    "Wearing_Lipstick": (1, 0, 0.75, 1.0, 2, 0.5, 1.0),
    "Pale_Skin": (1, 0, 0.7, 1.0, 1, 0.6, 1.0),
}


def is_held_out(styles: Tensor, attribute: str, value: int) -> Tensor:
    """Which of N x STYLE_SIZE styles of an attribute lie in its held-out part, N bool."""
    which, first, low, high, second, start, stop = HELD_OUT[attribute]
    a, b = styles[..., first], styles[..., second]
    inside = (a >= low) & (a <= high) & (b >= start) & (b <= stop)
    return inside & (which == value)


def without_held_out(styles: Tensor, spare: Tensor, attribute: str, value: int) -> Tensor:
    """The styles with held-out ones moved along one axis to a free place, chosen by `spare` (N, uniform)."""
    second, start, stop = HELD_OUT[attribute][4:]
    free = spare * (1.0 - (stop - start))
    free = torch.where(free >= start, free + (stop - start), free)
    # The borders belong to the held-out box.
    free = torch.where(
        (free >= start) & (free <= stop), torch.full_like(free, stop + 1e-3 if stop < 1 else start - 1e-3), free
    )
    moved = torch.where(is_held_out(styles, attribute, value), free, styles[..., second])
    return torch.cat([styles[..., :second], moved[..., None], styles[..., second + 1 :]], dim=-1)


def style_library(attribute: str, value: int, count: int, *, seed: int, split: str = "test") -> Tensor:
    """`count` styles of an attribute's value, count x STYLE_SIZE quantiles in [0, 1]; held-out ones only for `test`."""
    place = position(attribute, ATTRIBUTES)
    checked_value(attribute, value)
    if count < 1:
        raise ValueError(f"count={count}: a style library needs at least 1 style.")
    key = keys(torch.arange(count), seed=seed, stream=1000 + 2 * place + value)
    numbers = uniforms(key, STYLE_SIZE + 1)
    styles = numbers[:, :STYLE_SIZE]
    return styles if split == "test" else without_held_out(styles, numbers[:, STYLE_SIZE], attribute, value)


def checked_value(attribute: str, value: int) -> int:
    """The value as an int; ValueError where an attribute is neither off nor on."""
    if value not in (0, 1):
        raise ValueError(f"{attribute}={value}: an attribute is off (0) or on (1).")
    return int(value)
