"""A model without phases from the command line: trained, measured on few faces with the time of an edit, and used."""

import json
from pathlib import Path

import pytest
from PIL import Image

from facegan.cli.main import main
from facegan.evaluation.judge_training import Recipe
from facegan.evaluation.settings import OPTIMISED_FACES
from tests.runs import photo
from tests.tiny import SMALL

TINY = ["data.image_size=16", "data.size=64", "trainer.batch_size=4", "trainer.images=16", "trainer.accelerator=cpu"]
FREE = ["trainer.picture_every=4", "trainer.validate_every=4", "logger=disabled"]
QUICK = Recipe(block="plain", width=8, seed=4, steps=2, batch=8)


@pytest.fixture(autouse=True)
def quick_judges(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("FACEGAN_CACHE", str(tmp_path / "cache"))
    roles = dict.fromkeys(("report", "second", "panel", "selection"), QUICK)
    monkeypatch.setattr("facegan.evaluation.judge_cache.RECIPES", roles)
    monkeypatch.setattr("facegan.evaluation.embedders.RECIPE", QUICK)
    monkeypatch.setattr("facegan.evaluation.embedders.PERSONS", 16)
    monkeypatch.setattr("facegan.evaluation.judge_cache.TWIN_FACES", 32)
    monkeypatch.setattr("facegan.evaluation.judge_data.MOST", 32)


@pytest.mark.parametrize("model", ["dfi", "manifold_traversal_quickstart"])
def test_it_trains_is_measured_and_edits(model: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = tmp_path / "run"
    assert main(["train", *SMALL[model], "attributes=[Eyeglasses]", *TINY, *FREE, f"run={run}"]) == 0
    assert {"best.safetensors", "last.safetensors", "config.yaml", "run.json"} <= {path.name for path in run.iterdir()}
    assert len(list((run / "samples").glob("*.png"))) == 1
    assert main(["evaluate", f"run={run}", "line_faces=2", "styles=2", "rows=2", "threads=1", "chunk=64"]) == 0
    found = json.loads((run / "evaluation" / "twinfaces.json").read_text())
    assert found["faces"] == OPTIMISED_FACES
    assert any(f"at most {OPTIMISED_FACES} faces" in warning for warning in found["warnings"])
    times = [figure["value"] for figure in found["figures"] if figure["measure"] == "seconds"]
    assert len(times) == 2
    assert min(times) > 0
    assert "seconds per image" in capsys.readouterr().out
    face = photo(tmp_path / "face.png")
    assert main(["edit", f"run={run}", str(face), "Eyeglasses=1", f"output={tmp_path / 'out'}"]) == 0
    (edited,) = (tmp_path / "out").glob("*.png")
    assert Image.open(edited).size == Image.open(face).size


def test_more_faces_are_measured_where_they_are_asked_for(tmp_path: Path) -> None:
    run = tmp_path / "run"
    main(
        [
            "train",
            *SMALL["dfi"],
            "attributes=[Eyeglasses]",
            *TINY,
            "trainer.validate_every=0",
            f"run={run}",
            "logger=disabled",
        ]
    )
    main(["evaluate", f"run={run}", "faces=3", "line_faces=2", "styles=2", "rows=2"])
    assert json.loads((run / "evaluation" / "twinfaces.json").read_text())["faces"] == 3
