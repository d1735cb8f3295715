"""Where a drawn layer goes on an aligned photograph: the head's frame of TwinFaces, laid on the template's five points.

Legend: T traits of TwinFaces, in whose units lengths are: half a picture times the scale of the head.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from facegan.data.similarity import Points, fit_similarity

# Where TwinFaces' mean face has eyes, nose and corners of the mouth.
DRAWN = ((-0.1975, -0.01), (0.1975, -0.01), (0.0, 0.23), (-0.145, 0.395), (0.145, 0.395))


def placed(template: Sequence[Sequence[float]]) -> Mapping[str, float]:
    """The traits of the place of a face whose five points lie at these fractions of the square.

    Pose by the similarity that brings TwinFaces' mean face closest; then the distances of eyes, nose and mouth
    as they are. Raises DataError for points that fall together.
    """
    goal = np.asarray(template, dtype=np.float64) * 2.0 - 1.0
    pose = fit_similarity(np.array(DRAWN), goal)
    found = pose.inverse()(goal)
    return {**_frame(pose(np.array(((0.0, 0.0), (1.0, 0.0))))), **_distances(found)}


def _frame(ends: Points) -> dict[str, float]:
    """The head's frame from where its origin and the end of its axis come to lie."""
    (x, y), (across, down) = ends[0], ends[1] - ends[0]
    scale = float(np.hypot(across, down))
    turn = {"cosine": float(across) / scale, "sine": float(down) / scale}
    return {"shift_x": float(x), "shift_y": float(y), "scale": scale, **turn, "slide_u": 0.0, "slide_v": 0.0}


def _distances(points: Points) -> dict[str, float]:
    """Of the parts of a face, from its five points in the head's frame."""
    left, right, nose, corner, other = points
    eyes, mouth = float(left[1] + right[1]) / 2, float(corner[1] + other[1]) / 2
    return {
        "eye_gap": float(right[0] - left[0]) / 2,
        "eye_line": eyes,
        "nose_length": float(nose[1]) - eyes,
        "mouth_drop": mouth - float(nose[1]),
        "mouth_width": float(other[0] - corner[0]) / 2,
        "yaw": 0.0,
        "pitch": 0.0,
    }
