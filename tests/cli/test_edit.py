"""`facegan edit`: photos by path, results beside nothing that was there, and the rest listed by name and reason."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import facegan
from facegan.cli.main import main
from facegan.cli.results import unused_names
from facegan.data.celeba import celeba_framing
from tests.runs import SIZE, photo, tiny_run

POINTS = [[20.0, 26.0], [30.0, 27.0], [25.0, 33.0], [21.0, 40.0], [29.0, 40.0]]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> str:
    return f"run={tiny_run(tmp_path_factory.mktemp('runs') / 'genegan').root}"


@pytest.fixture(scope="module")
def fader(tmp_path_factory: pytest.TempPathFactory) -> str:
    return f"run={tiny_run(tmp_path_factory.mktemp('runs') / 'fader', 'fader_quickstart').root}"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder of its own, where `edited/` goes."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_a_photo_is_edited_and_pasted_back(run: str, here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = photo(here / "me.jpg")
    before = path.read_bytes()
    assert main(["edit", run, "me.jpg", "Eyeglasses=1"]) == 0
    assert capsys.readouterr().out.strip() == "edited/me-Eyeglasses1.png"
    assert files(here) == ["edited/me-Eyeglasses1.png", "me.jpg"]
    assert path.read_bytes() == before
    wanted = facegan.load(run.removeprefix("run=")).edit(path, {"Eyeglasses": 1})
    assert np.array_equal(np.asarray(Image.open("edited/me-Eyeglasses1.png")), np.asarray(wanted))


def test_settings_reach_the_edit_and_its_name(fader: str, here: Path) -> None:
    path = photo(here / "me.png")
    words = ["Smiling=1", "Eyeglasses=0", "strength=1.5", "seed=3", "output=some/where"]
    assert main(["edit", fader, *words, "me.png"]) == 0
    assert files(here / "some") == ["where/me-Smiling1-Eyeglasses0-x1.5.png"]
    wanted = facegan.load(fader.removeprefix("run=")).edit(path, {"Smiling": 1, "Eyeglasses": 0}, strength=1.5, seed=3)
    assert np.array_equal(np.asarray(Image.open(here / "some/where/me-Smiling1-Eyeglasses0-x1.5.png")), wanted)


def test_a_folder_goes_on_past_what_cannot_be_read(run: str, here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    photo(here / "faces" / "a.jpg")
    photo(here / "faces" / "deep" / "b.png", 1)
    photo(here / "faces" / "tiny.png", width=3, height=3)
    (here / "faces" / "broken.jpg").write_bytes(photo(here / "whole.jpg").read_bytes()[:200])
    (here / "faces" / "notes.txt").write_text("no photo")
    assert main(["edit", run, "faces", "missing.jpg", "Eyeglasses=0"]) == 0
    said = capsys.readouterr()
    assert files(here / "edited") == ["a-Eyeglasses0.png", "deep/b-Eyeglasses0.png"]
    assert said.out.strip() == "2 edited photos: edited"
    listed = said.err.split("could not be edited:")[1]
    assert "  faces/broken.jpg: damaged" in listed
    assert "  faces/tiny.png: 3 x 3 pixels" in listed
    assert "  missing.jpg: there is no such file." in listed
    assert len(listed.strip().splitlines()) == 3


def test_nothing_edited_is_exit_code_2_and_every_reason(run: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["edit", run, "a.jpg", "b.jpg", "Eyeglasses=0"]) == 2
    listed = [line for line in capsys.readouterr().err.splitlines() if line.startswith("  ")]
    assert listed == [f"  {name}: there is no such file." for name in ("a.jpg", "b.jpg")]


def test_results_are_no_photos_of_the_next_call(run: str, here: Path) -> None:
    photo(here / "a.jpg")
    for _ in range(2):
        assert main(["edit", run, ".", "Eyeglasses=1"]) == 0
    assert files(here) == ["a.jpg", "edited/a-Eyeglasses1.png"]


def test_no_photo_and_no_result_is_overwritten(run: str, here: Path) -> None:
    paths = [photo(here / name, seed) for seed, name in enumerate(["a.jpg", "a.png", "a-Eyeglasses1.png"])]
    before = [path.read_bytes() for path in paths]
    assert main(["edit", run, *(path.name for path in paths), "Eyeglasses=1", "output=."]) == 0
    assert [path.read_bytes() for path in paths] == before
    made = {"a.jpg-Eyeglasses1.png", "a.png-Eyeglasses1.png", "a-Eyeglasses1-Eyeglasses1.png"}
    assert set(files(here)) == made | {path.name for path in paths}


def test_names_never_meet(tmp_path: Path) -> None:
    chosen = unused_names(["a.jpg", "a.jpg", "a.jpg", "a.png"], "on", tmp_path, [])
    assert [path.name for path in chosen] == ["a-on.png", "a.jpg-on.png", "a.jpg-2-on.png", "a.png-on.png"]


def test_an_exemplar_is_worn(run: str, here: Path) -> None:
    path, friend = photo(here / "me.png"), photo(here / "friend.png", 4)
    assert main(["edit", run, "me.png", "exemplar=friend.png"]) == 0
    assert files(here / "edited") == ["me-Eyeglasses-from-friend.png"]
    wanted = facegan.load(run.removeprefix("run=")).transfer(path, friend)
    assert np.array_equal(np.asarray(Image.open(here / "edited/me-Eyeglasses-from-friend.png")), wanted)


def test_landmarks_align_the_photos_that_have_them(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = tiny_run(here / "run", crop=celeba_framing("fader", image_size=SIZE).to_dict())
    path = photo(here / "faces" / "a.png")
    photo(here / "faces" / "b.png")
    Path("points.json").write_text(json.dumps({"a.png": POINTS}))
    assert main(["edit", f"run={run.root}", "faces", "Eyeglasses=1", "landmarks=points.json"]) == 0
    assert "faces/b.png: no landmarks for it in points.json." in capsys.readouterr().err
    editor = facegan.load(run.root)
    made = np.asarray(Image.open("edited/a-Eyeglasses1.png"))
    assert np.array_equal(made, editor.edit(path, {"Eyeglasses": 1}, landmarks=POINTS))
    assert not np.array_equal(made, editor.edit(path, {"Eyeglasses": 1}))


def test_landmarks_without_use_are_said_to_be(run: str, here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    photo(here / "a.png")
    Path("points.json").write_text(json.dumps({"a.png": POINTS}))
    assert main(["edit", run, "a.png", "Eyeglasses=1", "landmarks=points.json"]) == 0
    assert "not aligned, so the landmarks are not used" in capsys.readouterr().err


def test_a_path_may_hold_what_other_words_may_not(run: str, here: Path) -> None:
    photo(here / "a=1 (b), c.png")
    assert main(["edit", run, "a=1 (b), c.png", "Eyeglasses=1", "output=x (y)"]) == 0
    assert files(here / "x (y)") == ["a=1 (b), c-Eyeglasses1.png"]


def test_help_shows_examples(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        main(["edit", "--help"])
    assert "facegan edit run=runs/quickstart-s0 me.jpg Eyeglasses=1" in capsys.readouterr().out
