"""Five landmarks a face: from a file, or from dlib.

Order and coordinates are those of `align`: left eye, right eye, nose, left and right corner of the mouth, as the viewer
sees them; x, y in pixels of the upright photograph; NaN for a point that is unknown.
"""

import csv
import json
from collections.abc import Callable, Iterable, Mapping
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from PIL import Image

from facegan.data.decode import decode, to_rgb
from facegan.data.errors import DataError, some
from facegan.data.similarity import Points

Detector = Callable[[Image.Image], Points]
"""From an upright RGB photograph to 5 x 2 landmarks. Raises DataError where it sees no face."""


def read_landmarks(path: Path) -> dict[str, Points]:
    """Landmarks by file name, 5 x 2 each.

    .json: {"a.jpg": [[x, y], [x, y], [x, y], [x, y], [x, y]]}. .csv: a header, then file, x, y, x, y ... .txt: CelebA's
    list_landmarks files. Raises DataError for a missing file, another format and rows that are not 5 points, 2 known.
    """
    if not path.is_file():
        raise DataError(f"there is no landmark file {path}.")
    readers = {".json": _json, ".csv": _csv, ".txt": _celeba}
    if path.suffix.lower() not in readers:
        raise DataError(f"{path}: landmarks are read from {', '.join(readers)}.")
    rows = readers[path.suffix.lower()](path)
    points = {name: _points(values) for name, values in rows.items()}
    wrong = [name for name, values in points.items() if values is None]
    if wrong or not points:
        raise DataError(
            f"{path} has {len(wrong)} of {len(points)} rows that are not 5 points of x and y: {some(wrong)}."
        )
    return {name: values for name, values in points.items() if values is not None}


def write_landmarks(root: Path, names: Iterable[str], detector: Detector, path: Path) -> dict[str, str]:
    """Detects the landmarks of files under root and writes them as JSON; returns the files without, with the reason."""
    found, missed = {}, {}
    for name in names:
        try:
            decoded = decode(root / name)
            found[name] = (((detector(decoded.image) + 0.5) / decoded.scale) - 0.5).tolist()
        except DataError as error:
            missed[name] = str(error)
    path.write_text(json.dumps(found), encoding="utf-8")
    return missed


class DlibLandmarks:
    """dlib's face detector and its 68-point or 5-point shape predictor.

    predictor: its file; None for the 68 points of the package face-recognition-models, which the judges extra brings
    (trained on iBUG 300-W, for research use). Of several faces the largest is taken. The 5-point predictor gives the
    two eyes only (its nose is the root of it, not the tip), which is enough to align by. Raises DataError where dlib or
    the predictor's file is missing.
    """

    def __init__(self, predictor: str | Path | None = None) -> None:
        try:
            import dlib
        except ImportError as error:
            raise DataError("landmarks by dlib need it installed: pip install 'facegan[judges]'.") from error
        predictor = _packaged_predictor() if predictor is None else predictor
        if not Path(predictor).is_file():
            raise DataError(f"there is no dlib predictor {predictor}: shape_predictor_68_face_landmarks.dat is wanted.")
        self._detect = dlib.get_frontal_face_detector()
        self._predict = dlib.shape_predictor(str(predictor))

    def __call__(self, image: Image.Image) -> Points:
        """5 x 2 landmarks of the largest face. Raises DataError where there is none."""
        pixels = np.array(to_rgb(image))
        faces = self._detect(pixels, 1)
        if not faces:
            raise DataError("no face was found")
        shape = self._predict(pixels, max(faces, key=lambda face: face.area()))
        return five_points(np.array([(point.x, point.y) for point in shape.parts()], dtype=np.float64))


def _packaged_predictor() -> Path:
    # The package itself is not imported: it needs pkg_resources, which newer setuptools lack.
    package = find_spec("face_recognition_models")
    if package is None or package.origin is None:
        raise DataError("which predictor? Name its file, or pip install 'facegan[judges]', which brings one.")
    return Path(package.origin).parent / "models" / "shape_predictor_68_face_landmarks.dat"


def five_points(points: Points) -> Points:
    """The five landmarks among dlib's 68, or its 5 (eyes only, the rest NaN). Raises DataError for another number."""
    if points.shape == (5, 2):
        nothing = np.full(2, np.nan)
        return np.stack([points[2:4].mean(0), points[0:2].mean(0), nothing, nothing, nothing])
    if points.shape != (68, 2):
        raise DataError(f"a predictor of 68 or 5 points is wanted, this one has {len(points)}")
    return np.stack([points[36:42].mean(0), points[42:48].mean(0), points[30], points[48], points[54]])


def _points(values: Iterable[object]) -> Points | None:
    try:
        points = np.array(values, dtype=np.float64).reshape(5, 2)
    except (TypeError, ValueError):
        return None
    return points if np.isfinite(points).all(1).sum() >= 2 else None


def _json(path: Path) -> Mapping[str, list[object]]:
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise DataError(f"{path} is no JSON ({error}).") from error
    if not isinstance(rows, dict):
        raise DataError(f"{path} is not a JSON object from file names to points.")
    return rows


def _csv(path: Path) -> Mapping[str, list[object]]:
    with path.open(newline="", encoding="utf-8-sig", errors="replace") as file:
        rows = [row for row in csv.reader(file) if row]
    return {row[0].strip(): list(row[1:]) for row in rows[1:]}


def _celeba(path: Path) -> Mapping[str, list[object]]:
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    return {row[0]: list(row[1:]) for row in (line.split() for line in lines[2:]) if row}
