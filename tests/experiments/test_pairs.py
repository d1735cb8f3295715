"""The pairs experiment: runs are what they are called, small faces the same for all; end to end on tiny runs."""

from pathlib import Path

import pytest
import torch

from experiments import drawn
from experiments.by_seed import BySeed
from experiments.pairs import __main__ as command
from experiments.pairs.measuring import Bench, interpolated
from experiments.pairs.plan import SCALES, TESTS, WAYS, Job, Scale, all_jobs
from experiments.pairs.report import SPECS, as_csv, as_markdown, panels
from facegan.assemble import make_model
from facegan.config import compose_config
from facegan.data.degradations import Bicubic, Camera
from facegan.models.superresolution.regression import Regression
from facegan.models.superresolution.unpaired import UnpairedUpscaling
from tests.experiments.commands import done_twice, unlearned

TINY = Scale(images=32, size=64, faces=6, image_size=32, seeds=(0,))


def planned(scale: Scale) -> list[Job]:
    return all_jobs(scale, Path("runs"))


@pytest.mark.parametrize("name", SCALES)
def test_every_way_sees_as_many_faces(name: str) -> None:
    jobs = planned(SCALES[name])
    assert len({job.name for job in jobs}) == len(jobs) == len(WAYS) * len(SCALES[name].seeds)
    assert len(SCALES[name].seeds) >= 3
    said = {o for job in jobs for o in job.overrides() if o.startswith("trainer.images")}
    assert said == {f"trainer.images={SCALES[name].images}"}


def test_each_way_is_what_it_is_called() -> None:
    made = {}
    for job in planned(TINY):
        config = compose_config("train", job.overrides())
        made[job.way] = make_model({**config, "plugins": ()}, image_size=32, attributes=tuple(config["attributes"]))
    parts = {str(model.parts["upscaler"]) for model in made.values()}
    assert len(parts) == 1  # one network for all
    for way, kind in {"wrong": Bicubic, "right": Camera, "cycle": Camera, "learnt": Camera}.items():
        model = made[way]
        assert isinstance(model, Regression if way in ("wrong", "right") else UnpairedUpscaling)
        assert isinstance(model.degradation, kind)
    assert made["learnt"].weights["generator"]["adversarial_high"] == 0
    assert made["cycle"].weights["generator"]["adversarial_high"] != 0


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Bench:
    monkeypatch.setattr(drawn, "find_panel", lambda splits, known: unlearned(("Smiling",), image_size=32))
    return Bench(TINY)


def test_all_runs_are_shown_the_same_small_faces(bench: Bench) -> None:
    again = Bench(TINY)
    for test in TESTS:
        assert torch.equal(bench.small(test), again.small(test))
    assert not torch.equal(bench.small("camera"), bench.small("bicubic"))
    figures = interpolated(bench)
    assert figures["camera/psnr"] < figures["bicubic/psnr"]
    perfect = bench.enlarging(lambda low: bench.faces)
    assert perfect["camera/ssim"] == pytest.approx(1)


def test_differences_are_paired_and_failed_runs_counted() -> None:
    jobs = planned(SCALES["small"])
    base = {f"{test}/{measure}": 20.0 for test in TESTS for measure in SPECS}
    figures = {
        job: {name: value + job.seed + (job.way == "right") for name, value in base.items()} | {"cpu_seconds": 3.0}
        for job in jobs
        if (job.way, job.seed) != ("cycle", 2)
    }
    results = BySeed(jobs, figures, base)
    assert results.differences("right", "wrong", "camera/psnr") == [1, 1, 1]
    text = as_markdown(results)
    assert "Failed runs: 1 of 12." in text
    assert "| right pairs | **+1.00 ± 0.00** |" in text
    assert "cycle,camera,psnr,20.5000," in as_csv(results)
    assert [len(panel.lines) for panel in panels(results)] == [2, 2, 2]


@pytest.mark.slow
def test_one_command_does_it_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FACEGAN_CACHE", str(tmp_path / "cache"))
    monkeypatch.setitem(command.SCALES, "tiny", TINY)
    monkeypatch.setattr(drawn, "find_panel", lambda splits, known: unlearned(("Smiling",), image_size=32))
    assert len(done_twice(command.main, tmp_path, "tiny/*/evaluation/pairs.json", jobs=1)) == len(WAYS)
    assert "| right pairs |" in (tmp_path / "tiny" / "table.md").read_text()
    assert all((tmp_path / "tiny" / name).stat().st_size < 300_000 for name in ("figure.png", "faces.jpg"))


def test_help_says_what_can_be_asked(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["--help"]) == 0
    assert "scale=small  small | full" in capsys.readouterr().out
