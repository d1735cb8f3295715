"""`facegan data`: sheets, stores and reports, for drawn faces and for photographs."""

import json
from pathlib import Path

import pytest
from PIL import Image

from facegan.cli.main import main
from tests.photographs import celeba_folder, labelled_folder, unpaired_folders

TWINS = ["data=twinfaces", "data.size=20", "data.image_size=16"]


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder and a store folder of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FACEGAN_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("FACEGAN_CELEBA", raising=False)
    return tmp_path


def test_a_preview_shows_faces(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["data", "preview", *TWINS, "faces=9", "output=some/where.png"]) == 0
    assert capsys.readouterr().out.strip() == "some/where.png"
    sheet = Image.open("some/where.png")
    assert sheet.width > 8 * 96
    assert len(sheet.getcolors(maxcolors=sheet.width * sheet.height)) > 100


def test_a_preview_shows_twins_beside_their_faces() -> None:
    for name, words in (("alone", []), ("twins", ["attribute=Eyeglasses"])):
        assert main(["data", "preview", *TWINS, "faces=2", f"output={name}.png", *words]) == 0
    assert Image.open("twins.png").width > 1.9 * Image.open("alone.png").width - 30


def test_a_preview_shows_clips_frame_after_frame_and_plates() -> None:
    clips = ["data=twinfaces_clips", "data.size=4", "data.image_size=16", "data.frames=4"]
    for name, words in (("clips", clips), ("plates", ["data=plates", "data.size=4", "data.image_size=16"])):
        assert main(["data", "preview", *words, "faces=2", f"output={name}.png"]) == 0
    assert Image.open("clips.png").width > 3 * Image.open("plates.png").width


def test_a_preview_is_drawn_by_the_seed() -> None:
    for name, seed in (("a", 0), ("b", 0), ("c", 1)):
        assert main(["data", "preview", *TWINS, "faces=3", f"seed={seed}", f"output={name}.png"]) == 0
    assert Path("a.png").read_bytes() == Path("b.png").read_bytes() != Path("c.png").read_bytes()


def test_celeba_is_previewed_prepared_and_checked(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["data=celeba", f"data.root={celeba_folder(here / 'celeba')}", "data.image_size=16"]
    assert main(["data", "prepare", *words]) == 0
    assert "celeba: 6 faces at 16 pixels are ready" in capsys.readouterr().out
    assert main(["data", "preview", *words]) == 0
    assert Image.open("sheet.png").width > 0
    assert main(["data", "check", *words, "split=all"]) == 0
    said = capsys.readouterr().out
    assert "12 faces at 16 pixels" in said
    assert "Smiling: 6 of 12 (50.0%)" in said
    assert "train 6, validation 3, test 3" in said


def test_celeba_is_found_by_the_environment(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FACEGAN_CELEBA", str(celeba_folder(here / "celeba")))
    assert main(["data", "check", "data=celeba", "data.image_size=16"]) == 0


def test_what_is_left_out_is_listed_by_name_and_reason(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    images, labels = labelled_folder(here / "faces")
    words = ["data=folder", f"data.root={images}", f"data.labels={labels}", "data.image_size=16"]
    assert main(["data", "check", *words]) == 0
    said = capsys.readouterr().out
    assert "5 faces at 16 pixels" in said
    assert "0.png: " in said
    assert main(["data", "prepare", *words]) == 0
    assert "files that cannot be used: 1;" in capsys.readouterr().out
    assert main(["data", "check", *words, "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["faces"] == 5
    assert list(report["left_out"]) == ["0.png"]


def test_drawn_faces_are_prepared_and_checked(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["data", "prepare", *TWINS]) == 0
    assert "twinfaces: 20 faces at 16 pixels are ready" in capsys.readouterr().out
    assert main(["data", "check", *TWINS, "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["faces"] == 20
    assert 0 < report["attributes"]["Eyeglasses"] < 20
    assert main(["data", "check", *TWINS]) == 0
    assert f"Eyeglasses: {report['attributes']['Eyeglasses']} of 20" in capsys.readouterr().out


def test_help_shows_examples(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        main(["data", "--help"])
    assert "facegan data preview data=twinfaces" in capsys.readouterr().out


def test_check_names_combinations_that_do_not_occur(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["data", "check", *TWINS]) == 0
    assert "warning: no face has " in capsys.readouterr().out
    assert main(["data", "check", *TWINS, "--json"]) == 0
    missing = json.loads(capsys.readouterr().out)["absent"]
    assert all(set(one) == {"values", "counts", "faces"} for one in missing)
    images, labels = labelled_folder(here / "faces")
    assert main(["data", "check", "data=folder", f"data.root={images}", f"data.labels={labels}"]) == 0
    assert "warning" not in capsys.readouterr().out


def test_small_pictures_are_prepared_checked_and_shown_beside_the_large_faces(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    high, low = unpaired_folders(here / "faces")
    words = ["data=unpaired", f"data.root={high}", f"data.low={low}", "data.image_size=16", "data.scale=2"]
    assert main(["data", "prepare", *words, "split=all"]) == 0
    said = capsys.readouterr().out
    assert "high: 24 faces at 16 pixels are ready" in said
    assert "low: 29 faces at 8 pixels are ready" in said
    assert "files that cannot be used: 2;" in said
    assert main(["data", "check", *words, "split=all"]) == 0
    said = capsys.readouterr().out
    assert "low, split all: 29 faces at 8 pixels" in said
    assert "  tiny.png: 9 x 7 pixels leave a crop below 8 pixels" in said
    assert main(["data", "check", *words, "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["name"], report["faces"], report["unpaired"]["faces"]) == ("high", 17, 26)
    sheets = []
    for name, chosen in (("both", words), ("large", ["data=folder", *words[1:2], words[3]])):
        assert main(["data", "preview", *chosen, "faces=4", f"output={name}.png"]) == 0
        sheets.append(Image.open(f"{name}.png"))
    assert sheets[0].width > 1.8 * sheets[1].width
    assert sheets[0].crop((0, 0, 200, 100)).tobytes() == sheets[1].crop((0, 0, 200, 100)).tobytes()
