"""Attribute names, vectors and the rules by which one attribute excludes another."""

import difflib
import math
from collections.abc import Iterable, Mapping, Sequence

import torch
from torch import Tensor

from facegan.errors import UserError

CELEBA = (
    "5_o_Clock_Shadow", "Arched_Eyebrows", "Attractive", "Bags_Under_Eyes", "Bald", "Bangs", "Big_Lips", "Big_Nose",
    "Black_Hair", "Blond_Hair", "Blurry", "Brown_Hair", "Bushy_Eyebrows", "Chubby", "Double_Chin", "Eyeglasses",
    "Goatee", "Gray_Hair", "Heavy_Makeup", "High_Cheekbones", "Male", "Mouth_Slightly_Open", "Mustache",
    "Narrow_Eyes", "No_Beard", "Oval_Face", "Pale_Skin", "Pointy_Nose", "Receding_Hairline", "Rosy_Cheeks",
    "Sideburns", "Smiling", "Straight_Hair", "Wavy_Hair", "Wearing_Earrings", "Wearing_Hat", "Wearing_Lipstick",
    "Wearing_Necklace", "Wearing_Necktie", "Young",
)  # fmt: skip

_HAIR_COLOURS = ("Black_Hair", "Blond_Hair", "Brown_Hair", "Gray_Hair")

# Switching the key on switches the others off: the rules of AttGAN's code. Mustache and No_Beard are left out on
# purpose, as there: with the rule, mustaches came out worse.
EXCLUDES: Mapping[str, tuple[str, ...]] = {
    "Bald": ("Bangs",),
    "Receding_Hairline": ("Bangs",),
    "Bangs": ("Bald", "Receding_Hairline"),
    "Straight_Hair": ("Wavy_Hair",),
    "Wavy_Hair": ("Straight_Hair",),
    **{colour: tuple(c for c in _HAIR_COLOURS if c != colour) for colour in _HAIR_COLOURS},
}


class UnknownAttributeError(UserError):
    """An attribute was asked for that is not there."""

    def __init__(self, name: str, known: Sequence[str]) -> None:
        near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
        hint = f" Did you mean {near[0]!r}?" if near else ""
        super().__init__(f"unknown attribute {name!r}.{hint} Known here: {', '.join(known)}.")


def position(name: str, known: Sequence[str]) -> int:
    """The column of an attribute. Raises UnknownAttributeError."""
    if name not in known:
        raise UnknownAttributeError(name, known)
    return list(known).index(name)


def positions(names: Iterable[str], known: Sequence[str]) -> list[int]:
    """The columns of several attributes. Raises UnknownAttributeError."""
    return [position(name, known) for name in names]


def target_vector(request: Mapping[str, float], known: Sequence[str]) -> Tensor:
    """A request such as {"Smiling": 1} as a vector of K values in {0, 1}, NaN where the face keeps what it has.

    What a switched-on attribute excludes is switched off, unless the request speaks of it itself.
    Raises UnknownAttributeError, and UserError for a value other than 0 and 1.
    """
    target = torch.full((len(known),), math.nan)
    for name, value in request.items():
        if float(value) not in (0.0, 1.0):
            raise UserError(f"{name}={value}: an attribute is switched off (0) or on (1); use `strength` for degrees.")
        target[position(name, known)] = float(value)
    for name, value in request.items():
        for other in EXCLUDES.get(name, ()) if float(value) == 1.0 else ():
            if other in known and other not in request:
                target[list(known).index(other)] = 0.0
    return target
