"""Eyes with lids, iris, pupil and glint, and the brows. Both sides are drawn at once, mirrored."""

from facegan.data.twinfaces.stage import Stage, alpha, bump, zigzag


def eyes(stage: Stage) -> None:
    """Sockets' insides: the white under the upper lid's shadow, iris, pupil, glint, lashes and crease."""
    w = stage.window((-0.36, 0.36, -0.14, 0.12), slides=True)
    side = w.fu.abs() - w["eye_gap"]
    sign = w.fu.sign()
    down = w.fv - w["eye_line"] + side * w["eye_tilt"]
    e = side / w["eye_width"]
    arc = 1.0 - e * e
    opening = w["eye_open"] * (1.0 - 0.25 * w["Young.sag"])
    upper, lower = -opening * arc, (0.72 - 0.9 * w["Smiling.squint"]) * opening * arc
    inside = (down - upper).minimum(lower - down)
    near = bump(e * e * 0.55)
    w.paint_on_face(
        bump(((down - upper * 1.0 + 0.030) / 0.018) * ((down - upper + 0.030) / 0.018)) * near * 0.45,
        w.pigment("skin") * 0.45,
    )
    eye = alpha(-inside, w.soft)
    shadow = 0.72 + 0.28 * ((down - upper) / 0.035).clamp(0.0, 1.0)
    w.paint_on_face(eye, w.colour(0.95, 0.94, 0.92) * shadow[:, None])
    x = side * sign - w["gaze_x"]
    y = down - w["gaze_y"] + 0.006
    radius = (x * x + y * y + 1e-6).sqrt()
    iris = w.pigment("iris")
    rim = (1.15 - 0.8 * radius / w["iris_size"]).clamp(0.3, 1.2) * shadow
    w.paint_on_face(alpha(radius - w["iris_size"], w.soft) * eye, iris * (0.6 + rim)[:, None])
    w.paint_on_face(alpha(radius - w["iris_size"] * 0.45, w.soft) * eye, w.colour(0.03, 0.03, 0.03))
    gx, gy = x - 0.016 * w["light_x"].sign(), y + 0.017
    w.paint_on_face(alpha((gx * gx + gy * gy + 1e-6).sqrt() - 0.013, w.soft) * eye, w.colour(1.0, 1.0, 1.0))
    lash = (down - upper).abs() - 0.011 * (0.6 + 0.4 * (1.0 - w["Male"]))
    w.paint_on_face(alpha(lash.maximum(side.abs() - w["eye_width"] * 1.08), w.soft) * 0.9, w.colour(0.10, 0.07, 0.06))
    under = (down - lower).abs() - 0.004
    w.paint_on_face(alpha(under.maximum(side.abs() - w["eye_width"]), w.soft) * 0.4, w.pigment("skin") * 0.4)
    w.close()


def brows(stage: Stage) -> None:
    """Two arcs of short hairs, thicker when bushy or male."""
    w = stage.window((-0.38, 0.38, -0.30, -0.04), slides=True)
    e = (w.fu.abs() - w["eye_gap"] - 0.005) / 0.135
    middle = w["eye_line"] - w["brow_height"] + w["brow_arch"] * e * e - w["brow_tilt"] * 0.13 * e
    thick = (w["Bushy_Eyebrows.thick"] + w["Male.brow"]) * (1.0 - 0.45 * (e + 0.4).clamp(0.0, 1.4))
    fine = max(0.0, 1.0 - 11.0 * w.soft)
    hairs = zigzag(w.fu * 22.0 + (w.fv - middle) * 9.0 * w.fu.sign()) * fine
    ragged = thick * (1.0 + 0.35 * w["Bushy_Eyebrows.messy"] * hairs)
    distance = ((w.fv - middle).abs() - ragged).maximum((e.abs() - 1.0) * 0.135)
    cover = alpha(distance, w.soft * 1.3) * w["Bushy_Eyebrows.dark"] * (0.9 + 0.1 * hairs)
    w.paint_on_face(cover, w.pigment("brow"), "brows")
    w.close()
