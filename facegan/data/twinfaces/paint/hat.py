"""Hats: beanies, caps and brims over the hair, with the shadow of the brim."""

from facegan.data.twinfaces.stage import Stage, alpha, bump, over, zigzag


def hat(stage: Stage) -> None:
    """Crown, band and brim."""
    rows = stage.rows("Wearing_Hat")
    if not len(rows):
        return
    w = stage.window((-0.95, 0.95, -0.95, 0.02), rows=rows)
    line = w["Wearing_Hat.line"] + 0.10 * w.u * w.u
    half = w["head_width"] + 0.055
    # The style says how far the crown stands over the skull.
    up = ((line - w.v) / (w["skull"] + w["Wearing_Hat.line"] + w["Wearing_Hat.height"])).clamp(min=0.0)
    across = w.u / half
    keen = w["Wearing_Hat.round"]
    aa, uu = across * across, up * up
    square = aa + uu - (1.0 - keen) * 0.8 * aa.clamp(max=1.0) * uu.clamp(max=1.0)
    crown = ((square.clamp(min=1e-4).sqrt() - 1.0) * 0.4).maximum(w.v - line)
    wide = w["Wearing_Hat.brim"]
    bu, bv = w.u / wide.clamp(min=0.1), (w.v - line + 0.01) / 0.055
    out = (bu * bu + bv * bv + 1e-6).sqrt()
    steep = ((bu / wide.clamp(min=0.1)) * (bu / wide.clamp(min=0.1)) + (bv / 0.055) * (bv / 0.055) + 1e-6).sqrt()
    brim = out * (out - 1.0) / steep + over(0.3 - wide) * 9.0
    below = (w.v - line) / 0.14
    cast = (1.0 - below).clamp(0.0, 1.0) * over(below + 0.5) * alpha(w.u.abs() - w["head_width"] - 0.02, w.soft * 2.0)
    w.darken(cast * (0.25 + 0.30 * over(wide - 0.3)))
    colour = w.pigment("felt")
    fine = max(0.0, 1.0 - 8.0 * w.soft)
    knit = 0.12 * zigzag(w.u * 12.0) * fine * over(0.3 - wide) + w["Wearing_Hat.stripes"] * 0.30 * zigzag(w.v * 4.0)
    light = 1.0 - 0.35 * across * across + 0.35 * w["light_x"] * across + knit
    band = bump(((up - 0.16) / 0.17) * ((up - 0.16) / 0.17)).clamp(max=1.0)
    tone = colour * light.clamp(0.25, 1.3)[:, None]
    w.paint(
        alpha(crown, w.soft * 1.2),
        (tone * (1.0 - w["Wearing_Hat.band"] * 0.75 * alpha(0.25 - band, 0.4))[:, None]).clamp(0.0, 1.0),
        "Wearing_Hat",
    )
    w.paint(
        alpha(brim, w.soft * 1.2), (tone * (0.9 - 0.25 * bv.clamp(-1.0, 1.0))[:, None]).clamp(0.0, 1.0), "Wearing_Hat"
    )
    w.close()
