"""The leaderboard of faces made large: the same table, against bicubic's line, and what must not stand in it."""

from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from facegan.cli import evaluate_upscaling as command
from facegan.cli.main import main
from facegan.cli.standings import system_key
from facegan.evaluation.measures.ratio import Ratio
from facegan.evaluation.result import Figure, Result, write_json
from facegan.evaluation.values import Values, values_file, write_values
from facegan.training.run_folder import RunFolder
from tests.evaluation.test_leaderboard import FACES, HARD, board, cell, measured, run
from tests.runs import tiny_run

BICUBIC = "bicubic interpolation"
DETAILS = {"scale": 4, "degradation": "Bicubic", "panel": {"key": "p1", "accuracy": {}}}
RESULT = Result(
    protocol="superresolution", version=2, run="r", model="M", data="celeba", image_size=64, attributes=(), seed=0,
    faces=FACES, figures=(), warnings=(), details=DETAILS,
)  # fmt: skip


def figure(measure: str, value: float, line: str = "model") -> Figure:
    return Figure(measure=measure, attribute="faces", direction="enlarging", line=line, value=value, count=FACES)


def enlarged(folder: Path, psnr: float, *, kid: float = 9.0, cases: str = "c", **other: object) -> Path:
    """An evaluation by the protocol, in which a face's figure is more or less by how hard the face is."""
    path = folder / "evaluation" / "superresolution.json"
    lines = {"model": psnr, BICUBIC.split()[0]: 20.0, "agreeing": psnr + 1, "mean": psnr + 2}
    figures = [figure(name, value, line) for line, value in lines.items() for name in ("psnr_y", "psnr")]
    figures += [figure("low_error", 0.012345), figure("kid", kid), figure("kid", 80.0, "bicubic")]
    write_json(path, replace(RESULT, figures=tuple(figures), **other))  # type: ignore[arg-type]
    each = {("faces", "enlarging", name): Ratio.of(psnr + 9 * (HARD - HARD.mean())) for name in ("psnr_y", "psnr")}
    write_values(values_file(path), Values(each=each, cases={"faces/enlarging": cases}))
    Image.new("RGB", (40, 20), (9, 90, 200)).save(path.with_suffix(".png"))
    return folder


def seeds(root: Path, name: str, psnr: float, *, count: int = 3, kid: float = 9.0) -> list[Path]:
    return [enlarged(run(root, name, s), psnr + 0.01 * s, kid=kid + 0.1 * s) for s in range(count)]


def test_seeds_are_one_row_with_an_interval_and_bicubic_is_the_line_below(tmp_path: Path) -> None:
    text, rows = board(tmp_path, *seeds(tmp_path, "net", 24.0))
    found = cell(rows, "net", "psnr_y")
    assert (found["attribute"], found["direction"], found["runs"], found["faces"]) == (
        "faces", "enlarging", "3", str(FACES),
    )  # fmt: skip
    assert float(found["low"]) < float(found["value"]) - 0.1  # of faces that differ by 9 dB
    assert float(found["value"]) == pytest.approx(24.01, abs=1e-3)
    assert float(cell(rows, BICUBIC, "psnr_y")["value"]) == 20
    assert "## Enlarging faces" in text
    assert "celeba, 64 pixels made of 16 (Bicubic), protocol superresolution v2, 300 faces (seed 0), panel p1" in text
    assert f"| *{BICUBIC}* | 20.00 | – | 80.0 | 20.00 |" in text  # the field's own figures come first
    assert {row["system"] for row in rows} == {"net", BICUBIC}  # the dial's ends are each model's own


def test_the_best_is_sure_by_pairs_although_faces_differ_more_than_systems(tmp_path: Path) -> None:
    ahead, behind = seeds(tmp_path, "ahead", 24.2), seeds(tmp_path, "behind", 24.0)
    text, rows = board(tmp_path, *ahead, *behind)
    first, second = cell(rows, "ahead", "psnr_y"), cell(rows, "behind", "psnr_y")
    assert float(second["high"]) > float(first["low"])
    assert (first["best"], second["best"]) == ("True", "False")
    assert "| ahead | **24.21** [" in text
    _, rows = board(tmp_path, *ahead, *seeds(tmp_path, "as_good", 24.2))
    assert "True" not in {row["best"] for row in rows}


def test_what_compares_crowds_is_named_for_its_features(tmp_path: Path) -> None:
    text, rows = board(tmp_path, *seeds(tmp_path, "net", 24.0))
    assert "Realism, KID on panel p1's features ↓" in text
    assert {(row["measure"], row["features"]) for row in rows if row["features"]} == {("kid", "p1")}
    assert "on panel p1&#x27;s features" in (tmp_path / "board" / "leaderboard.html").read_text()


def test_its_own_pictures_are_shown_and_no_edits(tmp_path: Path) -> None:
    text, _ = board(tmp_path, *seeds(tmp_path, "net", 24.0, count=1))
    assert "![The first faces by net](pictures/net.jpg)" in text
    assert Image.open(tmp_path / "board" / "pictures" / "net.jpg").size == (40, 20)
    assert "edit" not in text.lower()


def test_failed_runs_are_counted(tmp_path: Path) -> None:
    (good,), lost, broken = seeds(tmp_path, "net", 24.0, count=1), run(tmp_path, "net", 1), run(tmp_path, "net", 2)
    RunFolder(broken).broke.write_text("critic/adversarial is nan\n")
    text, rows = board(tmp_path, good, lost, broken, settings=("protocol=superresolution",))
    assert (cell(rows, "net", "psnr")["runs"], cell(rows, "net", "psnr")["failed"]) == ("1", "2")
    assert f"{lost}: no result of superresolution; {broken}: training broke: critic/adversarial is nan" in text


MIXES: dict[str, tuple[dict[str, object], str]] = {
    "scales": (
        {"details": {**DETAILS, "scale": 8}},
        "odd-s0 has faces made 8 times as large, 2 others: faces made 4 times as large; different scales",
    ),
    "degradations": (
        {"details": {**DETAILS, "degradation": "Camera, blur 0.2 to 0.6"}},
        "odd-s0 has small faces by Camera, blur 0.2 to 0.6, 2 others: small faces by Bicubic; different degradations",
    ),
    "sizes": ({"image_size": 128}, "odd-s0 has 128 pixels, 2 others: 64 pixels; different image sizes"),
    "features": (
        {"details": {**DETAILS, "panel": {"key": "p2"}}},
        "has panel p2, 2 others: panel p1; different panels",
    ),
    "quick": ({"details": {"scale": 4, "degradation": "Bicubic"}}, "has no panel (quick=true), 2 others: panel p1"),
    "faces": ({"faces": 20}, "odd-s0 has 20 faces with seed 0, 2 others: 300 faces with seed 0"),
    "pictures": ({"cases": "d"}, "odd-s0 has the faces d for faces/enlarging, 2 others: the faces c"),
}


@pytest.mark.parametrize(("other", "said"), MIXES.values(), ids=MIXES)
def test_other_tasks_and_other_features_are_refused_by_name(
    other: dict[str, object], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    odd = enlarged(run(tmp_path, "odd"), 24.0, **other)  # type: ignore[arg-type]
    assert refused([*seeds(tmp_path, "net", 24.0, count=2), odd], tmp_path, capsys).count(said) == 1


def test_edits_never_stand_beside_enlarged_faces(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edited, both = run(tmp_path, "gan", error=0.3), enlarged(run(tmp_path, "both", error=0.3), 24.0)
    (net,) = seeds(tmp_path, "net", 24.0, count=1)
    assert "different protocols never share a table" in refused([edited, net], tmp_path, capsys)
    assert "choose one: protocol=twinfaces" in refused([both, net], tmp_path, capsys)
    _, rows = board(tmp_path, both, net, settings=("protocol=superresolution",))
    assert {row["measure"] for row in rows} == {"psnr_y", "psnr", "low_error", "kid"}
    measured(net, {"psnr": 9.0})
    _, rows = board(tmp_path, both, net, settings=("protocol=twinfaces",))
    assert not [row for row in rows if row["direction"] == "enlarging"]


def refused(folders: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> str:
    assert main(["leaderboard", *map(str, folders), f"out={tmp_path / 'refused'}"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert not (tmp_path / "refused").exists()
    return line


def test_games_that_go_on_with_seeds_of_one_regression_are_seeds_of_one_system() -> None:
    def key(seed: int, begun: str | None) -> str:
        return system_key({"seed": seed, "init_from": {"run": begun, "parts": ["upscaler"]}})

    assert key(0, "runs/srresnet-s0") == key(1, "runs/srresnet-s1") == key(1, "runs/srresnet-s1/")
    assert len({key(0, begun) for begun in ("runs/srresnet-s0", "runs/espcn-s0", None)}) == 3


def test_runs_that_were_measured_make_a_table(tmp_path: Path) -> None:
    words = ("protocol=superresolution", "faces=6", "rows=2", "quick=true")
    runs = {
        name: tiny_run(tmp_path / f"{name}-s0", name, "data.size=64").root for name in ("bicubic", "pan_quickstart")
    }
    for folder in runs.values():
        assert main(["evaluate", f"run={folder}", *words]) == 0
    text, rows = board(tmp_path, *runs.values())
    ours, line = cell(rows, "bicubic", "psnr_y"), cell(rows, BICUBIC, "psnr_y")
    assert float(ours["value"]) == pytest.approx(float(line["value"]), abs=1e-4)
    assert float(ours["low"]) < float(ours["value"]) < float(ours["high"])
    assert {row["faces"] for row in rows if row["measure"] != "swd"} == {"6"}  # a crowd is one figure of a run
    assert "16 pixels made of 4 (Bicubic)" in text
    assert len(list((tmp_path / "board" / "pictures").iterdir())) == 2


def test_where_nothing_is_labelled_nothing_is_said_of_realism(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tiny_run(tmp_path / "net-s0", "bicubic", "data.size=64").root
    monkeypatch.setattr(command, "panel_of", lambda split: None)
    monkeypatch.setattr(command, "find_embedder", lambda source: None)
    assert main(["evaluate", f"run={folder}", "protocol=superresolution", "faces=4", "rows=2"]) == 0
    text, _ = board(tmp_path, folder)
    assert f"> {command.BLIND}" in text
