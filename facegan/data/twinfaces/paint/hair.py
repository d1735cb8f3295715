"""Hair behind the head, over the skull and down the sides, and bangs over the forehead."""

from torch import Tensor

from facegan.data.twinfaces.paint.colours import hair_colour
from facegan.data.twinfaces.stage import Stage, Window, alpha, bump, rgb, zigzag


def _cap(w: Window) -> Tensor:
    """Signed distance to the outline of the hair around the skull."""
    volume = w["hair_volume"]
    rx, ry = w["head_width"] + 0.015 + 0.75 * volume, w["skull"] + volume
    a, b = w.u / rx, (w.v + 0.02) / ry
    aa, bb = a * a, b * b
    square = (aa + bb - 0.15 * aa.clamp(max=1.0) * bb.clamp(max=1.0)).clamp(min=1e-4)
    reach = (w.u * w.u + w.v * w.v + 1e-6).sqrt()
    return reach * (1.0 - 1.0 / square.sqrt())


def _shaded(w: Window, dim: float) -> Tensor:
    """Hair colour with strands, a band of light and streaks, B x 3 x h x w."""
    spread = 0.35 + 0.5 * (w.v + 0.75).clamp(min=0.0)
    along = (w.u - 0.4 * w["parting"]) / spread
    fine = max(0.0, 1.0 - 7.0 * w.soft)
    thin = zigzag(along * 9.0 + w.v * 1.3) * (0.6 + 0.4 * zigzag(along * 3.1 - w.v * 2.0))
    coarse = zigzag(along * 3.7 + 0.8 * w.v)
    strands = (0.11 * thin * fine + 0.09 * coarse) * w["strands"]
    arc = w.v + 0.42 + 0.45 * w.u * w.u - 0.15 * w["light_x"] * w.u
    shine = bump(arc * arc * 40.0) * (0.22 + 0.3 * strands)
    side = 1.0 - 0.30 * (w.u * w.u * 2.5).clamp(max=1.0) + 0.45 * w["light_x"] * w.u
    light = (side * (0.90 + strands) * dim).clamp(min=0.15)
    streak = w["Blond_Hair.streaks"] * (coarse * 0.5 + 0.3).clamp(min=0.0) * 0.45
    colour = hair_colour(w) * (light * (1.0 + streak))[:, None]
    return (colour + (shine * dim * 0.55)[:, None] * (0.25 + 0.75 * hair_colour(w))).clamp(0.0, 1.0)


def _under_hat(w: Window) -> Tensor:
    """1 where a hat leaves the hair alone, 0 where it presses it flat."""
    crown = alpha(w["Wearing_Hat.line"] - 0.02 - w.v, w.soft)
    return 1.0 - w["Wearing_Hat"] * (1.0 - crown)


def _column(w: Window) -> Tensor:
    """Half the width of the hair beside and below the head."""
    fall = (w.v / 0.9).clamp(0.0, 1.0)
    return w["head_width"] + 0.01 + w["hair_volume"] * 0.8 + w["hair_flare"] * fall + w["hair_wave"] * zigzag(w.v * 2.6 + 0.3)


def back_hair(stage: Stage) -> None:
    """What hangs behind neck and ears."""
    w = stage.window((-0.78, 0.78, -0.80, 1.06))
    ragged = 0.03 * zigzag(w.u * 7.0)
    column = (w.u.abs() - _column(w)).maximum(w.v - w["hair_length"] + ragged).maximum(-w.v - 0.1)
    cover = alpha(_cap(w).maximum(w.v - 0.12).minimum(column), w.soft * 1.5)
    w.paint(cover * _under_hat(w), _shaded(w, 0.72), "hair")


def front_hair(stage: Stage) -> None:
    """Over the skull down to the hairline, with locks before the ears when it is long."""
    w = stage.window((-0.72, 0.72, -0.80, 1.06))
    side = w.u.abs() / w["head_width"]
    sq = side * side
    line = w["hairline"] + 0.10 * w["parting"] * w.u + 0.50 * sq * sq * side - 0.06 * bump((w.u - w["parting"]) * (w.u - w["parting"]) * 30.0)
    cap = _cap(w).maximum(w.v - line.clamp(max=0.16))
    long = (w["hair_length"] > 0.3).to(w.u.dtype)
    inner = w["head_width"] * (0.93 - 0.10 * bump(w.v * w.v * 3.0))
    lock = (inner - w.u.abs()).maximum(w.u.abs() - _column(w)).maximum(w.v - w["hair_length"] + 0.06).maximum(-0.3 - w.v)
    distance = cap.minimum(lock + (1.0 - long) * 9.0)
    rim = (1.0 - ((distance - 0.005) / 0.05).abs()).clamp(min=0.0) * (distance > 0)
    rim = rim * 0.25 * alpha(_cap(w), w.soft) * _under_hat(w)
    w.darken(rim)
    w.note("rim", rim)
    w.paint(alpha(distance, w.soft * 1.6) * _under_hat(w), _shaded(w, 1.0), "hair")


def bangs(stage: Stage) -> None:
    """Strands over the forehead, with their shadow."""
    rows = stage.rows("Bangs")
    if not len(rows):
        return
    w = stage.window((-0.50, 0.50, -0.62, 0.06), rows)
    half = w["head_width"] * w["Bangs.width"]
    jag = w["Bangs.jag"] * zigzag(w.u * w["Bangs.jag_rate"] + 0.35)
    gaps = w["Bangs.sparse"] * 0.12 * (zigzag(w.u * w["Bangs.jag_rate"] * 0.5) - 0.2).clamp(min=0.0)
    end = w["Bangs.length"] + w["Bangs.slope"] * w.u + jag - gaps + 0.05 * (w.u / half) * (w.u / half)
    shape = (w.v - end).maximum(w.u.abs() - half).maximum(_cap(w)).maximum(-0.60 - w.v)
    w.darken((1.0 - (shape - 0.01) / 0.05).clamp(0.0, 1.0) * 0.30)
    w.paint(alpha(shape, w.soft * 1.3) * _under_hat(w), _shaded(w, 0.96), "Bangs")
    w.note("hair", alpha(shape, w.soft * 1.3))
