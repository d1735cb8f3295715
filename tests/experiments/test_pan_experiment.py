"""The PAN experiment, end to end on tiny runs; its cells are what they are called, its comparisons paired."""

from pathlib import Path

import pytest

from experiments import drawn
from experiments.pan import __main__ as command
from experiments.pan.plan import CELLS, SCALES, TERMS, WEIGHTS, Job, Scale, all_jobs, beginnings
from experiments.pan.report import QUESTIONS, Results, as_csv, as_markdown
from facegan.assemble import make_model
from facegan.config import compose_config
from tests.experiments.commands import done_twice, unlearned

PIXEL, ALL = ("pixel",), ("pixel", "perceptual", "adversarial", "pan")
TINY = Scale(
    begin_images=32,
    images={"superres": 32, "rain": 32},
    faces=12,
    size=32,
    image_size=16,
    width=4,
    blocks=1,
    cells={"superres": (PIXEL, ALL), "rain": (PIXEL, ALL)},
    seeds=(0,),
)


def planned(scale: Scale) -> list[Job]:
    return all_jobs(scale, Path("runs"))


@pytest.mark.parametrize("name", SCALES)
def test_every_run_has_a_name_of_its_own_and_a_beginning(name: str) -> None:
    jobs, first = planned(SCALES[name]), beginnings(SCALES[name], Path("runs"))
    assert len({job.name for job in [*jobs, *first]}) == len(jobs) + len(first)
    assert {job.beginning for job in jobs} == set(first)
    assert len(SCALES[name].seeds) >= 3
    assert len({cell for _, cell, over in QUESTIONS for cell in (cell, over)} - set(CELLS)) == 0


@pytest.mark.parametrize("job", [job for job in planned(SCALES["small"]) if job.seed == 0], ids=lambda job: job.name)
def test_a_cell_weighs_its_terms_and_no_other(job: Job) -> None:
    config = compose_config("train", [*job.overrides(), "data.image_size=16"])
    model = make_model({**config, "plugins": ()}, image_size=16, attributes=())
    weights = model.weights["generator"]
    for name, term in TERMS.items():
        assert weights.get(term, 0) == (WEIGHTS[name] if name in job.cell else 0)
    assert bool(model.weights["critic"]["margin"]) == ("pan" in job.cell)
    assert ("extractor" in model.parts) == ("perceptual" in job.cell)


@pytest.mark.parametrize("job", beginnings(SCALES["small"], Path("runs"))[:2], ids=lambda job: job.name)
def test_a_beginning_ends_before_any_game(job: Job) -> None:
    config = compose_config("train", job.overrides())
    model = make_model({**config, "plugins": ()}, image_size=32, attributes=tuple(config["attributes"]))
    rounds = job.images // (2 * config["trainer"]["batch_size"])
    for phase in model.phases:
        assert phase.plays(rounds - 1) == (phase.name in ("features", "regression"))
        assert phase.plays(rounds) == (phase.name in ("critic", "generator"))


def test_differences_are_paired_and_failed_runs_counted() -> None:
    jobs = [job for job in planned(SCALES["small"]) if job.task == "rain"]
    figures = {
        job: {"psnr": 20.0 + job.seed + len(job.cell), "ssim": 0.5, "kid": 9.0, "cpu_seconds": 3.0}
        for job in jobs
        if job.cell in (("pixel",), ("pixel", "pan")) and (job.seed, job.cell) != (2, ("pixel",))
    }
    results = Results(figures, {"rain": {"psnr": 11.0}}, jobs)
    assert results.differences("rain", ("pixel", "pan"), ("pixel",), "psnr") == pytest.approx([1, 1])
    text = as_markdown(results)
    assert "| PAN beside pixels | **+1.00 ± 0.00** | +0.000 ± 0.000 | +0.0 ± 0.0 |" in text
    assert f"Runs without figures, failed or not trained: {len(jobs) - 5} of {len(jobs)}." in text
    assert "| – nothing done | 11.00 |" in text
    assert "rain,pixel+pan,psnr,23.0000," in as_csv(results)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_one_command_does_it_all_and_not_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FACEGAN_CACHE", str(tmp_path / "cache"))
    monkeypatch.setitem(command.SCALES, "tiny", TINY)
    monkeypatch.setattr(drawn, "find_panel", lambda splits, known: unlearned(("Smiling",), image_size=TINY.image_size))
    folder = tmp_path / "tiny"
    assert len(done_twice(command.main, tmp_path, "tiny/*/evaluation/pan.json", "tiny/*/last.safetensors")) == 4 + 6
    text = (folder / "table.md").read_text()
    assert "| all four |" in text
    assert "Runs without figures, failed or not trained: 0 of 4." in text
    assert (folder / "results.csv").read_text().count("superres,pixel,") == 4
    for name in ("figure.png", "superres.jpg", "rain.jpg"):
        assert 0 < (folder / name).stat().st_size < 300_000


def test_help_says_what_can_be_asked(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["--help"]) == 0
    assert "scale=small  small | full" in capsys.readouterr().out
