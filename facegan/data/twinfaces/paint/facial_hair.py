"""Beard, goatee and mustache; each has its own place, so that each shows whatever the others do.

The beard covers jaw and cheeks and leaves the upper lip free; the goatee is a denser tuft on the chin.
"""

from torch import Tensor

from facegan.data.twinfaces.paint.head import head_shape
from facegan.data.twinfaces.stage import Stage, Window, alpha, bump, zigzag


def _texture(w: Window, rate: float) -> Tensor:
    """Fine hairs, B x h x w about 1; they fade where pixels are too coarse for them."""
    fine = max(0.0, 1.0 - rate * w.soft * 0.5)
    return 1.0 + (0.22 * zigzag(w.fu * rate + w.fv * 3.0) + 0.12 * zigzag(w.fu * rate * 1.7 - w.fv * 7.0)) * fine


def _mouth_level(w: Window) -> Tensor:
    return w["eye_line"] + w["nose_length"] + w["mouth_drop"]


def beard(stage: Stage) -> None:
    """From sideburns along the jaw, for No_Beard = 0: stubble to full."""
    rows = stage.rows("No_Beard", 0.0)
    if not len(rows):
        return
    w = stage.window((-0.56, 0.56, -0.02, 0.84), rows=rows)
    distance = head_shape(w)[2]
    side = w.u.abs() / w["head_width"]
    start = w["No_Beard.cheek"] + 0.12 - 0.30 * (side * side * side)
    grown = ((w.v - start) / 0.10).clamp(0.0, 1.0)
    mouth_u, mouth_v = w.fu / 0.225, (w.fv - _mouth_level(w) + 0.03) / 0.135
    free = ((mouth_u * mouth_u + mouth_v * mouth_v - 1.0) * 2.5).clamp(0.0, 1.0)
    chin_u, chin_v = w.fu / 0.15, (w.fv - w["chin"] + 0.04) / 0.15
    free = free * (1.0 - 0.85 * bump((chin_u * chin_u + chin_v * chin_v) * 0.6))
    outline = alpha(distance - w["No_Beard.length"] * (w.v * 2.0 - 0.3).clamp(0.0, 1.0), w.soft * 2.0)
    cover = outline * grown * free * w["No_Beard.density"] * 0.92
    hair = w.pigment("No_Beard") * (_texture(w, 15.0) * (0.85 + 0.35 * w["light_x"] * w.u))[:, None]
    w.paint(cover, hair.clamp(0.0, 1.0), "No_Beard")
    w.close()


def goatee(stage: Stage) -> None:
    """A tuft on the chin, sometimes with a patch up to the lip."""
    rows = stage.rows("Goatee")
    if not len(rows):
        return
    w = stage.window((-0.24, 0.24, 0.36, 0.96), slides=True, rows=rows)
    top, bottom = w["chin"] - 0.15, w["chin"] + w["Goatee.length"]
    down = ((w.fv - top) / (bottom - top)).clamp(0.0, 1.0)
    width = w["Goatee.width"] * (1.0 - w["Goatee.point"] * down * down)
    du, dv = w.fu / width, (w.fv - (top + bottom) * 0.5) / ((bottom - top) * 0.5)
    du2, dv2 = du * du, dv * dv
    square = du2 + dv2 - 0.3 * du2.clamp(max=1.0) * dv2.clamp(max=1.0)
    tuft = ((1.0 - square) * 3.0).clamp(0.0, 1.0)
    patch = bump((w.fu / 0.045) * (w.fu / 0.045) + ((w.fv - top) / 0.09) * ((w.fv - top) / 0.09)) * w["Goatee.patch"]
    cover = tuft.maximum(patch) * w["Goatee.density"] * 0.96
    hair = w.pigment("Goatee") * (_texture(w, 16.0) * (1.0 - 0.25 * down) * 0.85)[:, None]
    w.paint(cover, hair.clamp(0.0, 1.0), "Goatee")
    w.close()


def mustache(stage: Stage) -> None:
    """Between nose and upper lip."""
    rows = stage.rows("Mustache")
    if not len(rows):
        return
    w = stage.window((-0.26, 0.26, 0.20, 0.56), slides=True, rows=rows)
    e = w.fu / w["Mustache.width"]
    sq = e * e
    middle = w["eye_line"] + w["nose_length"] + w["mouth_drop"] * 0.62 + w["Mustache.droop"] * sq
    thick = w["Mustache.thick"] * (1.0 - 0.75 * sq)
    parted = 1.0 - w["Mustache.parted"] * bump(sq * 60.0)
    inside = ((w.fv - middle).abs() - thick).maximum(w.fu.abs() - w["Mustache.width"])
    cover = alpha(inside, w.soft * 1.2 + 0.012) * parted * w["Mustache.density"]
    hair = w.pigment("Mustache") * (_texture(w, 18.0) * 0.9)[:, None]
    w.paint(cover, hair.clamp(0.0, 1.0), "Mustache")
    w.close()
