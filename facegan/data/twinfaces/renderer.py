"""Faces to images, in chunks small enough for the cache, on one thread: many processes draw faster, threads do not."""

import torch
from torch import Tensor

from facegan.data.twinfaces.factors import Faces, decoded
from facegan.data.twinfaces.paint.age import wrinkles
from facegan.data.twinfaces.paint.background import background
from facegan.data.twinfaces.paint.body import ears, neck, shoulders
from facegan.data.twinfaces.paint.eyes import brows, eyes
from facegan.data.twinfaces.paint.facial_hair import beard, goatee, mustache
from facegan.data.twinfaces.paint.glasses import glasses
from facegan.data.twinfaces.paint.hair import back_hair, bangs, front_hair, locks
from facegan.data.twinfaces.paint.hat import hat
from facegan.data.twinfaces.paint.head import head
from facegan.data.twinfaces.paint.mouth import mouth, nostrils
from facegan.data.twinfaces.stage import Stage
from facegan.errors import UserError

# From back to front.
PAINTERS = (
    background, shoulders, back_hair, neck, ears, head, wrinkles, eyes, nostrils, mouth, beard, goatee, mustache, brows,
    front_hair, locks, bangs, hat, glasses,
)  # fmt: skip

# Painters of large windows take a few faces at a time, so that their planes stay in the cache; for the others the calls
# cost more than the pixels, and they take many.
_LARGE = (background, shoulders, back_hair, head, front_hair, locks)
_FEW_PIXELS = 16 * 64 * 64
_CHUNK_PIXELS = 64 * 64 * 64
MIN_SIZE, MAX_SIZE = 8, 1024


def checked_size(image_size: int) -> int:
    """The image size, or ValueError where no face can be drawn at it."""
    if not MIN_SIZE <= image_size <= MAX_SIZE:
        raise UserError(f"image_size={image_size}: faces are drawn at {MIN_SIZE} to {MAX_SIZE} pixels.")
    return int(image_size)


def _paint(traits: Tensor, image_size: int) -> Tensor:
    stage = Stage(traits, image_size, boxed=not traits.requires_grad)
    few = max(1, _FEW_PIXELS // (image_size * image_size))
    for painter in PAINTERS:
        for part in stage.parts(few) if painter in _LARGE and stage.boxed else (stage,):
            painter(part)
    return (stage.canvas * 2.0 - 1.0).clamp(-1.0, 1.0)


def render(faces: Faces, *, image_size: int) -> Tensor:
    """The images, N x 3 x S x S float32 in [-1, 1]. Gradients flow to `look` and `styles` where these ask for them."""
    checked_size(image_size)
    traits = decoded(faces)
    step = max(1, _CHUNK_PIXELS // (image_size * image_size))
    if not len(traits):
        return torch.zeros(0, 3, image_size, image_size)
    with torch.set_grad_enabled(torch.is_grad_enabled() and traits.requires_grad):
        return torch.cat([_paint(chunk, image_size) for chunk in traits.split(step)])


def covers(faces: Faces, *, image_size: int) -> dict[str, Tensor]:
    """Which part covers which pixel, N x S x S in [0, 1] by part name; parts that lie behind others included."""
    with torch.no_grad():
        stage = Stage(decoded(faces), checked_size(image_size), cover=True)
        for painter in PAINTERS:
            painter(stage)
    return stage.cover or {}
