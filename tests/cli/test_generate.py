"""`facegan generate`: new faces in a folder, numbered; what is replaced is said."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import facegan
from facegan.cli.main import main
from tests.runs import photo, tiny_run


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> str:
    return f"run={tiny_run(tmp_path_factory.mktemp('runs') / 'semilatent', 'semilatent_quickstart').root}"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_faces_are_those_of_the_editor(run: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["generate", run, "count=3", "Smiling=1", "Eyeglasses=0", "seed=5", "output=faces"]) == 0
    assert capsys.readouterr().out.strip() == "3 generated faces: faces"
    made = sorted(Path("faces").iterdir())
    assert [path.name for path in made] == [f"Smiling1-Eyeglasses0-seed5-000{number}.png" for number in range(3)]
    wanted = facegan.load(run.removeprefix("run=")).generate(3, {"Smiling": 1, "Eyeglasses": 0}, seed=5)
    for path, face in zip(made, wanted, strict=True):
        assert np.array_equal(np.asarray(Image.open(path)), np.asarray(face))


def test_without_a_wish_there_are_sixteen_and_replacing_them_is_said(
    run: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["generate", run]) == 0
    assert "replaced" not in capsys.readouterr().err
    first = {path.name: path.read_bytes() for path in Path("generated").iterdir()}
    assert len(first) == 16
    assert main(["generate", run, "count=2"]) == 0
    assert "facegan: 2 results of an earlier call were replaced in generated." in capsys.readouterr().err
    assert {path.name: path.read_bytes() for path in Path("generated").iterdir()} == first, "number 1 is number 1"


WRONG = {
    "no run": (["count=2"], ["run=FOLDER"]),
    "a run that is missing": (["run=nowhere"], ["nowhere", "no run folder"]),
    "no face": (["RUN", "count=0"], ["count=0", "at least 1"]),
    "half a face": (["RUN", "count=1.5"], ["count=1.5", "whole number"]),
    "an unknown attribute": (["RUN", "Smilling=1"], ["Did you mean 'Smiling'"]),
    "a value that is no switch": (["RUN", "Smiling=2"], ["Smiling=2", "off (0) or on (1)"]),
    "a photo": (["RUN", "me.jpg"], ["me.jpg", "no photo"]),
    "an output that is a file": (["RUN", "output=me.jpg"], ["me.jpg"]),
    "a model that edits": (["run=genegan"], ["GeneGAN has no verb 'generate'", "it has: reconstruct, encode, edit"]),
}


@pytest.mark.parametrize(("words", "said"), WRONG.values(), ids=WRONG)
def test_what_cannot_be_is_said_in_one_line(
    words: list[str], said: list[str], run: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    photo(here / "me.jpg")
    tiny_run(here / "genegan")
    assert main(["generate", *(run if word == "RUN" else word for word in words)]) == 2
    (line,) = capsys.readouterr().err.strip().splitlines()
    assert line.startswith("facegan: ")
    assert all(word in line for word in said), line
    assert not Path("generated").exists()


def test_help_shows_examples(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        main(["generate", "--help"])
    assert "facegan generate run=runs/semilatent-s0 Smiling=1 Male=0" in capsys.readouterr().out
