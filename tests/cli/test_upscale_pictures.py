"""`facegan upscale` with a run of super-resolution: pictures, folders and films of any size."""

import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import facegan
from facegan.apps.enlarging import Enlarger
from facegan.apps.layers import open_layers
from facegan.cli.main import main
from facegan.models.superresolution.upscaling import Upscaling
from tests.films import grey_film
from tests.runs import photo, picture, tiny_run


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    home = tmp_path_factory.mktemp("runs")
    names = ("espcn_quickstart", "srgan_quickstart", "vespcn", "conditional_cyclegan_quickstart", "bicubic")
    return {name.upper(): f"run={tiny_run(home / name, name).root}" for name in names}


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def shown(path: str) -> np.ndarray:  # type: ignore[type-arg]
    return np.asarray(Image.open(path))


def test_a_picture_of_any_size_is_made_large_whole(runs: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    photo(Path("wide.png"), width=23, height=9)
    assert main(["upscale", runs["ESPCN_QUICKSTART"], "wide.png"]) == 0
    assert capsys.readouterr().out.strip() == "upscaled/wide-4x.png"
    model = facegan.load(runs["ESPCN_QUICKSTART"].removeprefix("run=")).model
    assert isinstance(model, Upscaling)
    wanted = np.concatenate([band.rows for (band,) in Enlarger(model).bands([open_layers(Path("wide.png"))])])
    assert wanted.shape == (36, 92, 3)
    assert np.array_equal(shown("upscaled/wide-4x.png"), wanted)


def test_the_dial_and_the_map_are_files(runs: dict[str, str]) -> None:
    photo(Path("a.png"), width=10, height=12)
    assert main(["upscale", runs["SRGAN_QUICKSTART"], "a.png", "invention=0.5", "map=true"]) == 0
    assert shown("upscaled/a-4x-invention0.5.png").shape == (48, 40, 3)
    assert shown("upscaled/a-4x-invention0.5-map.png").shape == (48, 40)


def test_a_folder_goes_on_past_what_cannot_be_read_and_a_second_call_past_what_is_there(
    runs: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    photo(Path("album/a.png"), width=10, height=12)
    photo(Path("album/deep/b.png"), width=6, height=8)
    Path("album/broken.png").write_bytes(b"none")
    assert main(["upscale", runs["BICUBIC"], "album", "output=large"]) == 0
    said = capsys.readouterr()
    assert said.out.strip() == "2 upscaled photos: large"
    assert "album/broken.png: not an image" in said.err
    Path("large/a-4x.png").write_bytes(b"mine")
    Path("large/deep/b-4x.png").unlink()
    assert main(["upscale", runs["BICUBIC"], "album", "output=large"]) == 0
    assert "1 pictures of an earlier call are left as they are in large" in capsys.readouterr().err
    assert Path("large/a-4x.png").read_bytes() == b"mine"
    assert Path("large/deep/b-4x.png").is_file()
    Path("album/broken.png").unlink()
    assert main(["upscale", runs["BICUBIC"], "album", "output=large"]) == 0


def test_a_films_frames_see_their_neighbours(runs: dict[str, str]) -> None:
    """In the order of their numbers, films apart."""
    for number in (9, 10, 11):
        photo(Path(f"film/f{number}.png"), number, width=8, height=8)
    photo(Path("film/other/f1.png"), 5, width=8, height=8)
    assert main(["upscale", runs["VESPCN"], "film"]) == 0
    model = facegan.load(runs["VESPCN"].removeprefix("run=")).model
    assert isinstance(model, Upscaling)
    enlarger = Enlarger(model)
    film = [open_layers(Path(f"film/f{number}.png")) for number in (9, 10, 11)]
    enlarger.save(film, [Path(f"want/{number}.png") for number in (9, 10, 11)])
    enlarger.save([open_layers(Path("film/other/f1.png"))], [Path("want/1.png")])
    made = {"f9-4x": 9, "f10-4x": 10, "f11-4x": 11, "other/f1-4x": 1}
    for name, number in made.items():
        assert np.array_equal(shown(f"upscaled/{name}.png"), shown(f"want/{number}.png"))


def test_an_animated_picture_is_a_film(runs: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    frames = [picture(seed, width=8, height=6) for seed in range(3)]
    frames[0].save("dance.gif", save_all=True, append_images=frames[1:])
    assert main(["upscale", runs["VESPCN"], "dance.gif"]) == 0
    assert capsys.readouterr().out.strip() == "3 upscaled photos: upscaled"
    assert shown("upscaled/dance-4x/000003.png").shape[:2] == (24, 32)


def test_a_video_file_needs_pyav(
    runs: dict[str, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("film.mp4").write_bytes(b"film")
    monkeypatch.setitem(sys.modules, "av", None)
    assert main(["upscale", runs["BICUBIC"], "film.mp4"]) == 2
    assert "film.mp4: to read video files, pip install 'facegan[video]'" in capsys.readouterr().err


@pytest.mark.parametrize(("name", "codec"), [("film.mov", "png"), ("film.mp4", "mpeg4")])
def test_a_video_file_becomes_a_folder_of_large_frames(runs: dict[str, str], name: str, codec: str) -> None:
    grey_film(Path(name), (10, 60, 110, 160, 210), width=32, height=16, codec=codec)
    assert main(["upscale", runs["BICUBIC"], name]) == 0
    frames = [shown(f"upscaled/film-4x/{number:06d}.png") for number in range(1, 6)]
    assert {frame.shape for frame in frames} == {(64, 128, 3)}
    assert [frame.mean() for frame in frames] == pytest.approx([10, 60, 110, 160, 210], abs=0 if codec == "png" else 6)


WRONG = {
    "an attribute": (["BICUBIC", "me.png", "Smiling=1"], ["Bicubic upscales by no attributes; leave Smiling out"]),
    "a person": (["BICUBIC", "me.png", "like=me.png"], ["leave like=PHOTO out"]),
    "landmarks": (["BICUBIC", "me.png", "landmarks=me.png"], ["leave landmarks out"]),
    "a dial that is not there": (["ESPCN_QUICKSTART", "me.png", "invention=0.5"], ["Regression invents nothing"]),
    "a map without a dial": (["BICUBIC", "me.png", "map=true"], ["Bicubic invents nothing"]),
    "a dial beyond its end": (["SRGAN_QUICKSTART", "me.png", "invention=2"], ["between 0"]),
    "a dial that is no number": (["SRGAN_QUICKSTART", "me.png", "invention=much"], ["invention=much", "number"]),
    "a map that is neither": (["SRGAN_QUICKSTART", "me.png", "map=1"], ["map=1", "true or false"]),
    "a picture that is missing": (["BICUBIC", "you.png"], ["you.png", "no such file"]),
    "a dial of a guided model": (["CONDITIONAL_CYCLEGAN_QUICKSTART", "me.png", "map=true"], ["leave map= out"]),
}  # fmt: skip


@pytest.mark.parametrize(("words", "said"), WRONG.values(), ids=WRONG)
def test_what_cannot_be_is_said_in_one_line(
    words: list[str], said: list[str], runs: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    photo(Path("me.png"), width=8, height=8)
    assert main(["upscale", *(runs.get(word, word) for word in words)]) == 2
    (line,) = capsys.readouterr().err.strip().splitlines()
    assert line.startswith("facegan: ")
    assert all(word in line for word in said), line
    assert not Path("upscaled").exists()
