"""The head as a height field in directed light: skull, jaw, cheeks, brow ridge, nose, wrinkles."""

import torch
from torch import Tensor

from facegan.data.twinfaces.paint.skin import skin_colour
from facegan.data.twinfaces.stage import Stage, Window, alpha, bump, rgb


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


def _hill(du: Tensor, dv: Tensor, height: Tensor | float) -> tuple[Tensor, Tensor]:
    """What a hill adds to the slope in u and v; du and dv in its radii."""
    slope = (1.0 - du * du - dv * dv).clamp(min=0.0) * height
    return slope * du, slope * dv


def _relief(w: Window, a: Tensor, b: Tensor) -> tuple[Tensor, Tensor]:
    """The normal's u and v parts."""
    side = w.fu.abs()
    nose_v = w["eye_line"] + w["nose_length"]
    nose_u = w.fu - 0.03 * w["yaw"]
    hills = [
        _hill(nose_u / 0.075, (w.fv - nose_v * 0.55) / 0.26, 0.9 * w["nose_height"]),
        _hill(nose_u / (w["nose_width"] * 1.35), (w.fv - nose_v) / 0.085, 1.9 * w["nose_height"]),
        _hill(w.fu / 0.17, (w.fv - w["chin"] + 0.11) / 0.12, 0.45),
    ]
    sign = torch.where(w.fu < 0, -1.0, 1.0).to(w.fu.dtype)
    for centre, level, ru, rv, height in (
        (0.25, 0.17, 0.17, 0.16, 0.25 + 0.45 * w["cheeks"]),
        (w["eye_gap"], w["eye_line"], 0.16, 0.11, -0.75),
        (0.17, w["eye_line"] - 0.13, 0.22, 0.08, 0.25 + 0.9 * w["Male.ridge"]),
    ):
        gu, gv = _hill((side - centre) / ru, (w.fv - level) / rv, height)
        hills.append((gu * sign, gv))
    u, v = a * 0.95, b * 0.80
    for gu, gv in hills:
        u, v = u + gu, v + gv
    return u, v


def _age(w: Window) -> Tensor:
    """How much light wrinkles and bags take, B x h x w."""
    side = w.fu.abs()
    dv = w.fv - w["eye_line"]
    brow = ((dv + 0.27) / 0.09)
    lines = (brow * 2.0 - (brow * 2.0).floor() - 0.5).abs() * 2.0
    forehead = bump((w.fu / 0.28) * (w.fu / 0.28) + brow * brow) * (lines * lines)
    fold_at = 0.085 + 0.42 * (w.fv - 0.20)
    fold = bump(((side - fold_at) / 0.035) * ((side - fold_at) / 0.035) + ((w.fv - 0.30) / 0.15) * ((w.fv - 0.30) / 0.15))
    bag = bump(((side - w["eye_gap"]) / 0.11) * ((side - w["eye_gap"]) / 0.11) + ((dv - 0.085) / 0.034) * ((dv - 0.085) / 0.034))
    foot_v = dv / 0.06
    foot = bump(((side - 0.345) / 0.05) * ((side - 0.345) / 0.05) + foot_v * foot_v) * (1.0 - (foot_v * 2.2 - (foot_v * 2.2).floor()))
    return w["Young.wrinkles"] * (0.42 * forehead + 0.34 * fold + 0.30 * foot) + w["Young.sag"] * 0.34 * bag


def _rings(w: Window) -> Tensor:
    """Dark rings around the eyes: a look-alike of glasses."""
    du, dv = (w.fu.abs() - w["eye_gap"]) / 0.145, (w.fv - w["eye_line"] - 0.015) / 0.105
    radius = du * du + dv * dv
    return w["rings"] * bump(radius) * 0.55


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
    shade = shade * (1.0 - _age(w)) * (1.0 - _rings(w))
    spot = lit * lit
    spot = spot * spot
    spot = spot * spot
    cheek = bump(((w.fu.abs() - 0.27) / 0.16) * ((w.fu.abs() - 0.27) / 0.16) + ((w.fv - 0.19) / 0.14) * ((w.fv - 0.19) / 0.14))
    red = w["blush"] * cheek
    colour = skin_colour(w) * shade[:, None]
    tint = torch.stack([0.10 * (1.0 - lit) * lit + 0.5 * red * shade + w["warmth"] * lit, -0.3 * red, -0.3 * red - w["warmth"] * lit], dim=1)
    stage.shared["face"] = torch.zeros_like(stage.u)
    face = alpha(distance, w.soft * 1.2)
    stage.shared["face"][:, w.ys, w.xs] = face
    w.paint(face, (colour + tint * 0.6 + 0.13 * spot[:, None] * rgb(1.0, 0.97, 0.92, spot)).clamp(0.0, 1.0), "skin")
