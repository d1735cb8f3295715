"""Videos: frames in the right order, clips that stay within a video."""

import sys
from pathlib import Path

import pytest
import torch
from PIL import Image

from facegan.data.errors import DataError
from facegan.data.video import Video, natural, unpacked, videos
from facegan.errors import UserError
from tests.films import grey_film


def film(folder: Path, count: int, first: int = 0) -> None:
    """Frames whose grey value is their number."""
    folder.mkdir(parents=True)
    for number in range(count):
        Image.new("RGB", (20, 16), (first + number,) * 3).save(folder / f"frame{number}.png")


def greys(images: torch.Tensor) -> list[list[int]]:
    return images[:, :, 0, 4, 4].tolist()


def test_names_sort_as_people_number_them() -> None:
    assert sorted(["b2", "b10", "a3", "b1", "10", "9"], key=natural) == ["9", "10", "a3", "b1", "b2", "b10"]
    assert videos(["v10/f1.png", "v2/f10.png", "v2/f9.png"]) == [
        ("v2", ["v2/f9.png", "v2/f10.png"]),
        ("v10", ["v10/f1.png"]),
    ]


def test_clips_are_frames_in_a_row_of_one_video(tmp_path: Path) -> None:
    film(tmp_path / "films" / "a", 12)
    film(tmp_path / "films" / "b", 4, first=100)
    source = Video(tmp_path / "films", image_size=8, split="all", cache=tmp_path / "cache")
    assert greys(source.images(torch.arange(len(source)))) == [
        [0, 1, 2], [3, 4, 5], [6, 7, 8], [9, 10, 11], [100, 101, 102],
    ]  # fmt: skip
    assert source.identities.tolist() == [0, 0, 0, 0, 1]
    overlapping = Video(tmp_path / "films", image_size=8, split="all", stride=1, cache=tmp_path / "cache")
    assert len(overlapping) == 12


def test_a_damaged_frame_ends_a_row(tmp_path: Path) -> None:
    film(tmp_path / "film", 7)
    (tmp_path / "film" / "frame3.png").write_bytes(b"nothing")
    source = Video(tmp_path / "film", image_size=8, split="all", stride=1, cache=tmp_path / "cache")
    assert greys(source.images(torch.arange(len(source)))) == [[0, 1, 2], [4, 5, 6]]


def test_videos_are_split_whole_and_one_alone_by_time(tmp_path: Path) -> None:
    for number in range(40):
        film(tmp_path / "films" / f"v{number}", 6)
    parts = [
        Video(tmp_path / "films", image_size=8, split=split, cache=tmp_path / "cache")
        for split in ("train", "test", "all")
    ]
    homes = [set(part.videos) for part in parts]
    assert not homes[0] & homes[1]
    assert len(parts[0]) + len(parts[1]) <= len(parts[2]) == 80
    film(tmp_path / "one", 30)
    alone = [
        Video(tmp_path / "one", image_size=8, split=split, cache=tmp_path / "cache") for split in ("train", "test")
    ]
    assert [len(part) for part in alone] == [8, 1]
    assert greys(alone[1].images(torch.tensor([0]))) == [[27, 28, 29]]


def test_too_short_a_video_is_refused(tmp_path: Path) -> None:
    film(tmp_path / "film", 2)
    with pytest.raises(DataError, match="has 3 frames in a row that can be read"):
        Video(tmp_path / "film", image_size=8, split="all", cache=tmp_path / "cache")


def test_a_file_needs_pyav_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "av", None)
    with pytest.raises(UserError, match=r"pip install 'facegan\[video\]'"):
        unpacked(tmp_path / "film.mp4", tmp_path / "frames")


def test_a_file_is_unpacked_into_a_folder_of_frames(tmp_path: Path) -> None:
    film = grey_film(tmp_path / "film.mov", range(12))
    assert unpacked(film, tmp_path / "frames") == 12
    source = Video(tmp_path / "frames", image_size=8, split="all", cache=tmp_path / "cache")
    assert greys(source.images(torch.tensor([3]))) == [[9, 10, 11]]


def test_a_file_that_is_no_video_is_named(tmp_path: Path) -> None:
    whole = grey_film(tmp_path / "film.mov", range(12)).read_bytes()
    for number, content in enumerate((b"film", whole[: len(whole) // 2])):
        broken = tmp_path / f"{number}.mov"
        broken.write_bytes(content)
        with pytest.raises(DataError, match=rf"{number}\.mov is no video that can be read"):
            unpacked(broken, tmp_path / "frames")
