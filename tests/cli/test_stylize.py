"""`facegan stylize`: whole photos painted, beside nothing that was there."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import facegan
from facegan.cli.main import main
from tests.runs import photo, tiny_run


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> str:
    return f"run={tiny_run(tmp_path_factory.mktemp('runs') / 'style', 'style_transfer_quickstart').root}"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_photo_is_painted_whole(run: str, here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = photo(here / "me.jpg", width=35, height=50)
    before = path.read_bytes()
    assert main(["stylize", run, "me.jpg"]) == 0
    assert capsys.readouterr().out.strip() == "stylized/me-stylized.png"
    assert path.read_bytes() == before
    with Image.open("stylized/me-stylized.png") as painted:
        assert painted.size == (35, 50)
        wanted = facegan.load(run.removeprefix("run=")).stylize(path)
        assert np.array_equal(np.asarray(painted), np.asarray(wanted))


def test_a_folder_is_painted_and_large_photos_are_made_smaller(run: str, here: Path) -> None:
    photo(here / "album" / "a.png", width=80, height=40)
    photo(here / "album" / "deep" / "b.png", width=20, height=24)
    assert main(["stylize", run, "album", "longest=40", "output=painted"]) == 0
    sizes = {}
    for name in ("a-stylized.png", "deep/b-stylized.png"):
        with Image.open(here / "painted" / name) as painted:
            sizes[name] = painted.size
    assert sizes == {"a-stylized.png": (40, 20), "deep/b-stylized.png": (20, 24)}


WRONG = {
    "no photo": (["RUN"], "which photo"),
    "an attribute": (["RUN", "me.jpg", "Smiling=1"], "leave Smiling out"),
    "no size": (["RUN", "me.jpg", "longest=3"], "longest=3"),
    "a speck": (["RUN", "speck.png"], "4 x 30 pixels leave nothing to paint on"),
    "a model that edits": (["run=genegan", "me.jpg"], "GeneGAN has no verb 'stylize'"),
}


@pytest.mark.parametrize(("words", "said"), WRONG.values(), ids=WRONG)
def test_what_cannot_be_is_said_in_one_line(
    words: list[str], said: str, run: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    photo(here / "me.jpg")
    photo(here / "speck.png", width=4, height=30)
    tiny_run(here / "genegan")
    assert main(["stylize", *(run if word == "RUN" else word for word in words)]) == 2
    (line,) = capsys.readouterr().err.strip().splitlines()
    assert said in line
    assert not Path("stylized").exists()
