"""The leaderboard: what is one row, what is best, what failed, and what never shares a table."""

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from PIL import Image

from facegan.cli.main import main
from facegan.cli.standings import system_key
from facegan.config import write_yaml
from facegan.evaluation.judges import Accuracy
from facegan.evaluation.measures.ratio import Ratio
from facegan.evaluation.result import Figure, Result, write_json
from facegan.evaluation.values import Values, values_file, write_values
from facegan.training.checkpoint import write_checkpoint
from facegan.training.run_folder import RunFolder

FACES = 300
JUDGE = {"Eyeglasses": Accuracy(sensitivity=0.97, specificity=0.97, balanced=0.97, having=9, lacking=9)}
HARD = torch.rand(FACES, generator=torch.Generator().manual_seed(1))


def figure(measure: str, value: float, line: str = "model") -> Figure:
    return Figure(
        measure=measure, attribute="Eyeglasses", direction="adding", line=line, value=value, count=FACES
    )  # fmt: skip


def result(measures: Mapping[str, float]) -> Result:
    figures = [figure(name, value) for name, value in measures.items()]
    return Result(
        protocol="twinfaces", version=1, run="r", model="M", data="twinfaces", image_size=32,
        attributes=("Eyeglasses",), seed=1, faces=FACES, judge="abc", judge_version=1, judge_accuracy=JUDGE,
        figures=(*figures, figure("twin_error", 1.0, "nothing")), warnings=(),
    )  # fmt: skip


def measured(folder: Path, measures: Mapping[str, float], *, cases: str = "c", **other: object) -> None:
    """An evaluation in which every face's figure is the measure's, more or less by how hard the face is."""
    path = folder / "evaluation" / f"{other.get('protocol', 'twinfaces')}.json"
    write_json(path, replace(result(measures), **other))  # type: ignore[arg-type]
    each = {("Eyeglasses", "adding", name): Ratio.of(value + 0.2 * (HARD - 0.5)) for name, value in measures.items()}
    write_values(values_file(path), Values(each=each, cases={"Eyeglasses/adding": cases}))
    Image.new("RGB", (40, 20), (9, 90, 200)).save(path.parent / "grid.png")


def run(root: Path, name: str, seed: int = 0, *, error: float | None = None, width: int = 8, **other: object) -> Path:
    """A run folder; measured where an error is given."""
    folder = RunFolder(root / f"{name}-s{seed}")
    folder.begin({"image_size": 32, "attributes": ["Eyeglasses"]})
    write_yaml(folder.config, {"run": str(folder.root), "seed": seed, "model": {"width": width, "name": name}})
    write_checkpoint(folder.last, {"x": torch.zeros(1)}, {"clocks": {"images": 640}})
    if error is not None:
        measured(folder.root, {"twin_error": error, "psnr": 20 + error}, **other)
    return folder.root


def board(tmp_path: Path, *folders: Path, settings: tuple[str, ...] = ()) -> tuple[str, list[dict[str, str]]]:
    """The Markdown and the rows of the CSV."""
    out = tmp_path / "board"
    assert main(["leaderboard", *map(str, folders), f"out={out}", *settings]) == 0
    rows = csv.DictReader(io.StringIO((out / "leaderboard.csv").read_text()))
    return (out / "leaderboard.md").read_text(), list(rows)


def cell(rows: list[dict[str, str]], system: str, measure: str) -> dict[str, str]:
    (found,) = (row for row in rows if (row["system"], row["measure"]) == (system, measure))
    return found


def test_seeds_of_one_system_are_one_row(tmp_path: Path) -> None:
    folders = [run(tmp_path, "gan", seed, error=0.3 + 0.1 * seed) for seed in range(3)]
    _, rows = board(tmp_path, *folders)
    found = cell(rows, "gan", "twin_error")
    assert (found["runs"], found["failed"], found["images"], found["faces"]) == ("3", "0", "640", str(FACES))
    assert float(found["value"]) == pytest.approx(0.4 + 0.2 * float(HARD.mean() - 0.5), abs=1e-4)
    assert float(found["low"]) < 0.34  # the seeds count: over faces alone it would be within 0.007
    assert float(found["high"]) > 0.46


def test_another_config_is_another_system_whatever_its_name(tmp_path: Path) -> None:
    first, second = run(tmp_path / "a", "gan", error=0.3), run(tmp_path / "b", "gan", error=0.5, width=16)
    _, rows = board(tmp_path, first, second)
    names = {row["system"] for row in rows if row["runs"]}
    assert len(names) == 2
    assert all(name.startswith("gan (") for name in names)


def test_what_is_watched_or_where_it_lies_makes_no_other_system() -> None:
    config = {"seed": 0, "run": "a", "model": {"width": 8}, "trainer": {"images": 9, "log_every": 5, "threads": 1}}
    other = {**config, "seed": 3, "run": "b", "trainer": {"images": 9, "log_every": 7, "threads": None}}
    assert system_key(config) == system_key(other)
    assert system_key(config) != system_key({**config, "trainer": {"images": 10}})


def test_the_best_is_bold_only_where_it_is_sure(tmp_path: Path) -> None:
    sure = [run(tmp_path, "good", s, error=0.30 + 0.001 * s) for s in range(3)]
    far = [run(tmp_path, "bad", s, error=0.50 + 0.001 * s) for s in range(3)]
    text, rows = board(tmp_path, *sure, *far)
    assert (cell(rows, "good", "twin_error")["best"], cell(rows, "bad", "twin_error")["best"]) == ("True", "False")
    assert cell(rows, "bad", "psnr")["best"] == "True"  # of PSNR more is better
    assert text.index("| good | **0.3") < text.index("| bad | 0.5")
    near = [run(tmp_path, "near", s, error=0.29 + 0.02 * s) for s in range(3)]
    _, rows = board(tmp_path, *sure, *near)
    assert not [row for row in rows if row["measure"] == "twin_error" and row["best"] == "True"]


def test_failed_runs_are_counted_and_named(tmp_path: Path) -> None:
    good, unmeasured, broken = (run(tmp_path, "gan", s, error=e) for s, e in ((0, 0.3), (1, None), (2, 0.3)))
    RunFolder(broken).broke.write_text("critic/adversarial is nan\n")
    lost = run(tmp_path, "other")
    RunFolder(lost).last.unlink()
    text, rows = board(tmp_path, good, unmeasured, broken, lost)
    assert (cell(rows, "gan", "twin_error")["runs"], cell(rows, "gan", "twin_error")["failed"]) == ("1", "2")
    assert "3 of 4 runs failed" in text
    assert "| gan | 1 of 3 | 640 |" in text
    assert f"{unmeasured}: no result" in text
    assert f"{broken}: training broke: critic/adversarial is nan" in text
    assert f"{lost}: no checkpoint" in text
    assert [row["runs"] for row in rows if row["system"] == "other"] == ["0"]


def test_a_run_that_a_published_protocol_measured_is_not_called_unmeasured(tmp_path: Path) -> None:
    folder = run(tmp_path, "net")
    (folder / "evaluation").mkdir()
    (folder / "evaluation" / "zsc_fid.json").write_text("{}")
    text, _ = board(tmp_path, folder, run(tmp_path, "other", error=0.5))
    assert "no result" in text
    assert "never evaluated" not in text


def test_a_table_of_failures_alone_says_so(tmp_path: Path) -> None:
    text, _ = board(tmp_path, run(tmp_path, "gan"))
    assert "No run has a result." in text


def entry(folder: Path, error: float, **other: object) -> Path:
    folder.mkdir()
    stated = {"system": "TheirGAN", "training_data": "faces", "budget": "an hour", "ran_by": "ann"}
    (folder / "entry.json").write_text(json.dumps({**stated, "uses_exemplars": True}))
    measured(folder, {"twin_error": error}, training=stated, **other)
    return folder


def test_an_entry_stands_beside_runs_with_what_it_states(tmp_path: Path) -> None:
    text, rows = board(tmp_path, run(tmp_path, "gan", error=0.5), entry(tmp_path / "theirs", 0.3))
    assert cell(rows, "TheirGAN", "twin_error")["best"] == "True"
    assert "| TheirGAN | 1 | as stated | training data: faces; budget: an hour; ran by: ann |" in text
    assert "One run only: TheirGAN, gan." in text
    row = next(line for line in text.splitlines() if line.startswith("| TheirGAN | **"))
    assert row.endswith("| – |")  # nobody knows its PSNR


def test_change_against_the_source_is_compared_with_no_change_against_a_reconstruction(tmp_path: Path) -> None:
    ours, theirs = run(tmp_path, "gan"), entry(tmp_path / "theirs", 0.3)
    measured(ours, {"outside_edit": 0.2, "outside_reconstruction": 0.1})
    measured(theirs, {"outside_edit": 0.9})
    text, rows = board(tmp_path, ours, theirs)
    assert [cell(rows, name, "outside_edit")["best"] for name in ("gan", "TheirGAN")] == ["False", "False"]
    assert "| TheirGAN | 0.9032† [" in text
    assert "† No reconstruction is known" in text


def test_reference_lines_stand_below_without_an_interval(tmp_path: Path) -> None:
    text, rows = board(tmp_path, run(tmp_path, "gan", error=0.5))
    assert "| *doing nothing* | 1.000 | – |" in text
    assert cell(rows, "doing nothing", "twin_error")["low"] == ""


def test_the_columns_can_be_chosen(tmp_path: Path) -> None:
    _, rows = board(tmp_path, run(tmp_path, "gan", error=0.5), settings=("measures=psnr",))
    assert {row["measure"] for row in rows} == {"psnr"}


def test_a_weak_judge_is_marked(tmp_path: Path) -> None:
    folder = run(tmp_path, "gan")
    weak = {"Eyeglasses": replace(JUDGE["Eyeglasses"], balanced=0.8)}
    measured(folder, {"judged_success": 0.7}, judge_accuracy=weak, warnings=("The judge says little.",))
    text, _ = board(tmp_path, folder)
    assert "Judged success ↑ (weak judge)" in text
    assert "> The judge says little." in text


def test_pages_need_nothing_else_and_show_the_edits(tmp_path: Path) -> None:
    text, _ = board(tmp_path, run(tmp_path, "gan", error=0.5))
    out = tmp_path / "board"
    assert "](pictures/gan.jpg)" in text
    assert Image.open(out / "pictures" / "gan.jpg").size == (40, 20)
    html = (out / "leaderboard.html").read_text()
    assert 'src="data:image/jpeg;base64,' in html
    assert "http" not in html
    assert "Cannot see:" in html


MIXES: dict[str, tuple[dict[str, object], str]] = {
    "versions": ({"version": 2}, "twinfaces v2, 2 others: twinfaces v1; different versions of a protocol"),
    "protocols": ({"protocol": "photos"}, "odd-s0 has photos, 2 others: twinfaces; different protocols"),
    "panels": (
        {"details": {"panel": {"key": "p"}}},
        "odd-s0 has panel p, 2 others: no panel (quick=true); different panels",
    ),
    "judges": ({"judge": "xyz"}, "odd-s0 has judge xyz (v1), 2 others: judge abc (v1); different judges"),
    "sizes": ({"image_size": 64}, "odd-s0 has 64 pixels, 2 others: 32 pixels; different image sizes"),
    "faces": ({"faces": 20}, "odd-s0 has 20 faces in each direction with seed 1"),
    "data": ({"data": "celeba"}, "odd-s0 has celeba, 2 others: twinfaces; different data sets"),
    "pictures": ({"cases": "d"}, "odd-s0 has the faces d for Eyeglasses/adding, 2 others"),
}


@pytest.mark.parametrize(("other", "said"), MIXES.values(), ids=MIXES)
def test_what_does_not_belong_together_is_refused_by_name(
    other: dict[str, object], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folders = [
        run(tmp_path, "gan", 0, error=0.3),
        run(tmp_path, "odd", error=0.3, **other),
        run(tmp_path, "b", error=1),
    ]
    assert main(["leaderboard", *map(str, folders), f"out={tmp_path / 'board'}"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert said in line
    assert "never share a table" in line
    assert not (tmp_path / "board").exists()


def test_lpips_by_other_weights_is_refused_and_none_at_all_is_a_dash(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def run_by(name: str, checksum: str) -> Path:
        folder = run(tmp_path, name)
        details = {"lpips": {"backbone": "alex", "checksum": checksum}}
        measured(folder, {"psnr": 20.0, "lpips": 0.2}, details=details)
        return folder

    one, other, without = run_by("gan", "aa"), run_by("odd", "bb"), run(tmp_path, "plain", error=0.3)
    text, rows = board(tmp_path, without, one)
    assert "LPIPS by alex (aa)" in text.splitlines()[2]
    assert float(cell(rows, "gan", "lpips")["value"]) == pytest.approx(0.2, abs=0.02)
    assert not [row for row in rows if (row["system"], row["measure"]) == ("plain", "lpips")]
    capsys.readouterr()
    assert main(["leaderboard", str(one), str(other), f"out={tmp_path / 'none'}"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "LPIPS by alex (bb)" in line
    assert "different weights of LPIPS never share a table" in line


def test_a_measure_on_fewer_faces_is_refused_by_name(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folders = [run(tmp_path, name, error=0.3) for name in ("gan", "few", "more")]
    few = Values(each={("Eyeglasses", "adding", "psnr"): Ratio.of(HARD[:9])}, cases={"Eyeglasses/adding": "c"})
    write_values(values_file(folders[1] / "evaluation" / "twinfaces.json"), few)
    assert main(["leaderboard", *map(str, folders), f"out={tmp_path / 'board'}"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "few-s0 has psnr of 9 faces, 2 others: psnr of 300 faces; different numbers of faces" in line


def test_bad_input_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good, old = run(tmp_path, "gan", error=0.3), run(tmp_path, "old", error=0.3)
    values_file(old / "evaluation" / "twinfaces.json").unlink()
    both = run(tmp_path, "both", error=0.3)
    measured(both, {"psnr": 20.0}, protocol="photos")
    (tmp_path / "copy").mkdir()
    copy = run(tmp_path / "copy", "gan", error=0.3)
    wrongs: dict[str, list[object]] = {
        "is no run folder": [tmp_path / "nowhere"],
        "which runs?": ["out=x"],
        "evaluate again": [good, old],
        "choose one: protocol=twinfaces": [good, both],
        "unknown protocol 'twins'": [good, "protocol=twins"],
        "the same system with the same seed 0": [good, copy],
        "logger=loud: choose": [good, "logger=loud"],
        "unknown measure 'beauty'; there are: psnr_y": [good, "measures=psnr,beauty"],
        "no such setting": [good, "colour=3"],
    }
    for said, words in wrongs.items():
        assert main(["leaderboard", *map(str, words)]) == 2
        (line,) = capsys.readouterr().err.splitlines()
        assert said in line


def test_the_table_goes_to_wandb_when_it_is_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[str, list[str], list[list[object]]]] = []

    class Tracker:
        def __init__(self, **settings: object) -> None:
            assert (settings["mode"], settings["project"]) == ("offline", "faces")

        def table(self, name: str, columns: list[str], rows: list[list[object]], images: int) -> None:
            told.append((name, columns, rows))

        def finish(self, *, failed: bool) -> None:
            assert not failed

    monkeypatch.setattr("facegan.cli.leaderboard.WandbTracker", Tracker)
    board(tmp_path, run(tmp_path, "gan", error=0.3), settings=("logger=offline", "project=faces"))
    ((name, columns, rows),) = told
    assert name == "leaderboard"
    assert all(len(row) == len(columns) for row in rows)
    assert isinstance(rows[0][-1], Image.Image)
