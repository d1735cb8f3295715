"""The video experiment: ways are what they are called, clips the same for all; end to end on tiny runs."""

from pathlib import Path

import pytest
import torch

from experiments.by_seed import BySeed
from experiments.video import __main__ as command
from experiments.video.measuring import FACE, MIDDLE, SPEEDS, TIMES, Bench, middles, nothing
from experiments.video.plan import SCALES, WAYS, Job, Scale, all_jobs
from experiments.video.report import TESTS, as_csv, as_markdown, panels
from facegan.assemble import make_model
from facegan.config import compose_config
from facegan.data.degradations import Box
from facegan.data.twinfaces import TwinClips, TwinFaces
from facegan.models.superresolution.upscaling import Upscaling
from tests.experiments.commands import done_twice

TINY = Scale(images=32, size=32, clips=4, image_size=32, seeds=(0,))


def made(job: Job) -> Upscaling:
    config = compose_config("train", job.overrides())
    model = make_model({**config, "plugins": ()}, image_size=32, attributes=())
    assert isinstance(model, Upscaling)
    return model


@pytest.mark.parametrize("name", SCALES)
def test_every_way_has_its_runs(name: str) -> None:
    jobs = all_jobs(SCALES[name], Path("runs"))
    assert len({job.name for job in jobs}) == len(jobs) == len(WAYS) * len(SCALES[name].seeds)
    assert len(SCALES[name].seeds) >= 3


def test_each_way_is_what_it_is_called() -> None:
    models = {job.way: made(job) for job in all_jobs(TINY, Path("runs"))}
    assert {way: model.frames or 1 for way, model in models.items()} == {
        "espcn": 1, "alone": 1, "unmoved": 3, "moved": 3,
    }  # fmt: skip
    assert all(isinstance(model.degradation, Box) and model.scale == TIMES for model in models.values())
    motions = {way: model.parts["motion"] for way, model in models.items() if way != "espcn"}
    assert [way for way, motion in motions.items() if any(True for _ in motion.parameters())] == ["moved"]
    for job in all_jobs(TINY, Path("runs")):
        target = compose_config("train", job.overrides())["data"]["_target_"]
        assert target.endswith((TwinFaces if job.way == "espcn" else TwinClips).__name__)


def test_still_clips_have_no_flow_and_others_move() -> None:
    bench = Bench(TINY)
    small, large = bench.clips("0")
    assert torch.equal(small[:, 0], small[:, 2])
    assert bench.flow("0").abs().max() < 1e-4
    assert bench.flow("0.1").norm(dim=1).mean() > bench.flow("0.03").norm(dim=1).mean() > 0
    moving, _ = bench.clips(FACE)
    assert not torch.equal(moving[:, 0], moving[:, 2])
    base = nothing(bench)
    assert set(base) == {f"{test}/psnr" for test in TESTS} | {f"{speed:g}/still" for speed in SPEEDS}
    model = made(all_jobs(TINY, Path("runs"))[0])
    assert middles(model, small).shape == large.shape
    assert torch.equal(middles(model, small), model.upscale(small[:, MIDDLE]))


def test_gains_are_paired_and_failed_runs_counted() -> None:
    jobs = all_jobs(SCALES["small"], Path("runs"))
    base = {f"{test}/psnr": 20.0 for test in TESTS} | {f"{speed:g}/still": 0.5 for speed in SPEEDS}
    figures = {
        job: {f"{test}/psnr": 21.0 + job.seed + (job.way == "moved") for test in TESTS} | {"cpu_seconds": 3.0}
        for job in jobs
        if (job.way, job.seed) != ("alone", 2)
    }
    for job, found in figures.items():
        if job.way == "moved":
            found |= {f"{speed:g}/flow": 0.25 for speed in SPEEDS}
    results = BySeed(jobs, figures, base)
    assert results.differences("moved", "alone", f"{FACE}/psnr") == [1, 1]
    text = as_markdown(results)
    assert "Failed runs: 1 of 12." in text
    assert "| ESPCN | **+1.00 ± 0.00** |" in text
    assert "moved,0.1,flow,0.2500," in as_csv(results)
    assert [len(panel.lines) for panel in panels(results)] == [3, 2]
    left = {job: found for job, found in figures.items() if job.way in ("espcn", "unmoved")}
    assert [len(panel.lines) for panel in panels(BySeed(jobs, left, base))] == [0, 1]
    assert "| VESPCN | – |" in as_markdown(BySeed(jobs, left, base))


@pytest.mark.slow
def test_one_command_does_it_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FACEGAN_CACHE", str(tmp_path / "cache"))
    monkeypatch.setitem(command.SCALES, "tiny", TINY)
    assert len(done_twice(command.main, tmp_path, "tiny/*/evaluation/video.json", jobs=1)) == len(WAYS)
    assert "| VESPCN |" in (tmp_path / "tiny" / "table.md").read_text()
    assert (tmp_path / "tiny" / "figure.png").stat().st_size < 300_000


def test_help_says_what_can_be_asked(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["--help"]) == 0
    assert "scale=small  small | full" in capsys.readouterr().out
