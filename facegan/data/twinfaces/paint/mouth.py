"""Nostrils, lips, what shows between them, and the lines beside them."""

from dataclasses import dataclass

from torch import Tensor

from facegan.data.twinfaces.stage import Stage, Window, alpha, bump, over


@dataclass(frozen=True, slots=True)
class _Lips:
    """Lines of the mouth as heights over u: B x h x w each, and the place along it, -1 to 1 between the corners."""

    along: Tensor
    top: Tensor
    upper: Tensor
    lower: Tensor
    bottom: Tensor


def nostrils(stage: Stage) -> None:
    """Two nostrils and the shadow under the tip."""
    w = stage.window((-0.20, 0.20, 0.10, 0.40), slides=True)
    du, dv = w.fu - 0.03 * w["yaw"], w.fv - w["eye_line"] - w["nose_length"]
    shadow = bump(
        (du / (w["nose_width"] * 1.3)) * (du / (w["nose_width"] * 1.3)) + ((dv - 0.062) / 0.04) * ((dv - 0.062) / 0.04)
    )
    w.paint_on_face(shadow * 0.40, w.pigment("skin") * 0.38)
    hole_u, hole_v = (du.abs() - w["nose_width"] * 0.48) / 0.030, (dv - 0.045 + du.abs() * 0.12) / 0.016
    w.paint_on_face(bump((hole_u * hole_u + hole_v * hole_v) * 0.5) * 0.95, w.pigment("skin") * 0.24)
    wing_u, wing_v = (du.abs() - w["nose_width"]) / 0.016, (dv - 0.015) / 0.038
    w.paint_on_face(bump(wing_u * wing_u + wing_v * wing_v) * 0.45, w.pigment("skin") * 0.45)
    w.close()


def _lips(w: Window) -> _Lips:
    middle = w["eye_line"] + w["nose_length"] + w["mouth_drop"]
    along = w.fu / (w["mouth_width"] + w["Smiling.widen"])
    sq = along * along
    arc = (1.0 - sq).clamp(min=-0.5)
    line = middle + w["Smiling.curve"] * (0.35 - sq)
    gap = w["Mouth_Slightly_Open.gap"] * arc
    upper, lower = line - 0.45 * gap, line + (0.5 + 0.7 * w["Mouth_Slightly_Open.lower"]) * gap
    bow = 1.0 - 0.35 * bump(sq * 12.0)
    return _Lips(along, upper - w["lip_upper"] * arc * bow, upper, lower, lower + w["lip_lower"] * arc)


def mouth(stage: Stage) -> None:
    """Shadows around the lips, the inside with teeth, both lips."""
    w = stage.window((-0.36, 0.36, 0.14, 0.68), slides=True)
    lips = _lips(w)
    sq = lips.along * lips.along
    philtrum = bump(sq * 1.2 + ((w.fv - lips.top + 0.03) / 0.035) * ((w.fv - lips.top + 0.03) / 0.035))
    w.paint_on_face(philtrum * w["lip_shadow"] * 0.5, w.pigment("skin") * 0.45)
    under = bump(sq * 1.6 + ((w.fv - lips.bottom - 0.028) / 0.034) * ((w.fv - lips.bottom - 0.028) / 0.034))
    w.paint_on_face(under * 0.40, w.pigment("skin") * 0.45)
    _folds(w)
    light = w["ambient"] + w["light"] * 0.85
    side = (lips.along.abs() - 1.0) * 0.14
    whole = alpha((lips.top - w.fv).maximum(w.fv - lips.bottom).maximum(side), w.soft * 1.1)
    upper_lip = over(lips.upper - w.fv)
    shine = bump(
        sq * 3.0
        + ((w.fv - lips.lower - 0.4 * w["lip_lower"]) / 0.016) * ((w.fv - lips.lower - 0.4 * w["lip_lower"]) / 0.016)
    )
    tone = (light - 0.20 * upper_lip)[:, None] * w.pigment("lips")
    w.paint_on_face(whole, tone + (shine * (0.10 + 0.45 * w["Wearing_Lipstick.gloss"]))[:, None], "lips")
    _inside(w, lips)
    w.close()


def _folds(w: Window) -> None:
    """The lines of a smile beside the mouth."""
    middle = w["eye_line"] + w["nose_length"] + w["mouth_drop"]
    at = w["mouth_width"] + 0.065 + 0.25 * (w.fv - middle)
    du, dv = (w.fu.abs() - at) / 0.028, (w.fv - middle + 0.05) / 0.12
    w.paint_on_face(bump(du * du + dv * dv) * w["Smiling.dimple"] * 0.42, w.pigment("skin") * 0.42)


def _inside(w: Window, lips: _Lips) -> None:
    """The dark of an open mouth with teeth above, or the thin line of a closed one."""
    opening = (lips.upper - w.fv).maximum(w.fv - lips.lower).maximum((lips.along.abs() - 1.0) * 0.14)
    inside = alpha(opening, w.soft * 1.1) * over(w["Mouth_Slightly_Open.gap"])
    w.paint_on_face(inside, w.colour(0.20, 0.05, 0.06), "mouth")
    depth = 0.010 + 0.022 * w["Mouth_Slightly_Open.teeth"]
    teeth = alpha((w.fv - lips.upper - depth).maximum(lips.along.abs() * 0.13 - 0.105), w.soft)
    w.paint_on_face(teeth * inside, w.colour(0.93, 0.91, 0.86))
    line = ((w.fv - lips.upper).abs() - 0.005).maximum((lips.along.abs() - 1.03) * 0.14)
    w.paint_on_face(alpha(line, w.soft) * 0.75, w.colour(0.18, 0.06, 0.06))
