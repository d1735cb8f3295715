"""Eyeglasses: contact shadow, lenses with glare, rims, bridge and arms."""

import torch
from torch import Tensor

from facegan.data.twinfaces.stage import Stage, Window, alpha, bump


def _lens(w: Window, drop: float = 0.0) -> tuple[Tensor, Tensor]:
    """Signed distance to a lens's edge and the place across it from its middle; both sides at once."""
    size = w["Eyeglasses.size"]
    du = w.fu.abs() - w["eye_gap"] - 0.012
    dv = w.fv - w["eye_line"] - 0.012 - drop + w["Eyeglasses.cat"] * du * 0.6
    corner = size * (0.86 - 0.62 * w["Eyeglasses.square"])
    qu = du.abs() - size + corner
    qv = dv.abs() - size * (0.86 - 0.16 * w["Eyeglasses.square"]) + corner
    ou, ov = qu.clamp(min=0.0), qv.clamp(min=0.0)
    return (ou * ou + ov * ov + 1e-8).sqrt() + qu.maximum(qv).clamp(max=0.0) - corner, du


def glasses(stage: Stage) -> None:
    """Over eyes, nose, bangs and hair."""
    rows = stage.rows("Eyeglasses")
    if not len(rows):
        return
    w = stage.window((-0.56, 0.56, -0.24, 0.26), slides=True, rows=rows)
    thick, rim = w["Eyeglasses.thickness"], w["Eyeglasses.rim"]
    edge, du = _lens(w)
    fallen = _lens(w, 0.035)[0]
    w.darken(
        bump(
            ((fallen.abs() - thick * 0.5).clamp(min=0.0) / 0.035)
            * ((fallen.abs() - thick * 0.5).clamp(min=0.0) / 0.035)
        )
        * 0.28
        * rim
    )
    glass = alpha(edge, w.soft)
    dv = w.fv - w["eye_line"]
    tint = w.pigment("lens") * (1.0 + 1.2 * (dv + 0.12).clamp(0.0, 0.3))[:, None]
    opacity = w["Eyeglasses.opacity"]
    w.paint(glass * opacity, tint, "lenses")
    slant = du + dv * 0.8 + 0.05
    glare = bump(slant * slant * 900.0) * 0.40 + bump((slant - 0.06) * (slant - 0.06) * 4000.0) * 0.30
    w.paint(glare * glass * (0.35 + 0.65 * opacity), torch.ones_like(tint[:, :, :1, :1]))
    bridge = ((dv + 0.02 - 0.10 * bump(w.fu * w.fu * 60.0) * 0.3).abs() - thick * 0.45 - 0.002).maximum(
        w.fu.abs() - w["eye_gap"] - 0.012 + w["Eyeglasses.size"]
    )
    outer = w["eye_gap"] + 0.012 + w["Eyeglasses.size"]
    arm = (
        ((dv + 0.03 - 0.05 * (w.fu.abs() - outer)).abs() - thick * 0.45 - 0.002)
        .maximum(outer - w.fu.abs())
        .maximum(w.u.abs() - w["head_width"] - 0.01)
    )
    metal = alpha(bridge.minimum(arm), w.soft) * (0.5 + 0.5 * rim)
    ring = alpha(edge.abs() - thick * 0.5, w.soft) * rim
    frame = w.pigment("frame") * (1.15 + w["light_x"] * w.fu - dv)[:, None]
    cover = ring.maximum(metal)
    w.paint(cover, frame.clamp(0.0, 1.0), "Eyeglasses")
    w.note("Eyeglasses", glass * opacity)
    w.close()
