"""Hair behind the head, over the skull and down the sides, and bangs over the forehead."""

from torch import Tensor

from facegan.data.twinfaces.stage import Stage, Window, alpha, bump, over, zigzag

# Hair longer than this falls over ears and neck.
LONG = 0.3


def cap_shape(w: Window) -> Tensor:
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
    along = (w.u - 0.4 * w["parting"]) / (0.35 + 0.5 * (w.v + 0.75).clamp(min=0.0))
    fine = max(0.0, 1.0 - 7.0 * w.soft)
    coarse = zigzag(along * 3.7 + 0.8 * w.v)
    strands = coarse * (0.09 * w["strands"])
    if fine > 0.0:
        strands = strands + zigzag(along * 9.0 + w.v * 1.3) * (0.6 + 0.4 * coarse) * (0.11 * fine * w["strands"])
    uu = w.u * w.u
    slope = w["light_x"] * w.u
    arc = w.v + 0.42 + 0.45 * uu - 0.15 * slope
    shine = bump(arc * arc * 40.0) * (strands + 0.7) * (0.17 * dim)
    light = (1.0 - 0.75 * uu).clamp(min=0.7) + 0.45 * slope
    light = (light * (0.90 + strands)).clamp(min=0.15) * dim
    light = light * (1.0 + (coarse + 0.6).clamp(min=0.0) * (0.22 * w["Blond_Hair.streaks"])) + 0.75 * shine
    return w.pigment("hair") * light[:, None] + (0.25 * shine)[:, None]


def _under_hat(w: Window) -> Tensor:
    """1 where a hat leaves the hair alone, 0 where it presses it flat."""
    crown = alpha(w["Wearing_Hat.line"] - 0.02 - w.v, w.soft)
    return 1.0 - w["Wearing_Hat"] * (1.0 - crown)


def _column(w: Window) -> Tensor:
    """Half the width of the hair beside and below the head."""
    fall = (w.v / 0.9).clamp(0.0, 1.0)
    return (
        w["head_width"]
        + 0.01
        + w["hair_volume"] * 0.8
        + w["hair_flare"] * fall
        + w["hair_wave"] * zigzag(w.v * 2.6 + 0.3)
    )


def _short_and_long(stage: Stage) -> tuple[Tensor, Tensor]:
    """The numbers of the faces whose hair ends at the ears, and of the others."""
    long = stage["hair_length"][:, 0, 0] > LONG
    return (~long).nonzero()[:, 0], long.nonzero()[:, 0]


def back_hair(stage: Stage) -> None:
    """What hangs behind neck and ears."""
    for rows, end in zip(_short_and_long(stage), (0.28, 1.04), strict=True):
        if not len(rows):
            continue
        w = stage.window((-0.72, 0.72, -0.80, end), rows=rows)
        lowest = w.v - w["hair_length"] + 0.03 * zigzag(w.u * 7.0)
        column = (w.u.abs() - _column(w)).maximum(lowest).maximum(-w.v - 0.1)
        cover = alpha(cap_shape(w).maximum(w.v - 0.12).minimum(column), w.soft * 1.5)
        w.paint(cover * _under_hat(w), _shaded(w, 0.72), "hair")
        w.close()


def front_hair(stage: Stage) -> None:
    """Over the skull down to the hairline, with the shadow of its edge."""
    w = stage.window((-0.66, 0.66, -0.80, 0.26))
    side = w.u.abs() / w["head_width"]
    sq = side * side
    cleft = w.u - w["parting"]
    line = w["hairline"] + 0.10 * w["parting"] * w.u + 0.50 * sq * sq * side - 0.06 * bump(cleft * cleft * 30.0)
    cap = cap_shape(w)
    free = _under_hat(w)
    distance = cap.maximum(w.v - line.clamp(max=0.16))
    rim = (1.0 - ((distance - 0.005) / 0.05).abs()).clamp(min=0.0) * over(distance)
    rim = rim * 0.25 * alpha(cap, w.soft) * free
    w.darken(rim)
    w.note("rim", rim)
    w.paint(alpha(distance, w.soft * 1.6) * free, _shaded(w, 1.0), "hair")
    w.close()


def locks(stage: Stage) -> None:
    """Long hair that falls in front of the ears."""
    rows = _short_and_long(stage)[1]
    if not len(rows):
        return
    w = stage.window((-0.72, 0.72, -0.38, 1.04), rows=rows)
    side = w.u.abs()
    inner = w["head_width"] * (0.93 - 0.10 * bump(w.v * w.v * 3.0))
    lock = (inner - side).maximum(side - _column(w)).maximum(w.v - w["hair_length"] + 0.06).maximum(-0.3 - w.v)
    w.paint(alpha(lock, w.soft * 1.6) * _under_hat(w), _shaded(w, 1.0), "hair")
    w.close()


def bangs(stage: Stage) -> None:
    """Strands over the forehead, with their shadow."""
    rows = stage.rows("Bangs")
    if not len(rows):
        return
    w = stage.window((-0.50, 0.50, -0.62, 0.10), rows=rows)
    half = w["head_width"] * w["Bangs.width"]
    jag = w["Bangs.jag"] * zigzag(w.u * w["Bangs.jag_rate"] + 0.35)
    gaps = w["Bangs.sparse"] * 0.12 * (zigzag(w.u * w["Bangs.jag_rate"] * 0.5) - 0.2).clamp(min=0.0)
    end = w["Bangs.length"] + w["Bangs.slope"] * w.u + jag - gaps + 0.05 * (w.u / half) * (w.u / half)
    top = w["hairline"] - 0.16
    shape = (w.v - end).maximum(w.u.abs() - half).maximum(cap_shape(w))
    shadow = (1.0 - (shape - 0.01) / 0.05).clamp(0.0, 1.0) * over(w.v - top - 0.06)
    w.paint_on_face(shadow * 0.30, w.colour(0.0, 0.0, 0.0))
    cover = alpha(shape.maximum(top - w.v), w.soft * 1.3)
    w.paint(cover * _under_hat(w), _shaded(w, 1.0), "Bangs")
    w.note("hair", cover)
    w.close()
