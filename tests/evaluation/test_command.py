"""`facegan evaluate`, from a run folder to its report, and its answers to bad input."""

import json
import re
from pathlib import Path

import pytest
from PIL import Image

from facegan.cli.main import main
from facegan.evaluation.judge_training import Recipe
from tests.runs import tiny_run

DATA = ("data=twinfaces", "data.image_size=16", "data.size=64")
QUICK = Recipe(block="plain", width=8, seed=4, steps=2, batch=8)


@pytest.fixture(autouse=True)
def quick_judges(monkeypatch: pytest.MonkeyPatch) -> None:
    roles = dict.fromkeys(("report", "second", "panel", "selection"), QUICK)
    monkeypatch.setattr("facegan.evaluation.judge_cache.RECIPES", roles)
    monkeypatch.setattr("facegan.evaluation.judge_cache.TWIN_FACES", 32)
    monkeypatch.setattr("facegan.evaluation.embedders.RECIPE", QUICK)
    monkeypatch.setattr("facegan.evaluation.embedders.PERSONS", 16)
    monkeypatch.setattr("facegan.evaluation.judge_data.MOST", 32)


@pytest.mark.parametrize("model", ["genegan_quickstart", "fader_quickstart"])
def test_a_run_is_measured(model: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = tiny_run(tmp_path / "run", model, *DATA)
    before = run.last.read_bytes()
    assert main(["evaluate", f"run={run.root}", "faces=4", "line_faces=2", "styles=2", "rows=2", "threads=1"]) == 0
    folder = run.evaluation
    assert sorted(path.name for path in folder.iterdir()) == [
        "grid.png",
        "report.html",
        "twinfaces.json",
        "twinfaces.values.safetensors",
    ]
    found = json.loads((folder / "twinfaces.json").read_text())
    assert {entry["direction"] for entry in found["figures"]} == {"adding", "removing"}
    measures = {entry["measure"] for entry in found["figures"]}
    assert {"entanglement", "identity", "kid", "leftover", "multiply_adds", "training_images"} <= measures
    assert {"second_success", "disagreement", "fit_success"} <= measures
    assert {"judge", "second", "fit", "panel", "embedder", "matrices", "curves"} <= set(found["details"])
    assert found["details"]["second"]["checksum"] != found["details"]["judge"]["checksum"]
    assert (found["faces"], found["seed"], found["protocol"]) == (4, 770117, "twinfaces")
    assert Image.open(folder / "grid.png").width > 400
    assert run.last.read_bytes() == before
    text = capsys.readouterr().out
    assert f"edit grid: {folder / 'grid.png'}" in text
    assert f"report: {folder / 'report.html'}" in text


def test_the_seed_and_another_protocol(tmp_path: Path) -> None:
    run = tiny_run(tmp_path / "run", "genegan_quickstart", *DATA)
    quick = ["faces=4", "line_faces=2", "styles=2", "rows=2"]
    main(["evaluate", f"run={run.root}", *quick])
    first = json.loads((run.evaluation / "twinfaces.json").read_text())["figures"]
    main(["evaluate", f"run={run.root}", *quick, "seed=5"])
    other = json.loads((run.evaluation / "twinfaces.json").read_text())["figures"]
    assert first != other
    main(["evaluate", f"run={run.root}", *quick, "protocol=photos"])
    assert json.loads((run.evaluation / "photos.json").read_text())["protocol"] == "photos"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "which run"),
        (["run={folder}/nothing"], "is no run folder"),
        (["run={run}", "protocol=twins"], "unknown protocol 'twins'; there are: twinfaces, phototwins, photos"),
        (["run={run}", "faces=0"], "faces=0: at least 1"),
        (["run={run}", "faces=many"], "faces=many: a whole number"),
        (["run={run}", "device=tpu"], "device=tpu: choose"),
        (["run={run}", "facs=3"], "facs"),
    ],
)
def test_bad_input_is_one_line(
    arguments: list[str], words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = tiny_run(tmp_path / "run", "genegan_quickstart", *DATA)
    places = {"folder": str(tmp_path), "run": str(run.root)}
    assert main(["evaluate", *(argument.format(**places) for argument in arguments)]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert words in line


def test_help_shows_examples(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["evaluate", "--help"])
    assert len(re.findall(r"^  facegan evaluate run=", capsys.readouterr().out, re.MULTILINE)) >= 3
