"""Wrinkles: lines across the forehead, folds beside the nose, feet of crows beside the eyes."""

from torch import Tensor

from facegan.data.twinfaces.stage import Stage, Window, bump, zigzag


def _forehead(w: Window) -> Tensor:
    across, down = w.fu / 0.28, (w.fv - w["eye_line"] + 0.27) / 0.09
    line = 0.5 - 0.5 * zigzag(down * 2.0)
    return bump(across * across + down * down) * (line * line)


def _folds(w: Window) -> Tensor:
    at = 0.085 + 0.42 * (w.fv - 0.20)
    du, dv = (w.fu.abs() - at) / 0.035, (w.fv - 0.30) / 0.15
    return bump(du * du + dv * dv)


def _crows_feet(w: Window) -> Tensor:
    du, dv = (w.fu.abs() - 0.345) / 0.05, (w.fv - w["eye_line"]) / 0.06
    ray = dv * 2.2
    return bump(du * du + dv * dv) * (1.0 - (ray - ray.floor()))


def wrinkles(stage: Stage) -> None:
    """For faces that are not young."""
    rows = stage.rows("Young", 0.0)
    if not len(rows):
        return
    for box, depth, shape in (
        ((-0.28, 0.28, -0.40, -0.16), 0.42, _forehead),
        ((-0.24, 0.24, 0.14, 0.46), 0.44, _folds),
        ((-0.40, 0.40, -0.10, 0.08), 0.30, _crows_feet),
    ):
        w = stage.window(box, slides=True, rows=rows)
        w.darken(shape(w) * w["Young.wrinkles"] * depth * w.face)
        w.close()
