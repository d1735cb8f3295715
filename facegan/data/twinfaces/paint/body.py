"""Shoulders, neck and ears."""

from facegan.data.twinfaces.stage import Stage, alpha, bump, zigzag


def shoulders(stage: Stage) -> None:
    """Clothes along the lower edge."""
    w = stage.window((-1.05, 1.05, 0.66, 1.04))
    across = w.u / w["shoulder_width"]
    fall = across * across
    edge = w["shoulder"] + 0.30 * fall * fall - 0.05
    light = (1.05 - 0.35 * fall + across * w["light_x"] * 0.3).clamp(0.3, 1.2)
    fine = max(0.0, 1.0 - 9.0 * w.soft)
    folds = zigzag(w.u * 6.0 + w.v * 2.0) * w["cloth_stripes"] * fine
    cloth = w.pigment("cloth")
    w.paint(alpha(edge - w.v, w.soft * 1.5), cloth * (light + folds)[:, None])
    w.close()


def neck(stage: Stage) -> None:
    """The neck with the shadow of the chin, ending in a collar."""
    w = stage.window((-0.40, 0.40, 0.30, 1.04))
    across = w.u / w["neck"]
    sq = across * across
    bottom = w["shoulder"] + w["collar"] - 0.14 * sq
    width = w["neck"] + 0.10 * bump((w.v - 0.95) * (w.v - 0.95) * 6.0)
    distance = (w.u.abs() - width).maximum(w.v - bottom).maximum(0.36 - w.v)
    under = bump((w.u * w.u + (w.v - w["chin"]) * (w.v - w["chin"])) * 6.0)
    light = (0.86 - 0.25 * sq + 0.22 * across * w["light_x"]).clamp(0.25, 1.1) * (1.0 - 0.45 * under)
    w.paint(alpha(distance, w.soft * 1.2), w.pigment("skin") * light[:, None], "skin")
    w.close()


def ears(stage: Stage) -> None:
    """Two ears beside the head, a darker shell inside."""
    w = stage.window((-0.62, 0.62, -0.16, 0.26))
    side = w.u.abs() - w["head_width"] - w["ear_out"]
    dv = (w.v - 0.045) / (w["ear_size"] * 1.25)
    du = side / (w["ear_size"] * 0.60)
    radius = (du * du + dv * dv + 1e-6).sqrt()
    light = 0.82 - 0.35 * bump(radius * radius * 1.9) + 0.12 * w["light_x"] * w.u
    w.paint(alpha((radius - 1.0) * w["ear_size"] * 0.7, w.soft * 1.2), w.pigment("skin") * light[:, None]
            * w.colour(1.05, 0.96, 0.95), "skin")  # fmt: skip
    w.close()
