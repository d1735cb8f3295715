"""The measured faces: with their own glasses, without, and in other glasses of the same free factors.

Legend: N faces, S pixels, STYLES twins of a face, its own glasses first.
"""

from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor

from experiments.dimension.plan import ATTRIBUTE, Scale, frozen_styles
from facegan.data.twinfaces import Faces, regions, render, sample, style_library, with_attribute
from facegan.data.twinfaces.frozen import freeze
from facegan.data.twinfaces.styles import ATTRIBUTES

STYLES = 20
# Far from any seed that a run would be given.
FACE_SEED, STYLE_SEED = 770_200, 440_300


@dataclass(frozen=True, slots=True, kw_only=True)
class Cases:
    """All images are N x 3 x S x S in [-1, 1].

    wearing: the faces in their own glasses. bare: without. twins: N x STYLES x 3 x S x S, the first as in `wearing`.
    same: another face each in exactly this face's glasses. other: that face in the glasses of the second twin.
    changed, may: N x S x S bool.
    """

    wearing: Tensor
    bare: Tensor
    twins: Tensor
    same: Tensor
    other: Tensor
    changed: Tensor
    may: Tensor


def make_cases(scale: Scale, free: int) -> Cases:
    """The same faces for every number of free factors; what differs is what their glasses may be."""
    frozen, draw = frozen_styles(free), partial(render, image_size=scale.image_size)
    faces = _wearing(scale.faces, frozen)
    without = with_attribute(faces, ATTRIBUTE, 0)
    own = faces.shown(ATTRIBUTE)
    numbers = style_library(ATTRIBUTE, 1, scale.faces * (STYLES - 1), seed=STYLE_SEED)
    others = freeze(numbers, ATTRIBUTE, 1, frozen).unflatten(0, (scale.faces, STYLES - 1))
    styles = torch.cat([own[:, None], others], dim=1)
    neighbours = faces[torch.arange(scale.faces).roll(1)]
    where = regions(without, faces, ATTRIBUTE, image_size=scale.image_size)
    twins = [draw(with_attribute(faces, ATTRIBUTE, 1, styles[:, k])) for k in range(STYLES)]
    return Cases(
        wearing=draw(faces),
        bare=draw(without),
        twins=torch.stack(twins, dim=1),
        same=draw(with_attribute(neighbours, ATTRIBUTE, 1, styles[:, 0])),
        other=draw(with_attribute(neighbours, ATTRIBUTE, 1, styles[:, 1])),
        changed=where.changed,
        may=where.may,
    )


def _wearing(count: int, frozen: dict[str, dict[str, float]]) -> Faces:
    """The first faces of a test stream that wear glasses: about every second does."""
    faces = sample(torch.arange(4 * count + 20), seed=FACE_SEED, split="test", frozen=frozen)
    return faces[(faces.labels[:, ATTRIBUTES.index(ATTRIBUTE)] == 1).nonzero().flatten()[:count]]
