"""The super-resolution experiment, end to end on tiny runs; differences are paired, verdicts go by the interval."""

import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from experiments.superresolution import __main__ as command
from experiments.superresolution import measuring
from experiments.superresolution.measuring import Bench, feature_distance, figures_of, upscaling
from experiments.superresolution.plan import EIGHT, FOUR, MEAN, SCALES, SYSTEMS, Scale, all_runs
from experiments.superresolution.report import as_markdown
from experiments.superresolution.results import Results, verdict
from facegan.assemble import make_model, open_model
from facegan.config import compose_config
from facegan.evaluation.settings import Settings
from facegan.evaluation.upscaling import measure
from facegan.models.superresolution.inventive import Inventive
from tests.experiments.commands import done_twice, unlearned
from tests.photographs import NAMES, celeba_folder

SIZE = 16
TASK = replace(FOUR, image_size=SIZE, seen=NAMES, realism="swd")
TINY = Scale(
    images={"espcn": 32, MEAN: 32, "srgan": 32, "pan": 32}, rounds=1, faces=6, dialled=2, tasks=(TASK,), seeds=(0, 1)
)


@pytest.fixture(autouse=True)
def photographs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FACEGAN_CELEBA", os.environ.get("FACEGAN_CELEBA", "nowhere"))


@pytest.mark.parametrize("name", SCALES)
def test_every_system_stands_on_every_task_with_three_seeds_and_a_name_of_its_own(name: str) -> None:
    planned = all_runs(SCALES[name], Path("runs"))
    seeds = Counter((run.task, run.system) for run in planned)
    assert len({run.name for run in planned}) == len(planned)
    assert len(seeds) == len(SYSTEMS) * len(SCALES[name].tasks)
    assert min(seeds.values()) >= 3
    assert {EIGHT, FOUR} <= {run.task for run in planned}


@pytest.mark.parametrize("scale", SCALES)
def test_games_go_on_with_a_regression_that_comes_before_them(scale: str) -> None:
    seen: set[str] = set()
    for run in all_runs(SCALES[scale], Path("runs")):
        start = next((o.partition("=")[2] for o in run.overrides() if o.startswith("init_from.run=")), None)
        assert (start is None) == (SYSTEMS[run.system].aim == "pixels")
        if start is not None:
            assert start in seen
            assert f"{run.task.image_size}-{run.task.factor}x-{MEAN}-s{run.seed}" == Path(start).name
        seen.add(str(run.folder.root))


PLANNED = {f"{scale}-{run.name}": run for scale in SCALES for run in all_runs(SCALES[scale], Path("runs"))}


@pytest.mark.parametrize("name", [name for name in PLANNED if name.endswith("-s0")])
def test_every_run_is_a_model_that_can_be_built_on_the_network_of_the_mean(name: str) -> None:
    run = PLANNED[name]
    config = compose_config("train", run.overrides())
    model = upscaling(make_model(config, image_size=run.task.image_size, attributes=tuple(config["attributes"])))
    assert (model.scale, model.shrunk_by) == (run.task.factor, "Bicubic")
    assert run.images <= config["trainer"]["learning_rate"]["over"]
    if SYSTEMS[run.system].aim != "pixels":
        mean = compose_config("train", replace(run, system=MEAN).overrides())
        assert mean["model"]["upscaler"] == config["model"]["upscaler"]
        assert isinstance(model, Inventive)
        assert (model.keep_mean, model.pretrain_rounds) == (True, 0)


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The whole command on eight runs, twice."""
    root = tmp_path_factory.mktemp("superresolution")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FACEGAN_CELEBA", str(celeba_folder(root / "celeba", 24)))
        patch.setenv("FACEGAN_CACHE", str(root / "cache"))
        patch.setitem(command.SCALES, "tiny", TINY)
        patch.setattr(measuring, "find_panel", lambda splits, known: unlearned(NAMES, image_size=SIZE))
        files = done_twice(command.main, root, "tiny/*/evaluation/figures.json")
        assert len(files) == len(all_runs(TINY, root)) == 8
        yield root / "tiny"


@pytest.mark.slow
def test_one_command_does_it_all(finished: Path) -> None:
    text = (finished / "table.md").read_text()
    assert "| bicubic |" in text
    assert "Failed runs: 0 of 8." in text
    assert f"| {TASK.title} | PAN |" in text
    assert "below 0.001" in text
    assert f"{TASK.title},espcn,psnr," in (finished / "results.csv").read_text()
    assert (finished / "figure.png").stat().st_size < 200_000
    assert (finished / "faces.jpg").stat().st_size < 300_000


@pytest.mark.slow
def test_the_kept_mean_is_the_regression_of_the_same_seed(finished: Path) -> None:
    runs = {run.name: run for run in all_runs(TINY, finished)}
    name = f"{SIZE}-4x-pan-s1"
    kept = open_model(runs[name].folder)[0].parts["mean"].state_dict()
    mean = open_model(runs[name.replace("pan", MEAN)].folder)[0].parts["upscaler"].state_dict()
    # Live weights of the regression; where it is measured, its averages stand in.
    assert all((kept[key] - mean[key]).abs().max() < 0.05 for key in kept)


@pytest.mark.slow
def test_figures_are_those_of_the_protocol(finished: Path) -> None:
    run = next(run for run in all_runs(TINY, finished) if run.system == "espcn")
    bench, model = Bench(run), upscaling(open_model(run.folder)[0])
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FACEGAN_CACHE", str(finished.parent / "cache"))
        patch.setenv("FACEGAN_CELEBA", str(finished.parent / "celeba"))
        patch.setattr(measuring, "find_panel", lambda splits, known: unlearned(NAMES, image_size=SIZE))
        found = figures_of(model, bench)
        asked = Settings(faces=6, seed=0, chunk=64)
        told = measure(model, bench.split("test"), asked, panel=unlearned(NAMES, image_size=SIZE))
    known = {figure.measure: figure.value for figure in told.figures if figure.line == "model"}
    for name in ("psnr", "psnr_y", "ssim_y", "low_error", "kid", "swd"):
        assert found[name] == pytest.approx(known[name], rel=1e-5), name


def test_the_feature_distance_is_none_between_equal_faces_and_grows_with_blur() -> None:
    generator = torch.Generator().manual_seed(0)
    faces = torch.rand(4, 3, SIZE, SIZE, generator=generator) * 2 - 1
    judge, blurred = unlearned(NAMES, image_size=SIZE), torch.nn.functional.avg_pool2d(faces, 3, stride=1, padding=1)
    assert feature_distance(faces, faces, judge).abs().max() == 0
    mild, strong = (feature_distance(torch.lerp(faces, blurred, share), faces, judge) for share in (0.3, 1.0))
    assert (strong > mild).all()
    assert strong.max() <= 4


def invented(kids: dict[str, list[float]], psnrs: dict[str, list[float]]) -> Results:
    """Results in which the last seeds of a system failed where it has fewer values."""
    scale = replace(TINY, seeds=(0, 1, 2), images=dict.fromkeys(kids, 32))
    planned = all_runs(scale, Path("runs"))
    figures = {
        run: {"kid": kids[run.system][run.seed], "psnr": psnrs[run.system][run.seed], "features": 1.0}
        for run in planned
        if run.seed < len(kids[run.system])
    }
    return Results(planned=planned, figures=figures, bicubic={TASK: {"psnr": 20.0}})


def test_differences_are_paired_by_seed_and_leave_failed_seeds_out() -> None:
    found = invented(
        {MEAN: [10, 20, 30], "pan": [9, 18], "espcn": [0, 0, 0]},
        {MEAN: [21, 21.2, 21.1], "pan": [20, 20], "espcn": [20.5, 20.4, 20.6]},
    )
    assert found.differences(TASK, "pan", "kid") == [-1, -2]
    assert found.gains(TASK, "espcn") == pytest.approx([0.5, 0.4, 0.6])
    assert found.failed == 1
    text = as_markdown(found)
    assert f"| {TASK.title} | PAN |" in text
    assert "Failed runs: 1 of 9." in text


def test_a_task_says_by_which_measure_a_game_should_beat_its_mean() -> None:
    task = replace(TASK, realism="swd")
    planned = all_runs(replace(TINY, tasks=(task,), seeds=(0, 1), images={MEAN: 32, "pan": 32}), Path("runs"))
    swds = {MEAN: [70.0, 71.0], "pan": [50.0, 51.5]}
    figures = {run: {"kid": 1.0, "swd": swds[run.system][run.seed], "psnr": 20.0, "features": 1.0} for run in planned}
    text = as_markdown(Results(planned=planned, figures=figures, bicubic={task: {"psnr": 20.0}}))
    (row,) = [line for line in text.splitlines() if line.startswith(f"| {task.title} | PAN |")]
    assert row.split(" | ")[5:] == ["+0.00 ± 0.00", "SWD", "yes", "no |"]
    assert "-19.8" in row


@pytest.mark.parametrize(
    ("values", "said"),
    [([1.2, 1.21, 1.19], "yes"), ([1.2, 0.9, 1.1], "in the mean"), ([0.9, 0.8, 0.9], "no"), ([], "–")],
)
def test_a_verdict_asks_the_whole_interval(values: list[float], said: str) -> None:
    assert verdict(values, enough=1.0) == said


def test_less_is_a_gain_where_less_is_better() -> None:
    assert verdict([-3.0, -3.1, -2.9], enough=1e-9, way=-1) == "yes"
    assert verdict([3.0, 3.1, 2.9], enough=1e-9, way=-1) == "no"
