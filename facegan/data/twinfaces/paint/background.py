"""What lies behind the head: two colours on a slope, stripes and two soft blobs."""

from torch import Tensor

from facegan.data.twinfaces.stage import Stage, bump, zigzag


def _blob(stage: Stage, x: Tensor, y: Tensor, name: str) -> Tensor:
    dx, dy = x - stage[f"{name}_x"], y - stage[f"{name}_y"]
    size = stage[f"{name}_size"]
    return bump((dx * dx + dy * dy) / (size * size)) * stage[f"{name}_depth"]


def background(stage: Stage) -> None:
    """Fill the whole canvas."""
    x, y = stage.line[None, None, :], stage.line[None, :, None]
    across = x * stage["back_turn_x"] + y * stage["back_turn_y"]
    # Stripes fade where pixels are too coarse for them.
    fine = (1.0 - stage["stripe_rate"] * stage.soft * 2.0).clamp(0.0, 1.0)
    stripes = zigzag(across * stage["stripe_rate"] + stage["stripe_phase"]) * (stage["stripe_depth"] * 0.5 * fine)
    light = 1.0 + stripes + _blob(stage, x, y, "blob1") + _blob(stage, x, y, "blob2")
    mix = (across * 0.5 + 0.5).clamp(0.0, 1.0)
    first = stage.pigment("wall_a")
    second = stage.pigment("wall_b")
    stage.canvas.copy_(((first + mix[:, None] * (second - first)) * light[:, None]).clamp(0.0, 1.0))
