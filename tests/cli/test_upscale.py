"""`facegan upscale`: small faces by path, large ones in a folder, the rest listed by name and reason."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import facegan
from facegan.cli.main import main
from facegan.data.celeba import celeba_framing
from tests.runs import SIZE, photo, tiny_run

POINTS = [[20.0, 26.0], [30.0, 27.0], [25.0, 33.0], [21.0, 40.0], [29.0, 40.0]]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> str:
    return f"run={tiny_run(tmp_path_factory.mktemp('runs') / 'c', 'conditional_cyclegan_quickstart').root}"


@pytest.fixture(scope="module")
def identity(tmp_path_factory: pytest.TempPathFactory) -> str:
    return f"run={tiny_run(tmp_path_factory.mktemp('runs') / 'i', 'identity_cyclegan_quickstart').root}"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def shown(path: str) -> np.ndarray:  # type: ignore[type-arg]
    return np.asarray(Image.open(path))


def test_a_small_face_becomes_a_large_png(run: str, here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = photo(here / "small.jpg", width=8, height=8)
    assert main(["upscale", run, "small.jpg", "Smiling=1"]) == 0
    assert capsys.readouterr().out.strip() == f"upscaled/small-{SIZE}px-Smiling1.png"
    wanted = facegan.load(run.removeprefix("run=")).upscale(path, {"Smiling": 1})
    assert np.array_equal(shown(f"upscaled/small-{SIZE}px-Smiling1.png"), np.asarray(wanted))


def test_a_folder_goes_on_past_what_cannot_be_read_and_says_what_it_replaces(
    run: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    photo(here / "faces" / "a.png")
    photo(here / "faces" / "deep" / "b.png", 1)
    (here / "faces" / "broken.png").write_bytes(b"none")
    assert main(["upscale", run, "faces", "output=large"]) == 0
    said = capsys.readouterr()
    assert said.out.strip() == "2 upscaled photos: large"
    assert "faces/broken.png" in said.err.split("could not be upscaled:")[1]
    made = {path.relative_to("large").as_posix() for path in Path("large").rglob("*.png")}
    assert made == {f"a-{SIZE}px.png", f"deep/b-{SIZE}px.png"}
    assert main(["upscale", run, "faces", "output=large"]) == 0
    assert "2 results of an earlier call were replaced in large." in capsys.readouterr().err


def test_a_person_is_named_by_a_photo(identity: str, here: Path) -> None:
    path, friend = photo(here / "small.png"), photo(here / "friend.png", 4)
    assert main(["upscale", identity, "small.png", "like=friend.png"]) == 0
    wanted = facegan.load(identity.removeprefix("run=")).upscale(path, like=friend)
    assert np.array_equal(shown(f"upscaled/small-{SIZE}px-like-friend.png"), np.asarray(wanted))


def test_landmarks_align_the_photo(here: Path) -> None:
    crop = celeba_framing("fader", image_size=SIZE).to_dict()
    run = tiny_run(here / "run", "conditional_cyclegan_quickstart", crop=crop).root
    path = photo(here / "a.png")
    Path("points.json").write_text(json.dumps({"a.png": POINTS}))
    assert main(["upscale", f"run={run}", "a.png", "Smiling=1", "landmarks=points.json"]) == 0
    wanted = facegan.load(run).upscale(path, {"Smiling": 1}, landmarks=POINTS)
    assert np.array_equal(shown(f"upscaled/a-{SIZE}px-Smiling1.png"), np.asarray(wanted))


WRONG = {
    "no run": (["me.jpg"], ["run=FOLDER"]),
    "no photo": (["RUN", "Smiling=1"], ["which photo"]),
    "a photo that is missing": (["RUN", "you.jpg"], ["you.jpg", "no such file"]),
    "an unknown attribute": (["RUN", "me.jpg", "Smilling=1"], ["Did you mean 'Smiling'"]),
    "a person, where attributes guide": (["RUN", "me.jpg", "like=me.jpg"], ["leave like="]),
    "nobody, where a person guides": (["IDENTITY", "me.jpg"], ["like=", "whose"]),
    "an attribute, where a person guides": (["IDENTITY", "me.jpg", "like=me.jpg", "Smiling=1"], ["leave Smiling out"]),
    "a person that is missing": (["IDENTITY", "me.jpg", "like=x.jpg"], ["x.jpg", "no such file"]),
    "a model that edits": (["run=genegan", "me.jpg"], ["GeneGAN has no verb 'upscale'", "it has: reconstruct"]),
}


@pytest.mark.parametrize(("words", "said"), WRONG.values(), ids=WRONG)
def test_what_cannot_be_is_said_in_one_line(
    words: list[str], said: list[str], run: str, identity: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    photo(here / "me.jpg")
    tiny_run(here / "genegan")
    runs = {"RUN": run, "IDENTITY": identity}
    assert main(["upscale", *(runs.get(word, word) for word in words)]) == 2
    (line,) = capsys.readouterr().err.strip().splitlines()
    assert line.startswith("facegan: ")
    assert all(word in line for word in said), line
    assert not Path("upscaled").exists()


def test_help_shows_examples(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        main(["upscale", "--help"])
    assert "facegan upscale run=runs/conditional_cyclegan-s0 small.png" in capsys.readouterr().out
