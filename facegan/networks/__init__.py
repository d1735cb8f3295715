"""Parts: networks that publish their shapes and know nothing of losses, data or models."""

from facegan.networks.contracts import (
    Classifier,
    Decoder,
    Discriminator,
    Encoder,
    Judgement,
    Shape,
    Translator,
    Upscaled,
    Upscaler,
)
from facegan.networks.errors import PartError

__all__ = [
    "Classifier",
    "Decoder",
    "Discriminator",
    "Encoder",
    "Judgement",
    "PartError",
    "Shape",
    "Translator",
    "Upscaled",
    "Upscaler",
]
