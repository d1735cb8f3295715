"""A benchmark goes out frozen, pictures of any model come back, and what is wrong with either is said plainly."""

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from PIL.ImageFilter import SMOOTH
from torch import Tensor

from facegan.cli.main import main
from facegan.data.twinfaces import TwinFaces
from facegan.evaluation.entries.entry import read_entry
from facegan.evaluation.entries.export import export
from facegan.evaluation.entries.manifest import read_manifest
from facegan.evaluation.entries.pictures import open_pictures
from facegan.evaluation.judge_training import Recipe
from facegan.evaluation.pictures import to_picture
from facegan.evaluation.protocols import PROTOCOLS, run_protocol
from facegan.evaluation.result import Result
from facegan.evaluation.result_file import read_result
from facegan.evaluation.settings import Settings
from facegan.evaluation.twin_cases import fresh_cases
from facegan.evaluation.values import read_values, values_file
from tests.evaluation.editors import Transferer, untrained_judge

SIZE, COUNT = 16, 4
EXPORT = ["benchmark", "export", f"count={COUNT}", f"image_size={SIZE}"]
QUICK = Recipe(block="plain", width=8, seed=4, steps=2, batch=8)
ENTRY = {
    "system": "TheirGAN", "training_data": "10,000 drawn faces", "budget": "one hour", "ran_by": "its authors",
    "uses_exemplars": True,
}  # fmt: skip
SEED = 770_117
VERSION = PROTOCOLS["twinfaces"].version


@pytest.fixture(autouse=True)
def quick_judges(monkeypatch: pytest.MonkeyPatch) -> None:
    roles = dict.fromkeys(("report", "second", "panel", "selection"), QUICK)
    monkeypatch.setattr("facegan.evaluation.judge_cache.RECIPES", roles)
    monkeypatch.setattr("facegan.evaluation.embedders.RECIPE", QUICK)
    monkeypatch.setattr("facegan.evaluation.embedders.PERSONS", 16)
    monkeypatch.setattr("facegan.evaluation.judge_cache.TWIN_FACES", 32)


@pytest.fixture(scope="module")
def frozen(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A benchmark of glasses, four faces in each direction."""
    out = tmp_path_factory.mktemp("frozen") / "bench"
    source = TwinFaces(image_size=SIZE, split="test", size=1)
    export(out, PROTOCOLS["twinfaces"], source, ("Eyeglasses",), Settings(faces=COUNT, seed=SEED, chunk=3))
    return out


@pytest.fixture
def bench(frozen: Path, tmp_path: Path) -> Path:
    """A copy that a test may spoil."""
    return Path(shutil.copytree(frozen, tmp_path / "bench"))


def answered(bench: Path, how: str, folder: Path, **entry: object) -> Path:
    """Edits of an outsider that copies the source, the exemplar, or knows the true answer."""
    folder.mkdir()
    for request in requests(bench):
        number = int(request["id"].rpartition("-")[2])
        if how == "twin":
            case = fresh_cases(
                attribute=request["attribute"], direction=request["direction"], attributes=("Eyeglasses",),
                count=COUNT, image_size=SIZE, seed=SEED,
            ).at(slice(number, number + 1))  # fmt: skip
            to_picture(case.twin[0]).save(folder / f"{request['id']}.png")
        else:
            shutil.copy(bench / request[how], folder / f"{request['id']}.png")
    (folder / "entry.json").write_text(json.dumps({**ENTRY, **entry}))
    return folder


def requests(bench: Path) -> list[dict[str, str]]:
    found: list[dict[str, str]] = json.loads((bench / "manifest.json").read_text())["requests"]
    return found


def evaluated(bench: Path, edits: Path) -> Result:
    words = ["evaluate", f"edits={edits}", f"manifest={bench / 'manifest.json'}", "styles=2", "rows=2", "threads=1"]
    assert main(words) == 0
    return read_result(edits / "evaluation" / "twinfaces.json")


def figure(result: Result, measure: str, direction: str, line: str = "model") -> float:
    found = result.value(measure, "Eyeglasses", direction, line)  # type: ignore[arg-type]
    assert found is not None
    return found.value


def test_every_file_is_in_the_manifest_with_its_checksum(bench: Path) -> None:
    manifest = json.loads((bench / "manifest.json").read_text())
    pictures = {str(path.relative_to(bench)) for path in bench.rglob("*.png")}
    assert set(manifest["files"]) == pictures
    assert len(pictures) == 2 * 2 * COUNT  # a source and an exemplar in both directions
    for name, checksum in manifest["files"].items():
        assert hashlib.sha256((bench / name).read_bytes()).hexdigest() == checksum
    assert (manifest["protocol"], manifest["version"], manifest["image_size"]) == ("twinfaces", VERSION, SIZE)
    assert {Image.open(bench / name).size for name in pictures} == {(SIZE, SIZE)}


def test_the_answers_are_nowhere_in_it(bench: Path) -> None:
    for request in requests(bench):
        assert set(request) == {"id", "attribute", "direction", "source", "exemplar", "labels"}


def test_the_command_freezes_the_same_files_and_never_writes_over_them(
    bench: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "again"
    assert main([*EXPORT, f"out={out}"]) == 0
    assert (out / "manifest.json").read_text() == (bench / "manifest.json").read_text()
    assert main([*EXPORT, f"out={out}"]) == 2
    assert "never written over" in capsys.readouterr().err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["again", "bench"]


def test_doing_nothing_is_one_and_the_twin_zero_up_to_eight_bits(bench: Path, tmp_path: Path) -> None:
    still = evaluated(bench, answered(bench, "source", tmp_path / "still"))
    perfect = evaluated(bench, answered(bench, "twin", tmp_path / "perfect"))
    for direction in ("adding", "removing"):
        assert figure(still, "twin_error", direction) == pytest.approx(1.0, abs=0.02)
        assert figure(perfect, "twin_error", direction) < 0.02
        assert figure(perfect, "outside_edit", direction) < 0.005
    assert figure(evaluated(bench, answered(bench, "exemplar", tmp_path / "paste")), "outside_edit", "adding") > 0.02


def test_an_entry_has_what_pictures_allow_and_says_what_it_states(bench: Path, tmp_path: Path) -> None:
    edits = answered(bench, "source", tmp_path / "still", seed=3)
    result = evaluated(bench, edits)
    measures = {found.measure for found in result.figures}
    assert {"twin_error", "judged_success", "outside_edit"} <= measures
    assert not measures & {"psnr", "ssim", "outside_reconstruction"}  # there is no picture of that
    assert (result.model, result.training["budget"], result.training["seed"]) == ("TheirGAN", "one hour", 3)
    report = (edits / "evaluation" / "report.html").read_text()
    assert all(str(ENTRY[word]) in report for word in ("training_data", "budget", "ran_by"))
    values = read_values(values_file(edits / "evaluation" / "twinfaces.json"))
    assert len(values.each["Eyeglasses", "adding", "twin_error"].above) == COUNT


def test_a_model_that_ignores_exemplars_is_held_against_the_nearest_style(bench: Path, tmp_path: Path) -> None:
    result = evaluated(bench, answered(bench, "source", tmp_path / "still", uses_exemplars=False))
    assert figure(result, "nearest_style_error", "adding") == pytest.approx(1.0, abs=0.02)
    assert result.value("twin_error", "Eyeglasses", "adding") is None


def test_a_model_gets_the_same_figures_by_its_pictures_as_by_itself(bench: Path, tmp_path: Path) -> None:
    edits = answered(bench, "source", tmp_path / "blurred")
    for request in requests(bench):
        Image.open(bench / request["source"]).filter(SMOOTH).save(edits / f"{request['id']}.png")

    def smooth(images: Tensor) -> Tensor:
        pictures = [to_picture(image).filter(SMOOTH) for image in images]
        return torch.stack([torch.from_numpy(np.array(one)).permute(2, 0, 1) / 127.5 - 1 for one in pictures])

    manifest = read_manifest(bench / "manifest.json")
    settings = Settings(faces=COUNT, seed=SEED, styles=2, rows=2)
    protocol, source = PROTOCOLS["twinfaces"], TwinFaces(image_size=SIZE, split="test", size=1)
    itself, pictures = (
        run_protocol(protocol, model, source, untrained_judge(), settings)
        for model in (Transferer(smooth), open_pictures(edits, manifest, bench, read_entry(edits)))
    )
    own = {(f.measure, f.direction, f.line): f.value for f in itself.figures}
    shared = [f for f in pictures.figures if f.line == "model" and f.measure in ("twin_error", "judged_success")]
    assert len(shared) == 4
    for found in shared:
        assert found.value == pytest.approx(own[found.measure, found.direction, "model"], abs=0.02)
    assert itself.values.cases == pictures.values.cases  # so the two can be paired face by face


def test_measuring_twice_finds_the_earlier_evaluation_no_extra_picture(bench: Path, tmp_path: Path) -> None:
    edits = answered(bench, "source", tmp_path / "still")
    assert evaluated(bench, edits).figures == evaluated(bench, edits).figures


def spoilt_picture(edits: Path, bench: Path) -> None:
    (edits / "Eyeglasses-adding-00001.png").write_bytes(b"nonsense")
    Image.open(bench / "sources/Eyeglasses-adding-00000.png").convert("L").save(edits / "Eyeglasses-adding-00000.png")


def two_wrongs(edits: Path, bench: Path) -> None:
    (edits / "Eyeglasses-adding-00001.png").unlink()
    (edits / "cat.png").write_bytes(b"")


def larger(edits: Path, bench: Path) -> None:
    Image.new("RGB", (32, 32)).save(edits / "Eyeglasses-removing-00002.png")


def many_missing(edits: Path, bench: Path) -> None:
    for path in edits.glob("*.png"):
        path.unlink()


def states(**values: object) -> Callable[[Path, Path], None]:
    """An entry file with other values; None leaves one out."""

    def change(edits: Path, bench: Path) -> None:
        entry = {name: value for name, value in {**ENTRY, **values}.items() if value is not None}
        (edits / "entry.json").write_text(json.dumps(entry))

    return change


def other_version(edits: Path, bench: Path) -> None:
    path = bench / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "version": 99}))


def other_seed(edits: Path, bench: Path) -> None:
    path = bench / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "seed": 5}))


WRONGS: dict[str, tuple[Callable[[Path, Path], object], list[str]]] = {
    "missing and extra": (two_wrongs, ["1 missing: Eyeglasses-adding-00001.png", "1 extra", "cat.png"]),
    "many missing": (many_missing, ["8 missing: Eyeglasses-adding-00000.png", "and 3 more"]),
    "a wrong size": (larger, ["1 of a wrong size, where 16 x 16 is wanted: Eyeglasses-removing-00002.png"]),
    "no pictures": (spoilt_picture, ["2 not an RGB picture of 8 bits: Eyeglasses-adding-00000.png"]),
    "no entry": (lambda edits, _: (edits / "entry.json").unlink(), ["entry.json is missing", "training_data"]),
    "an entry cut off": (lambda edits, _: (edits / "entry.json").write_text("{"), ["entry.json is no JSON"]),
    "an entry without a budget": (states(budget=None), ["does not state budget"]),
    "an entry with an empty name": (states(ran_by=" "), ["'ran_by' is empty"]),
    "an entry with a wrong type": (states(uses_exemplars="yes"), ["'uses_exemplars' must be a bool"]),
    "an entry with a foreign word": (states(price=3), ["unknown 'price'"]),
    "a frozen file that changed": (
        lambda _, bench: (bench / "sources/Eyeglasses-adding-00002.png").write_bytes(b"other"),
        ["1 changed (another SHA-256): sources/Eyeglasses-adding-00002.png"],
    ),
    "a frozen file that is missing": (
        lambda _, bench: (bench / "exemplars/Eyeglasses-adding-00002.png").unlink(),
        ["1 missing: exemplars/Eyeglasses-adding-00002.png"],
    ),
    "another version": (other_version, ["twinfaces v99", f"measures v{VERSION}:", "Export again"]),
    "other faces than those that the protocol draws": (other_seed, ["not among the frozen ones"]),
    "a manifest that is none": (
        lambda _, bench: (bench / "manifest.json").write_text("{}"), ["is damaged or no manifest"],
    ),
    "no manifest": (lambda _, bench: (bench / "manifest.json").unlink(), ["manifest.json", "facegan benchmark export"]),
}  # fmt: skip


@pytest.mark.parametrize(("spoil", "said"), WRONGS.values(), ids=WRONGS)
def test_what_is_wrong_is_said_with_counts_and_names(
    spoil: Callable[[Path, Path], object],
    said: list[str],
    bench: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    edits = answered(bench, "source", tmp_path / "edits")
    spoil(edits, bench)
    words = ["evaluate", f"edits={edits}", f"manifest={bench / 'manifest.json'}", "styles=2", "threads=1"]
    assert main(words) == 2
    errors = capsys.readouterr().err
    assert all(word in errors for word in said), errors
    assert "Traceback" not in errors
    assert not (edits / "evaluation").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["evaluate", "edits=here"], "edits=FOLDER and manifest=FILE"),
        (["evaluate", "edits=here", "manifest=m.json", "run=r"], "without run="),
        (["evaluate", "edits=nowhere", "manifest=m.json"], "edits=nowhere is no folder"),
        (["benchmark", "export"], "out=FOLDER"),
        (["benchmark", "export", "out=o", "protocol=photos"], "not ours to pass on; choose twinfaces"),
        (["benchmark", "export", "out=o", "protocol=twins"], "unknown protocol 'twins'"),
        (["benchmark", "export", "out=o", "attribute=Eyeglases"], "Did you mean 'Eyeglasses'"),
        (["benchmark", "export", "out=o", "attribute=[]"], "name one at least"),
        (["benchmark", "export", "out=o", "count=0"], "faces=0: at least 1"),
        (["benchmark", "export", "out=o", "image_size=big"], "image_size=big: a whole number"),
    ],
)
def test_bad_input_is_one_line(
    words: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(words) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert said in line
    assert not [*tmp_path.iterdir()]
