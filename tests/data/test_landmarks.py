"""Landmarks from files and from dlib."""

import json
import os
import sys
import types
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from facegan.data import decode
from facegan.data.errors import DataError
from facegan.data.landmarks import DlibLandmarks, five_points, read_landmarks, write_landmarks
from facegan.data.similarity import Points

from .images import picture

FIVE = np.arange(10, dtype=float).reshape(5, 2)


def test_landmarks_in_three_formats(tmp_path: Path) -> None:
    flat = [str(value) for value in FIVE.ravel()]
    (tmp_path / "a.json").write_text(json.dumps({"a.jpg": FIVE.tolist()}))
    (tmp_path / "a.csv").write_text("file,x\na.jpg," + ",".join(flat) + "\n")
    (tmp_path / "a.txt").write_text("1\nlefteye_x lefteye_y\na.jpg  " + "  ".join(flat) + "\n")
    for suffix in ("json", "csv", "txt"):
        read = read_landmarks(tmp_path / f"a.{suffix}")
        assert list(read) == ["a.jpg"]
        np.testing.assert_array_equal(read["a.jpg"], FIVE)


def test_unknown_points_are_nan(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps({"a.jpg": [[1, 2], [3, 4], [None, None], [None, None], [None, None]]}))
    assert np.isnan(read_landmarks(tmp_path / "a.json")["a.jpg"]).sum() == 6


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.json", "{", "no JSON"),
        ("a.json", "[]", "not a JSON object"),
        ("a.json", "{}", "0 of 0"),
        ("a.json", json.dumps({"a": [1, 2], "b": FIVE.tolist()}), "1 of 2 rows that are not 5 points of x and y: a"),
        ("a.csv", "file,x\na.jpg,1,2,x,4,5,6,7,8,9,10\n", "1 of 1 rows"),
        ("a.xml", "", "landmarks are read from"),
    ],
)
def test_bad_landmark_files_are_refused(name: str, text: str, message: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(DataError, match=message):
        read_landmarks(tmp_path / name)


def test_detected_landmarks_are_written_in_the_files_own_pixels(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decode, "DRAFT_PIXELS", 1000)
    monkeypatch.setattr(decode, "DRAFT_SIDE", 60)
    picture(240, 160).save(tmp_path / "large.jpg")
    (tmp_path / "broken.jpg").write_bytes(b"x")

    def detector(image: Image.Image) -> Points:
        assert image.size == (120, 80)
        return FIVE

    missed = write_landmarks(tmp_path, ["large.jpg", "broken.jpg"], detector, tmp_path / "points.json")
    assert list(missed) == ["broken.jpg"]
    np.testing.assert_allclose(read_landmarks(tmp_path / "points.json")["large.jpg"], FIVE * 2 + 0.5)


def test_five_of_dlibs_points() -> None:
    shape = np.zeros((68, 2))
    shape[36:42], shape[42:48], shape[30], shape[48], shape[54] = (1, 2), (3, 4), (5, 6), (7, 8), (9, 10)
    assert five_points(shape).tolist() == [[1, 2], [3, 4], [5, 6], [7, 8], [9, 10]]
    eyes = five_points(np.array([[30.0, 10], [26, 10], [10, 12], [14, 12], [20, 20]]))
    assert eyes[:2].tolist() == [[12, 12], [28, 10]]
    assert np.isnan(eyes[2:]).all()
    with pytest.raises(DataError, match="68 or 5"):
        five_points(np.zeros((7, 2)))


def test_dlib_that_is_missing_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "dlib", None)
    with pytest.raises(DataError, match=r"pip install 'facegan\[judges\]'"):
        DlibLandmarks("shape_predictor_68_face_landmarks.dat")


def test_a_predictor_that_nobody_brought_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "dlib", types.ModuleType("dlib"))
    monkeypatch.setattr("facegan.data.landmarks.find_spec", lambda _: None)
    with pytest.raises(DataError, match=r"which predictor\?.*facegan\[judges\]"):
        DlibLandmarks()
    with pytest.raises(DataError, match=r"there is no dlib predictor mine\.dat"):
        DlibLandmarks("mine.dat")


def test_dlib_finds_the_eyes_where_celeba_has_them() -> None:
    pytest.importorskip("dlib", reason="dlib is not installed: pip install 'facegan[judges]'")
    if not os.environ.get("FACEGAN_CELEBA"):
        pytest.skip("set FACEGAN_CELEBA to a folder with CelebA and its larger/images")
    folder = Path(os.environ["FACEGAN_CELEBA"]) / "larger" / "images"
    detector = DlibLandmarks()
    found = np.stack([detector(Image.open(path)) for path in sorted(folder.iterdir())[:8]])
    # CelebA's aligned eyes lie at (69.4, 111.3) and (107.8, 111.3) of 178 x 218; these files are half as large again.
    np.testing.assert_allclose(found[:, :2].mean(0), [[104.1, 167.0], [161.7, 167.0]], atol=3)
