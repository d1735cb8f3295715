"""The invention experiment, end to end on tiny runs; its figures of truth against cases worked out by hand."""

import math
from pathlib import Path

import pytest
import torch

from experiments import drawn
from experiments.invention import __main__ as command
from experiments.invention.measuring import Figure, mixed, opened
from experiments.invention.plan import SCALES, Job, Scale, games, means
from experiments.invention.report import as_markdown, by_setting
from experiments.invention.truth import attribute_truth, auc, map_truth, reading_truth
from facegan.config import compose_config
from facegan.data.plates import Reading
from facegan.data.twinfaces import ATTRIBUTES
from facegan.models.superresolution.invention import DIAL
from tests.experiments.commands import done_twice, unlearned

TINY = Scale(
    mean_images=32,
    game_images={"faces": 32, "plates": 32},
    pictures=12,
    size=32,
    weights={"faces": (0.05,), "plates": (0.01,)},
    image_size=16,
    columns=1,
    seeds=(0,),
    more=("++model.upscaler.width=4",),
    game=("++model.discriminator.width=4",),
)


@pytest.mark.parametrize("name", SCALES)
def test_games_begin_with_a_mean_of_their_own_seed(name: str) -> None:
    scale = SCALES[name]
    first, planned = means(scale, Path("runs")), games(scale, Path("runs"))
    assert len({job.name for job in [*first, *planned]}) == len(first) + len(planned)
    assert {job.mean for job in planned} == set(first)
    assert len(scale.seeds) >= 3
    for job in planned:
        assert job.mean.seed == job.seed
        assert job.boldest == (job.weight == max(scale.weights[job.task]))


@pytest.mark.parametrize("job", games(TINY, Path("runs")) + means(TINY, Path("runs")), ids=lambda job: job.name)
def test_every_run_composes_and_its_adversary_has_its_weight(job: Job) -> None:
    weights = compose_config("train", job.overrides())["model"]["weights"]
    assert weights.get("generator", {"adversarial": 0.0})["adversarial"] == job.weight
    assert ("generator" in weights) == bool(job.weight)


def test_what_is_seen_may_be_true() -> None:
    has = torch.tensor([1, 1, 1, 0, 0, 0, 0, 0]).bool()
    before = torch.tensor([1, 0, 0, 1, 0, 0, 0, 0]).bool()
    seen = torch.tensor([1, 1, 0, 0, 1, 1, 1, 0]).bool()
    found = attribute_truth(seen, before, has)
    assert found == pytest.approx({"true": 2 / 3, "false": 3 / 5, "new": 0.5, "new_true": 0.25, "by_chance": 1 / 3})
    assert math.isnan(attribute_truth(before, before, has)["new_true"])


def test_what_is_read_may_be_wrong_and_sure() -> None:
    reading = Reading(torch.tensor([[1, 2], [3, 4]]), torch.tensor([[0.95, 0.99], [0.5, 0.92]]), torch.zeros(2, 2))
    found = reading_truth(reading, torch.tensor([[1, 5], [6, 4]]))
    assert found == pytest.approx(
        {"right": 0.5, "confidence": 0.84, "sure": 0.75, "sure_wrong": 0.25, "wrong_of_sure": 1 / 3}
    )


def test_a_map_that_knows_where_it_is_wrong_is_perfect_and_one_that_is_flat_says_nothing() -> None:
    truth = torch.zeros(2, 3, 8, 8)
    mean = truth.clone()
    answer = truth + torch.rand(2, 1, 8, 8, generator=torch.Generator().manual_seed(0))
    found = map_truth(answer, mean, truth)
    assert found["map_r"] == pytest.approx(1)
    assert found["map_auc"] == pytest.approx(1)
    assert math.isnan(found["edges_auc"])
    assert math.isnan(map_truth(mean, mean, truth)["map_r"])


def test_the_area_under_the_curve_by_hand() -> None:
    """Ten pixels, one of them among the worst tenth; three scores above it, one tied with it, five below."""
    error = torch.tensor([9.0, 1, 1, 1, 1, 1, 1, 1, 1, 1])
    score = torch.tensor([5.0, 6, 7, 8, 5, 1, 1, 2, 3, 4])
    assert auc(score, error) == pytest.approx((5 + 0.5) / 9)


def test_differences_are_paired_by_seed() -> None:
    jobs = [job for job in games(SCALES["small"], Path("runs")) if job.boldest and job.task == "faces"]
    figures = {
        job: [Figure("dial", "0", "kid", 50.0 * job.seed), Figure("dial", "1", "kid", 50.0 * job.seed - 7 + job.seed)]
        for job in jobs
    }
    text = as_markdown(by_setting(figures))
    assert "| dial, 1 | dial, 0 | – | **-5.0 ± 2.0** |" in text
    assert "| dial | 0 | – | 100.0 ± 98.1 |" in text


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The whole command on four runs, twice."""
    root = tmp_path_factory.mktemp("invention")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FACEGAN_CACHE", str(root / "cache"))
        patch.setitem(command.SCALES, "tiny", TINY)
        patch.setattr(drawn, "find_panel", lambda splits, known: unlearned(ATTRIBUTES, image_size=TINY.image_size))
        files = done_twice(command.main, root, "tiny/*/evaluation/invention.json", "tiny/*/last.safetensors")
        assert len(files) == 2 + 4
    return root / "tiny"


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_one_command_does_it_all(finished: Path) -> None:
    text = (finished / "table.md").read_text()
    for setting in DIAL:
        assert text.count(f"| dial | {setting:g} |") >= 4
    assert "| weight in training | 0.05 |" in text
    assert "Games without figures, failed or not trained: 0 of 2." in text
    lines = (finished / "results.csv").read_text().splitlines()
    off = {tuple(line.split(",")[:3]): float(line.split(",")[4]) for line in lines[1:] if ",off," in line}
    assert max(value for (_, way, _), value in off.items() if way == "dial") < 1e-3
    assert off["faces", "checkpoints", "1"] > 1e-3
    for name in ("figure.png", "faces.jpg", "plates.jpg"):
        assert 0 < (finished / name).stat().st_size < 300_000


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_mixed_checkpoints_end_at_the_mean_and_at_the_game(finished: Path) -> None:
    job = games(TINY, finished)[0]
    model = opened(job)
    low = model.shrunk(torch.rand(2, 3, 16, 16) * 2 - 1)
    torch.testing.assert_close(mixed(model, 1.0).upscale(low), model.upscale(low))
    torch.testing.assert_close(mixed(model, 0.0).upscale(low), model.mean(low).images.clamp(-1, 1))


def test_help_says_what_can_be_asked(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["--help"]) == 0
    assert "scale=small  small | full" in capsys.readouterr().out
