"""Partial edits of drawn faces: a face on its way to its twin, of which a trace is no success and a lack no failure.

Legend: N faces, S pixels.
"""

import torch
from torch import Tensor

from facegan.attributes import position
from facegan.data.twinfaces import ATTRIBUTES, Faces, render, with_attribute

EVERY = 4  # one face of so many
MOST = 0.35  # of the way to the twin, up to which a face is still what it was
GOLDEN = 0.6180339887498949  # multiples of it fill the unit interval evenly


def partial_edits(images: Tensor, faces: Faces, attribute: str, shares: Tensor | float) -> Tensor:
    """The faces that share of the way to their twins with the attribute the other way round, as a blend of the two.

    images: N x 3 x S x S in [-1, 1], those of the faces; shares: one or N, in 0 to 1.
    """
    edited, labels = images.clone(), faces.labels[:, position(attribute, ATTRIBUTES)]
    share = torch.as_tensor(shares, dtype=images.dtype).expand(len(images))[:, None, None, None]
    for value in (0, 1):
        rows = (labels == 1 - value).nonzero().flatten()
        if len(rows):
            twins = render(with_attribute(faces[rows], attribute, value), image_size=images.shape[-1])
            edited[rows] = images[rows].lerp(twins, share[rows])
    return edited


def traced(images: Tensor, faces: Faces, numbers: Tensor, attributes: tuple[str, ...]) -> Tensor:
    """The faces, every EVERY-th of which goes up to MOST of the way to its twin in one of the attributes, in turn.

    images: N x 3 x S x S in [-1, 1]; numbers: of the faces, N, which alone decide how far.
    """
    edited, turn = images.clone(), numbers // EVERY
    shares = MOST * ((turn * GOLDEN) % 1.0)
    for place, attribute in enumerate(attributes):
        rows = ((numbers % EVERY == 0) & (turn % len(attributes) == place)).nonzero().flatten()
        if len(rows):
            edited[rows] = partial_edits(images[rows], faces[rows], attribute, shares[rows])
    return edited
