"""Numbers and pictures reach the run folder always, and wandb as asked; nobody is ever asked to log in."""

import json
from pathlib import Path

import pytest
from lightning_fabric import Fabric
from PIL import Image

from facegan.assemble import make_tracker
from facegan.models.base import Model
from facegan.training.run_folder import RunFolder, read_lines
from facegan.training.settings import Hooks
from facegan.training.tracking import FolderTracker, WandbTracker
from tests.tiny import tiny_config, tiny_engine
from tests.training.wandb_files import history, records, run_of


@pytest.fixture(autouse=True)
def _nobody_is_logged_in(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("WANDB_API_KEY", raising=False)
    monkeypatch.delenv("WANDB_MODE", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))


def tracker(folder: Path, run_id: str, group: str | None = None) -> WandbTracker:
    folder.mkdir()
    return WandbTracker(folder=RunFolder(folder), config={"seed": 3}, id=run_id, group=group)


def test_a_wandb_run_holds_config_history_pictures_tables_and_the_checkpoint(tmp_path: Path) -> None:
    run = tracker(tmp_path / "run", "abc12345", group="sweep-1")
    run.log({"critic/adversarial": 0.5}, 100)
    run.picture("samples", Image.new("RGB", (8, 4)), 100)
    run.table("edits", ["source", "score"], [[Image.new("RGB", (2, 2)), 0.25]], 200)
    (tmp_path / "last.safetensors").write_bytes(b"weights")
    run.checkpoint(tmp_path / "last.safetensors")
    run.finish(failed=False)

    started = run_of(tmp_path / "run")
    assert (started.run_id, started.run_group, started.job_type) == ("abc12345", "sweep-1", "train")
    assert {item.key: json.loads(item.value_json) for item in started.config.update}["seed"] == 3
    rows = history(tmp_path / "run")
    assert [row["images"] for row in rows] == [100, 100, 200]
    assert rows[0]["critic/adversarial"] == 0.5
    assert (rows[1]["samples.width"], rows[1]["samples.height"]) == (8, 4)
    assert rows[2]["edits._type"] == "table-file"
    assert any(record.WhichOneof("record_type") == "artifact" or record.request.log_artifact.artifact.name
               for record in records(tmp_path / "run"))  # fmt: skip


def test_two_runs_in_one_process_never_merge(tmp_path: Path) -> None:
    first, second = tracker(tmp_path / "a", "aaaaaaaa"), tracker(tmp_path / "b", "bbbbbbbb")
    first.log({"loss": 1.0}, 1)
    second.log({"loss": 2.0}, 1)
    first.finish(failed=False)
    second.finish(failed=True)
    assert [row["loss"] for row in history(tmp_path / "a")] == [1.0]
    assert [row["loss"] for row in history(tmp_path / "b")] == [2.0]
    assert run_of(tmp_path / "a").run_id != run_of(tmp_path / "b").run_id


def test_a_resumed_run_keeps_its_wandb_id(tmp_path: Path) -> None:
    first = tiny_engine("genegan_quickstart", tmp_path / "run")
    first.fit()
    assert tiny_engine("genegan_quickstart", tmp_path / "run").notes["wandb"] == first.notes["wandb"]


@pytest.mark.parametrize(("mode", "count"), [("disabled", 1), ("offline", 2)])
def test_the_run_folder_always_listens(mode: str, count: int, tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    config, fabric = tiny_config("genegan_quickstart", f"logger={mode}"), Fabric(accelerator="cpu", devices=1)
    trackers = make_tracker(config, RunFolder(tmp_path / "run"), "cccccccc", fabric=fabric)
    assert len(trackers._all) == count  # type: ignore[attr-defined]
    trackers.log({"x": 1.0}, 5)
    trackers.finish(failed=False)
    assert list(read_lines(tmp_path / "run" / "metrics.jsonl")) == [{"images": 5, "x": 1.0}]


def test_the_table_of_edits_reaches_the_dashboard_when_a_picture_does(tmp_path: Path) -> None:
    class Edits:
        columns = ("direction", "twin error")

        def __call__(self, model: Model) -> list[tuple[str, float]]:
            return [("adding", 0.5), ("removing", 0.25)]

    hooks = Hooks(picture=lambda model: Image.new("RGB", (2, 2)), table=Edits())
    overrides = ("trainer.picture_every=32", "trainer.images=64", "logger=offline")
    engine = tiny_engine("genegan_quickstart", tmp_path / "run", *overrides, hooks=hooks)
    engine.fit()
    engine.tracker.finish(failed=False)
    tables = [row for row in history(tmp_path / "run") if "edits._type" in row]
    assert [(row["images"], row["edits.nrows"]) for row in tables] == [(32, 2), (64, 2)]


def test_pictures_are_named_by_the_clock(tmp_path: Path) -> None:
    FolderTracker(RunFolder(tmp_path)).picture("samples", Image.new("RGB", (2, 2)), 1234)
    assert (tmp_path / "samples" / "samples-000001234.png").is_file()


def test_a_line_that_was_cut_off_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "metrics.jsonl").write_text('{"images": 1}\n{"ima')
    assert list(read_lines(tmp_path / "metrics.jsonl")) == [{"images": 1}]
