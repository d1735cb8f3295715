"""The loss experiment, end to end on tiny runs; its comparisons are paired and its cells are what they are called."""

import math
from dataclasses import replace
from pathlib import Path

import pytest

from experiments.losses import __main__ as command
from experiments.losses import measuring
from experiments.losses.choosing import Comparison, Results, best_game, comparisons
from experiments.losses.measuring import Bench, bounds
from experiments.losses.plan import MODELS, SCALES, WEIGHS, Cell, Job, Scale, all_jobs, cells
from experiments.losses.report import as_csv, as_markdown
from facegan.assemble import make_model
from facegan.config import compose_config
from tests.experiments.commands import done_twice, unlearned

TINY = Scale(
    images={"genegan": 32, "fader": 32},
    size=64,
    faces=4,
    adversaries=("hinge",),
    reconstructions=("l1",),
    image_size=16,
    seeds=(0,),
)
NOTHING, HINGE = Cell(adversary="none", reconstruction="l1"), Cell(adversary="hinge", reconstruction="l1")


def planned(scale: Scale) -> list[Job]:
    return all_jobs(scale, Path("runs"))


@pytest.mark.parametrize("name", SCALES)
def test_every_run_has_a_name_of_its_own_and_models_see_equal_images(name: str) -> None:
    jobs = planned(SCALES[name])
    assert len({job.name for job in jobs}) == len(jobs)
    assert len(SCALES[name].seeds) >= 3
    for model, images in SCALES[name].images.items():
        said = {o for job in jobs if job.model == model for o in job.overrides() if o.startswith("trainer.images")}
        assert said == {f"trainer.images={images}"}


def test_the_small_scale_has_the_runs_that_the_readme_states() -> None:
    assert len(planned(SCALES["small"])) == 90
    assert len(cells("genegan", SCALES["small"])) == 9
    assert {cell.adversary for cell in cells("fader", SCALES["small"])} == {"none"}


SMALL = {f"{job.model}-{job.cell}": job for job in planned(replace(SCALES["small"], seeds=(0,)))}


@pytest.mark.parametrize("name", SMALL)
def test_every_cell_is_a_model_that_can_be_built(name: str) -> None:
    job = SMALL[name]
    config = compose_config("train", [*job.overrides(), "data.image_size=16"])
    model = make_model({**config, "plugins": ()}, image_size=16, attributes=tuple(config["attributes"]))
    for term, weight in MODELS[job.model].pictures.items():
        phase, _, loss = term.partition(".")
        assert model.weights[phase][loss] == pytest.approx(weight * WEIGHS[job.cell.reconstruction])
    if (game := MODELS[job.model].game) is not None:
        phase, _, loss = game.partition(".")
        assert (model.weights[phase][loss] == 0) == (job.cell.adversary == "none")


@pytest.mark.parametrize("model", ["semilatent", "fader", "genegan"])
def test_a_models_own_distance_keeps_its_own_weight(model: str) -> None:
    config = compose_config("train", [f"model={model}_quickstart"])
    own = "l1" if config["model"]["reconstruction"]["_target_"].endswith("L1") else "l2"
    for term, weight in MODELS[model].pictures.items():
        phase, _, loss = term.partition(".")
        assert config["model"]["weights"][phase][loss] == pytest.approx(weight * WEIGHS[own])
    assert config["optimizer"]["lr"] == MODELS[model].rate


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The whole command on three runs, twice."""
    root = tmp_path_factory.mktemp("losses")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FACEGAN_CACHE", str(root / "cache"))
        patch.setitem(command.SCALES, "tiny", TINY)
        patch.setattr(measuring, "find_panel", lambda splits, known: unlearned(known, image_size=TINY.image_size))
        files = done_twice(command.main, root, "tiny/*/evaluation/losses.json")
        assert len(files) == len(all_jobs(TINY, root)) == 3
        levels = bounds(Bench(TINY))
        assert levels["nothing"]["twin_error"] == 1
        assert levels["twins"]["twin_error"] == 0
    return root / "tiny"


@pytest.mark.slow
def test_one_command_does_it_all(finished: Path) -> None:
    text = (finished / "table.md").read_text()
    assert "| GeneGAN | hinge | L1 |" in text
    assert "Failed runs: 0 of 3." in text
    assert "| – nothing |" in text
    assert "fader,none,l1,1,psnr," in (finished / "results.csv").read_text()
    assert (finished / "figure.png").stat().st_size < 200_000


THREE = replace(TINY, seeds=(0, 1, 2), images={"genegan": 32})


def invented(success: dict[Cell, list[float]], scale: Scale = THREE) -> Results:
    """Results in which the last seeds of a cell failed where it has fewer values."""
    jobs = planned(scale)
    figures = {
        job: {
            "success": success[job.cell][job.seed],
            "weaker": 0.1,
            "twin_error": 0.5,
            "kid": 20.0,
            "psnr": math.nan,
            "cpu_seconds": 9.0,
            "score": job.rate,
        }
        for job in jobs
        if job.seed < len(success.get(job.cell, []))
    }
    return Results(jobs, figures, scale)


def test_differences_are_paired_and_failed_runs_counted() -> None:
    results = invented({NOTHING: [0.1, 0.2, 0.4], HINGE: [0.3, 0.4]})
    asked = Comparison(why="", model="genegan", cell=HINGE, over=NOTHING)
    assert results.differences(asked, "success") == pytest.approx([0.2, 0.2])
    text = as_markdown(results, {"nothing": {"success": 0.02}})
    assert f"Failed runs: {len(planned(THREE)) - 5} of {len(planned(THREE))}." in text
    assert "| GeneGAN | hinge | L1 | **+0.20 ± 0.00** |" in text
    assert "| – nothing | | | 0.02 |" in text
    assert "genegan,hinge,l1,1,success,0.3500," in as_csv(results)


def test_the_best_is_named_with_those_that_it_does_not_beat() -> None:
    near = invented({NOTHING: [0.1, 0.3, 0.5], HINGE: [0.2, 0.2, 0.7]})
    assert best_game(near, "genegan") == ([HINGE], [NOTHING])
    far = invented({NOTHING: [0.1, 0.1, 0.1], HINGE: [0.9, 0.8, 0.9]})
    assert best_game(far, "genegan") == ([HINGE], [])
    assert best_game(invented({}), "genegan") == ([], [])


def test_the_rate_is_chosen_by_validation() -> None:
    results = invented({NOTHING: [0.1, 0.1, 0.1]}, replace(THREE, rates=(0.3, 1.0)))
    assert results.rates["genegan", NOTHING] == 1.0
    assert results.values("genegan", NOTHING, "success") == [0.1] * 3


def test_every_comparison_changes_one_thing() -> None:
    for asked in comparisons(SCALES["full"]):
        same = [asked.cell.adversary == asked.over.adversary, asked.cell.reconstruction == asked.over.reconstruction]
        assert sorted(same) == [False, True]


def test_help_says_what_can_be_asked(capsys) -> None:
    assert command.main(["--help"]) == 0
    assert "scale=small  small | full" in capsys.readouterr().out
