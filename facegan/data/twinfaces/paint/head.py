"""The head as a height field in directed light: skull, jaw, cheeks, brow ridge, nose, wrinkles."""

import torch
from torch import Tensor

from facegan.data.twinfaces.stage import Stage, Window, alpha, bump


def head_shape(w: Window, jaw: Tensor | float | None = None) -> tuple[Tensor, Tensor, Tensor]:
    """Across and down in head radii, and the signed distance to the head's outline, B x h x w each.

    jaw: in [0, 1] in place of the face's own; a greater one contains a lesser one.
    """
    jaw = w["Male.jaw"] if jaw is None else jaw
    down = w.v.clamp(min=0.0) / (w["chin"] + 0.03 * jaw)
    b = down - (-w.v).clamp(min=0.0) / w["skull"]
    narrow = w["taper"] * (1.0 - 0.55 * jaw)
    a = w.u / ((w["head_width"] + 0.012 * jaw) * (1.0 - narrow * down * down))
    aa, bb = a * a, b * b
    square = (aa + bb - (0.12 + 0.42 * jaw * down) * aa.clamp(max=1.0) * bb.clamp(max=1.0)).clamp(min=1e-4)
    reach = (w.u * w.u + w.v * w.v + 1e-6).sqrt()
    return a, b, reach * (1.0 - 1.0 / square.sqrt())


def _relief(w: Window, a: Tensor, b: Tensor) -> tuple[Tensor, Tensor]:
    """The normal's u and v parts: a dome with hills on it, those of both sides drawn at once."""
    side, sign = w.fu.abs(), w.fu.sign()
    nose_v = w["eye_line"] + w["nose_length"]
    nose_u = w.fu - 0.03 * w["yaw"]
    u, v = a * 0.95, b * 0.80

    def hill(du: Tensor, dv: Tensor, height: Tensor | float, mirror: Tensor | None = None) -> None:
        slope = (1.0 - du * du - dv * dv).clamp(min=0.0) * height
        v.add_(slope * dv)
        u.add_(slope * du if mirror is None else slope * du * mirror)

    hill(nose_u * (1 / 0.075), (w.fv - nose_v * 0.55) * (1 / 0.26), 0.9 * w["nose_height"])
    hill(nose_u / (w["nose_width"] * 1.35), (w.fv - nose_v) * (1 / 0.085), 1.9 * w["nose_height"])
    hill(w.fu * (1 / 0.17), (w.fv - w["chin"] + 0.11) * (1 / 0.12), 0.45)
    hill((side - 0.25) * (1 / 0.17), (w.fv - 0.17) * (1 / 0.16), 0.25 + 0.45 * w["cheeks"], sign)
    hill((side - w["eye_gap"]) * (1 / 0.16), (w.fv - w["eye_line"]) * (1 / 0.11), -0.75, sign)
    ridge = 0.25 + 0.9 * w["Male.ridge"]
    hill((side - 0.17) * (1 / 0.22), (w.fv - w["eye_line"] + 0.13) * (1 / 0.08), ridge, sign)
    return u, v


def _around_eyes(w: Window) -> Tensor:
    """How much light bags take, and the dark rings that look a little like glasses, B x h x w."""
    du, dv = w.fu.abs() - w["eye_gap"], w.fv - w["eye_line"]
    low, ring_u, ring_v = (dv - 0.085) / 0.034, du / 0.145, (dv - 0.015) / 0.105
    bag = bump(du * du * 82.0 + low * low) * (0.34 * w["Young.sag"])
    return bag + bump(ring_u * ring_u + ring_v * ring_v) * (0.5 * w["rings"])


def head(stage: Stage) -> None:
    """The bare head, lit."""
    w = stage.window((-0.53, 0.53, -0.69, 0.74))
    a, b, distance = head_shape(w)
    nu, nv = _relief(w, a, b)
    nw = (1.05 - a * a * 0.9 - b * b * 0.55).clamp(min=0.08).sqrt()
    length = (nu * nu + nv * nv + nw * nw).sqrt()
    lx, ly = w["light_x"], w["light_y"]
    aim = (lx * lx + ly * ly + 1.0).sqrt()
    lit = ((nu * lx + nv * ly + nw) / (length * aim)).clamp(min=0.0)
    shade = w["ambient"] + w["light"] * lit
    shade = shade * (1.0 - _around_eyes(w))
    spot = lit * lit
    spot = spot * spot
    spot = spot * spot
    cheek_u, cheek_v = (w.fu.abs() - 0.27) / 0.16, (w.fv - 0.19) / 0.14
    red = bump(cheek_u * cheek_u + cheek_v * cheek_v) * (0.18 * w["blush"])
    warm = lit * (0.6 * w["warmth"])
    gloss = 0.13 * spot
    tint = torch.stack([gloss + warm + red + 0.06 * (1.0 - lit) * lit, gloss - red, gloss - red - warm], dim=1)
    face = alpha(distance, w.soft * 1.2)
    w.put(stage.face, face)
    w.paint(face, w.pigment("skin") * shade[:, None] + tint, "skin")
    w.close()
