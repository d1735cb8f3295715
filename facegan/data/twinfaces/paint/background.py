"""What lies behind the head: two colours on a slope, stripes and two soft blobs."""

import torch
from torch import Tensor

from facegan.data.twinfaces.columns import palette
from facegan.data.twinfaces.stage import Stage, Window, bump, zigzag

HUES = ((0.62, 0.55, 0.46), (0.40, 0.58, 0.72), (0.46, 0.64, 0.48), (0.74, 0.60, 0.50), (0.60, 0.50, 0.66), (0.62, 0.64, 0.66))


def _blob(w: Window, x: Tensor, y: Tensor, name: str) -> Tensor:
    dx, dy = x - w[f"{name}_x"], y - w[f"{name}_y"]
    size = w[f"{name}_size"]
    return bump((dx * dx + dy * dy) / (size * size)) * w[f"{name}_depth"]


def background(stage: Stage) -> None:
    """Fill the whole canvas."""
    size = stage.canvas.shape[-1]
    w = stage.window((-9.0, 9.0, -9.0, 9.0))
    line = (torch.arange(size, dtype=stage.u.dtype) + 0.5) * (2.0 / size) - 1.0
    x, y = line[None, None, :], line[None, :, None]
    across = x * w["back_turn_x"] + y * w["back_turn_y"]
    # Stripes fade where pixels are too coarse for them.
    fine = (1.0 - w["stripe_rate"] * stage.soft * 2.0).clamp(0.0, 1.0)
    stripes = zigzag(across * w["stripe_rate"] + w["stripe_phase"]) * (w["stripe_depth"] * 0.5 * fine)
    light = 1.0 + stripes + _blob(w, x, y, "blob1") + _blob(w, x, y, "blob2")
    mix = (across * 0.5 + 0.5).clamp(0.0, 1.0)
    first = palette(w["back_a"], HUES) * w["back_light_a"][:, None]
    second = palette(w["back_b"], HUES) * w["back_light_b"][:, None]
    stage.canvas.copy_(((first + mix[:, None] * (second - first)) * light[:, None]).clamp(0.0, 1.0))
