"""Plane affine maps, and the rotation, scale and shift that bring five points closest to five others.

Coordinates: x to the right and y down, in units of pixels; (0, 0) is the upper left corner of the upper left pixel.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from facegan.data.errors import DataError

Points = npt.NDArray[np.float64]
"""n x 2: x and y of each point."""


@dataclass(frozen=True, slots=True)
class Affine:
    """(x, y) -> (a x + b y + c, d x + e y + f)."""

    a: float
    b: float
    c: float
    d: float
    e: float
    f: float

    def __call__(self, points: Points) -> Points:
        """The images of n x 2 points (or any shape that ends in 2)."""
        x, y = points[..., 0], points[..., 1]
        return np.stack([self.a * x + self.b * y + self.c, self.d * x + self.e * y + self.f], axis=-1)

    def after(self, first: "Affine") -> "Affine":
        """The map that applies `first` and then this one."""
        return _from_matrix(self._matrix() @ first._matrix())

    def inverse(self) -> "Affine":
        """The map back."""
        return _from_matrix(np.linalg.inv(self._matrix()))

    def scale(self) -> float:
        """By how much lengths grow, on average over directions."""
        return float(abs(self.a * self.e - self.b * self.d) ** 0.5)

    def coefficients(self) -> tuple[float, float, float, float, float, float]:
        """a to f."""
        return (self.a, self.b, self.c, self.d, self.e, self.f)

    def _matrix(self) -> npt.NDArray[np.float64]:
        return np.array([[self.a, self.b, self.c], [self.d, self.e, self.f], [0.0, 0.0, 1.0]])


def _from_matrix(matrix: npt.NDArray[np.floating]) -> Affine:
    return Affine(*(float(value) for value in matrix[:2].ravel()))


def stretch(across: float, down: float, *, left: float = 0.0, top: float = 0.0) -> Affine:
    """Scales each axis, then moves the origin to (left, top)."""
    return Affine(across, 0.0, left, 0.0, down, top)


def fit_similarity(source: Points, target: Points) -> Affine:
    """The rotation, uniform scale and shift (no mirror) that bring source points closest to target points, in squares.

    Raises DataError where the source points fall together, or contain something that is not finite.
    """
    centre, goal = source.mean(0), target.mean(0)
    moved, wanted = source - centre, target - goal
    spread = float((moved**2).sum())
    if not np.isfinite(spread) or spread < 1e-6:
        raise DataError("the landmarks fall together in one point, or are no numbers")
    a = float((moved * wanted).sum()) / spread
    b = float((moved[:, 0] * wanted[:, 1] - moved[:, 1] * wanted[:, 0]).sum()) / spread
    return Affine(a, -b, goal[0] - a * centre[0] + b * centre[1], b, a, goal[1] - b * centre[0] - a * centre[1])
