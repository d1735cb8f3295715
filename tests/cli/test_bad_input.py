"""Whatever is wrong with what a person asked for: one clear line, exit code 2, no traceback, nothing left behind."""

from collections.abc import Callable
from pathlib import Path

import pytest

from facegan.cli.main import main
from facegan.config import read_yaml, write_yaml
from facegan.training.run_folder import RunFolder
from tests.photographs import celeba_folder, labelled_folder
from tests.runs import change_facts, photo, tiny_run

SMALL = [
    "run=made",
    "data.size=8",
    "data.image_size=16",
    "logger=disabled",
    "trainer.images=8",
    "trainer.accelerator=cpu",
]


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with a photo, a run, and a store folder of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FACEGAN_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("FACEGAN_CELEBA", raising=False)
    photo(tmp_path / "me.jpg")
    return tmp_path


def answer(words: list[str], capfd: pytest.CaptureFixture[str]) -> str:
    """The line with which a command is answered; but for progress bars, nothing else is on stderr."""
    capfd.readouterr()
    assert main(words) == 2
    said = capfd.readouterr()
    assert "Traceback" not in said.err + said.out
    lines = [line for line in said.err.splitlines() if line.strip() and "━" not in line]
    assert len(lines) == 1, said.err
    assert lines[0].startswith("facegan: ")
    return lines[0]


TRAIN = {
    "an unknown part": (["encoder=nonsense"], ["nonsense", "dcgan"]),
    "an unknown model": (["model=nonsense"], ["nonsense", "genegan"]),
    "an unknown data set": (["data=nonsense"], ["nonsense", "twinfaces"]),
    "an unknown setting": (["trainer.imagse=3"], ["imagse"]),
    "an unknown setting of a part": (["++model.encoder.widht=3"], ["ConvEncoder", "widht"]),
    "an unknown attribute": (["attributes=[Eyeglases]"], ["'Eyeglases'", "Did you mean 'Eyeglasses'"]),
    "attributes that the data set does not label": (
        ["model=stargan"],
        ["twinfaces does not label Black_Hair, Brown_Hair: set data=celeba", "attributes=[Blond_Hair,Male,Young]"],
    ),
    "attributes of which it labels none": (
        ["attributes=[Chubby]"],
        ["twinfaces does not label Chubby: set data=celeba", "attributes among Eyeglasses, "],
    ),
    "a code that the decoder cannot turn into the image": (
        ["++model.encoder.layers=1", "++model.decoder.widths=[8,8]"],
        ["ConvDecoder", "8x8", "16-pixel", "would fit"],
    ),
    "an image size that the network cannot take": (
        ["data.image_size=17"],
        ["17-pixel image cannot be halved", "would fit"],
    ),
    "an image size that is none": (["data.image_size=0"], ["image_size"]),
    "a data set of nothing": (["data.size=0"], ["size=0"]),
    "a network as a data set": (["data._target_=facegan.networks.encoders.ConvEncoder"], ["ConvEncoder", "data"]),
    "a foreign target": (["model.encoder._target_=os.system"], ["os.system"]),
    "a precision that is none": (["trainer.precision=7"], ["precision=7", "32-true"]),
    "a length that is none": (["trainer.images=0"], ["trainer.images=0"]),
    "a broken override": (["encoder"], ["encoder"]),
    "a list without quotes": (["data.attributes=[a=1]"], ["'data.attributes=[a=1]'", "quotes"]),
}


@pytest.mark.parametrize(("words", "said"), TRAIN.values(), ids=TRAIN)
def test_train_answers_with_one_line(
    words: list[str], said: list[str], here: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    line = answer(["train", "model=genegan_quickstart", *SMALL, *words], capfd)
    assert all(word in line for word in said), line
    assert not Path("made/last.safetensors").exists()


def damaged(change: Callable[[RunFolder], object]) -> list[str]:
    run = tiny_run(Path("run"))
    change(run)
    return ["run=run", "me.jpg", "Eyeglasses=1"]


def halve(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def hostile(run: RunFolder) -> None:
    config = read_yaml(run.config)
    config["model"]["encoder"] = {"_target_": "os.system", "command": "touch owned"}
    write_yaml(run.config, config)


def other_width(run: RunFolder) -> None:
    config = read_yaml(run.config)
    config["model"]["encoder"]["width"] = 8
    write_yaml(run.config, config)


RUNS: dict[str, tuple[Callable[[RunFolder], object], list[str]]] = {
    "a checkpoint cut in half": (lambda run: halve(run.last), ["last.safetensors", "damaged"]),
    "a checkpoint that is missing": (lambda run: run.last.unlink(), ["last.safetensors", "missing"]),
    "a run folder of a newer format": (lambda run: change_facts(run, format=99), ["run.json", "format 99", "Update"]),
    "a run folder without a format": (lambda run: change_facts(run, format=None), ["run.json"]),
    "a run.json cut in half": (lambda run: halve(run.facts_file), ["run.json", "damaged"]),
    "a config that is missing": (lambda run: run.config.unlink(), ["config.yaml", "missing"]),
    "a config that is no yaml": (lambda run: run.config.write_text("a: [1"), ["config.yaml"]),
    "a config without a model": (lambda run: run.config.write_text("seed: 0"), ["model"]),
    "a config that names os.system": (hostile, ["os.system"]),
    "another network's checkpoint": (other_width, ["another network"]),
    "a crop that is none": (lambda run: change_facts(run, crop={"crop": {"kind": "star"}}), ["star"]),
}


@pytest.mark.parametrize(("change", "said"), RUNS.values(), ids=RUNS)
def test_a_damaged_run_is_answered_with_one_line(
    change: Callable[[RunFolder], object], said: list[str], here: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    line = answer(["edit", *damaged(change)], capfd)
    assert all(word in line for word in said), line
    assert sorted(path.name for path in here.iterdir()) == ["me.jpg", "run"]


EDIT = {
    "no run": (["me.jpg", "Eyeglasses=1"], ["run=FOLDER"]),
    "a run that is missing": (["run=nowhere", "me.jpg", "Eyeglasses=1"], ["nowhere", "no run folder"]),
    "no photo": (["run=run", "Eyeglasses=1"], ["which photo"]),
    "a photo that is missing": (["run=run", "you.jpg", "Eyeglasses=1"], ["you.jpg", "no such file"]),
    "a photo that is none": (["run=run", "run/config.yaml", "Eyeglasses=1"], ["config.yaml", "not an image"]),
    "an empty folder": (["run=run", "empty", "Eyeglasses=1"], ["no images in empty"]),
    "nothing to edit": (["run=run", "me.jpg"], ["no attribute", "Eyeglasses"]),
    "an unknown attribute": (["run=run", "me.jpg", "Eyeglases=1"], ["'Eyeglases'", "Did you mean 'Eyeglasses'"]),
    "a value that is no switch": (["run=run", "me.jpg", "Eyeglasses=2"], ["Eyeglasses=2", "off (0) or on (1)"]),
    "a value that is no number": (["run=run", "me.jpg", "Eyeglasses=yes"], ["Eyeglasses=yes", "number"]),
    "a strength that is no number": (["run=run", "me.jpg", "Eyeglasses=1", "strength=much"], ["strength=much"]),
    "a strength that is nan": (["run=run", "me.jpg", "Eyeglasses=1", "strength=nan"], ["strength=nan"]),
    "a device that is none": (["run=run", "me.jpg", "Eyeglasses=1", "device=toaster"], ["device=toaster"]),
    "an exemplar that is missing": (["run=run", "me.jpg", "exemplar=x.jpg"], ["x.jpg", "no such file"]),
    "an exemplar and a value": (["run=run", "me.jpg", "exemplar=me.jpg", "Eyeglasses=1"], ["exemplar=FILE"]),
    "an attribute to wear that is none": (["run=run", "me.jpg", "exemplar=me.jpg", "attribute=Hat"], ["'Hat'"]),
    "a verb that the model lacks": (["run=fader", "me.jpg", "exemplar=me.jpg"], ["Fader", "transfer"]),
    "landmarks that are missing": (["run=run", "me.jpg", "Eyeglasses=1", "landmarks=p.json"], ["p.json"]),
    "an output that is a file": (["run=run", "me.jpg", "Eyeglasses=1", "output=me.jpg"], ["me.jpg"]),
}


@pytest.mark.parametrize(("words", "said"), EDIT.values(), ids=EDIT)
def test_edit_answers_with_one_line(words: list[str], said: list[str], capfd: pytest.CaptureFixture[str]) -> None:
    tiny_run(Path("run"))
    if "run=fader" in words:
        tiny_run(Path("fader"), "fader_quickstart")
    Path("empty").mkdir()
    line = answer(["edit", *words], capfd)
    assert all(word in line for word in said), line
    assert not Path("edited").exists()


DATA = {
    "a data folder that is missing": (["data=celeba", "data.root=nowhere"], ["nowhere"]),
    "a data folder that nobody named": (["data=celeba"], ["FACEGAN_CELEBA"]),
    "a data folder that must be named": (["data=folder"], ["data.root"]),
    "an empty folder": (["data=folder", "data.root=empty"], ["no images in empty"]),
    "a label file with missing columns": (
        ["data=folder", "data.root=faces/images", "data.labels=faces/labels.csv", "data.attributes=[Smiling,Hat]"],
        ["labels.csv", "Hat"],
    ),
    "labels that do not match": (
        ["data=folder", "data.root=celeba/img_align_celeba", "data.labels=faces/labels.csv"],
        ["labels.csv", "does not match"],
    ),
    "an unknown crop": (["data=celeba", "data.root=celeba", "data.crop=star"], ["star", "fader"]),
    "an unknown split": (["data=celeba", "data.root=celeba", "split=nonsense"], ["nonsense"]),
    "an unknown split of drawn faces": (["data.size=8", "split=nonsense"], ["nonsense"]),
    "no faces": (["data.size=8", "faces=0"], ["faces=0"]),
    "an unknown attribute": (["data.size=8", "attribute=Eyeglases"], ["Eyeglasses"]),
    "twins of photographs": (["data=celeba", "data.root=celeba", "attribute=Smiling"], ["TwinFaces"]),
    "an output of no kind": (["data.size=8", "data.image_size=16", "output=sheet.xyz"], ["sheet.xyz"]),
    "an output below a file": (["data.size=8", "data.image_size=16", "output=me.jpg/sheet.png"], ["me.jpg"]),
}


@pytest.mark.parametrize(("words", "said"), DATA.values(), ids=DATA)
def test_data_answers_with_one_line(
    words: list[str], said: list[str], here: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    Path("empty").mkdir()
    celeba_folder(here / "celeba")
    labelled_folder(here / "faces")
    line = answer(["data", "preview", *words], capfd)
    assert all(word in line for word in said), line
    assert not Path("sheet.png").exists()


def test_an_unknown_command_is_answered_with_the_commands(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["nonsense"])
    assert "train" in capfd.readouterr().err
