"""Answers that need no model, as images: what a model's numbers are read against.

Legend: N faces, S the image size, M styles.
"""

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor

from facegan.data.twinfaces.factors import Faces
from facegan.data.twinfaces.hashing import keys, uniforms
from facegan.data.twinfaces.renderer import checked_size, render
from facegan.data.twinfaces.styles import style_library
from facegan.data.twinfaces.twins import style_twins, with_attribute

_SEED = 20_011

Draw = Callable[[Faces], Tensor]
"""Faces to images, N x 3 x S x S in [-1, 1]."""


def do_nothing(faces: Faces, *, image_size: int) -> Tensor:
    """The faces as they are, N x 3 x S x S in [-1, 1]."""
    return render(faces, image_size=image_size)


def style_blind_median(
    faces: Faces, attribute: str, value: int, *, image_size: int, styles: int = 32, draw: Draw | None = None
) -> Tensor:
    """Each face's median over its style twins, N x 3 x S x S in [-1, 1].

    Of all answers that do not know the style, it has the least mean absolute error. draw: `render` without it.
    """
    checked_size(image_size)
    draw = draw or partial(render, image_size=image_size)
    library = style_library(attribute, value, styles, seed=_SEED)
    result = torch.empty(len(faces), 3, image_size, image_size)
    at_once = max(1, 1024 // styles)
    for start in range(0, len(faces), at_once):
        part = faces[slice(start, start + at_once)]
        images = draw(style_twins(part, attribute, value, library))
        result[start : start + at_once] = images.unflatten(0, (len(part), styles)).median(dim=1).values
    return result


def random_style(
    faces: Faces, attribute: str, value: int, *, image_size: int, seed: int = 0, draw: Draw | None = None
) -> Tensor:
    """A perfect edit in a valid style that is not the one asked for, N x 3 x S x S in [-1, 1]. draw: as above."""
    library = style_library(attribute, value, 1024, seed=_SEED + 1)
    place = uniforms(keys(faces.index, seed=seed, stream=_SEED), 1)[:, 0]
    styles = library[(place * len(library)).long()]
    worn = with_attribute(faces, attribute, value, styles)
    return draw(worn) if draw else render(worn, image_size=image_size)
