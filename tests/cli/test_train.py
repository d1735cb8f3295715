"""`facegan train` as a sweep and as a run that is given again."""

from pathlib import Path

import pytest

from facegan.cli.main import main
from facegan.cli.train import UNNAMED
from facegan.config import read_yaml
from facegan.training.checkpoint import read_checkpoint
from tests.runs import photo

TINY = [
    "data.image_size=16",
    "data.size=64",
    "trainer.batch_size=4",
    "trainer.picture_every=0",
    "trainer.validate_every=0",
    "trainer.accelerator=cpu",
    "logger=disabled",
]


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FACEGAN_CACHE", str(tmp_path / "cache"))


def test_a_sweep_trains_every_combination_in_a_folder_of_its_own_and_groups_them() -> None:
    models, words = "model=genegan_quickstart,fader_quickstart", ["seed=0,1", "trainer.images=64", *TINY]
    assert main(["train", "-m", models, *words]) == 0
    folders = sorted(path.parent for path in Path("runs").glob("*/last.safetensors"))
    found = {(folder.name.split("-")[0], folder.name[-2:]) for folder in folders}
    assert found == {(f"{model}_quickstart", seed) for model in ("fader", "genegan") for seed in ("s0", "s1")}
    groups = {read_yaml(folder / "config.yaml")["logger"]["group"] for folder in folders}
    assert len(groups) == 1
    assert groups.pop().startswith("sweep-")


def test_the_same_command_with_more_images_goes_on_in_the_same_folder() -> None:
    for images in (64, 128):
        assert main(["train", f"trainer.images={images}", *TINY]) == 0
    (checkpoint,) = Path("runs").glob("*/last.safetensors")
    assert read_checkpoint(checkpoint)[1]["clocks"]["images"] == 128


def test_other_threads_go_on_in_the_same_folder(capsys: pytest.CaptureFixture[str]) -> None:
    """`make train` asks for two, the same experiment by hand for one."""
    for words in (["trainer.threads=2", "trainer.images=32"], ["trainer.threads=1", "trainer.images=64"]):
        assert main(["train", *words, *TINY]) == 0, capsys.readouterr().err
    (checkpoint,) = Path("runs").glob("*/last.safetensors")
    assert read_checkpoint(checkpoint)[1]["clocks"]["images"] == 64


def test_a_folder_named_after_long_overrides_can_be_made_and_is_found_again() -> None:
    falling = "{_target_: facegan.models.schedules.Linear, clock: images, first: 1, last: 0.02, over: 64}"
    long = f"trainer.learning_rate={falling}"
    for images in (16, 32):
        assert main(["train", f"trainer.images={images}", long, *TINY]) == 0
    (folder,) = Path("runs").iterdir()
    assert len(folder.name) < 160
    assert folder.name.endswith("-s0")
    assert read_checkpoint(folder / "last.safetensors")[1]["clocks"]["images"] == 32


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["trainer.imagse=4"], "there is no setting trainer.imagse"),
        (["+trainer.imagse=4", *TINY], "trainer has no imagse; it has images, "),
        (["data=celeba"], "data.root is needed: data.root=..., or set FACEGAN_CELEBA"),
        (["data=folder"], "data.root is needed: data.root=..."),
        (["model=genegan_quickstrat"], "did you mean genegan_quickstart?"),
    ],
)
def test_a_wrong_or_missing_setting_is_said_in_the_projects_words(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("FACEGAN_CELEBA", raising=False)
    assert main(["train", *words]) == 2
    error = capsys.readouterr().err
    assert said in error
    assert "search path" not in error
    assert "full_key" not in error


def test_a_combination_that_no_face_has_is_said_before_training(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["attributes=[Eyeglasses,Mustache]", "model=fader_quickstart", "+data.marginals={Mustache: 0.05}"]
    wish = ["decorrelate.draws=[Eyeglasses,Mustache]", "trainer.images=16"]
    assert main(["train", *words, *wish, *TINY]) == 0
    said = capsys.readouterr().err
    assert "facegan: twinfaces: no face has Eyeglasses=1, Mustache=1 (Eyeglasses=1: " in said
    assert "of 64 labelled faces); no weighting can mend that." in said


def test_a_model_that_looks_at_no_label_trains_without_attributes_and_is_used() -> None:
    short = ["model.embedder_rounds=1", "++model.translator.width=4", "trainer.images=24"]
    looks = ["trainer.picture_every=1", "trainer.validate_every=1"]
    assert main(["train", "model=identity_cyclegan_quickstart", "run=made", *TINY, *short, *looks]) == 0
    assert read_yaml(Path("made/config.yaml"))["attributes"] == []
    assert list(Path("made/samples").glob("*.png"))
    assert Path("made/best.safetensors").exists()
    photo(Path("me.png"))
    assert main(["edit", "run=made", "me.png", "exemplar=me.png"]) == 0
    assert [path.name for path in Path("edited").iterdir()] == ["me-identity-from-me.png"]


def test_a_run_that_breaks_says_so_in_its_folder_until_it_is_completed() -> None:
    assert main(["train", "run=broken", "trainer.images=64", "trainer.limit=0.001", *TINY]) == 1
    assert "went beyond 0.001" in Path("broken/broke.txt").read_text()
    words = ["train", "run=mended", "trainer.images=64", *TINY]
    Path("mended").mkdir()
    Path("mended/broke.txt").write_text("it broke before")
    assert main(words) == 0
    assert not Path("mended/broke.txt").exists()


def test_make_train_measures_the_run_that_it_trains() -> None:
    """The folder that the Makefile's first command writes is the one that its second reads."""
    recipe = (Path(__file__).parents[2] / "Makefile").read_text().partition("\ntrain:")[2].partition("\n\n")[0]
    trains, measures = (line.split("facegan ")[1].split() for line in recipe.splitlines() if "facegan " in line)
    overrides = [word for word in trains[1:] if not UNNAMED.match(word)]
    (experiment,) = (word.removeprefix("experiment=") for word in trains if word.startswith("experiment="))
    assert not overrides, "each of them would be part of the folder's name"
    assert f"run=runs/{experiment}-s0" in measures
