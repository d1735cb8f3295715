"""How a small face comes from a large one."""

from facegan.data.degradations.base import Degradation
from facegan.data.degradations.camera import Camera
from facegan.data.degradations.kernels import enlarged
from facegan.data.degradations.rain import Rain
from facegan.data.degradations.separable import Bicubic, Box, Separable

__all__ = ["Bicubic", "Box", "Camera", "Degradation", "Rain", "Separable", "enlarged"]
