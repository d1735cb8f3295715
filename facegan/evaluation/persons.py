"""The same TwinFaces person in another picture: other pose, light, clothes and background, other attributes."""

from dataclasses import replace

import torch
from torch import Tensor

from facegan.data.twinfaces import Faces, render, sample
from facegan.data.twinfaces.look import LOOK

# What does not belong to a person.
PASSING = (
    "shift_x", "shift_y", "scale", "roll", "yaw", "pitch", "light_x", "light_y", "ambient", "light", "warmth", "blush",
    "gaze_x", "gaze_y", "rings", "lip_shadow", "cloth", "cloth_light", "cloth_stripes", "collar", "back_a", "back_b",
    "back_light_a", "back_light_b", "back_turn_x", "back_turn_y", "stripe_depth", "stripe_rate", "stripe_phase",
    "blob1_x", "blob1_y", "blob1_size", "blob1_depth", "blob2_x", "blob2_y", "blob2_size", "blob2_depth",
)  # fmt: skip
NOISE = 0.02  # of a second picture, in [-1, 1]


def another_picture(faces: Faces, *, seed: int, split: str = "test") -> Faces:
    """The same persons with everything else drawn anew, by (seed, index)."""
    anew = sample(faces.index, seed=seed, split=split)
    stays = torch.tensor([column.name not in PASSING for column in LOOK])
    return replace(anew, look=torch.where(stays, faces.look, anew.look), identity=faces.identity)


def second_look(faces: Faces, *, image_size: int, seed: int) -> Tensor:
    """Pictures of `another_picture`, N x 3 x S x S in [-1, 1], a little noisy."""
    images = render(another_picture(faces, seed=seed), image_size=image_size)
    generator = torch.Generator().manual_seed(seed)
    return (images + NOISE * torch.randn(images.shape, generator=generator)).clamp(-1.0, 1.0)
