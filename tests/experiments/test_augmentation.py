"""The augmentation experiment, end to end on tiny runs; completing does what it is called, and a table is fair."""

import math
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from experiments.augmentation import __main__ as command
from experiments.augmentation.classifier import accuracy, train_classifier
from experiments.augmentation.completing import completed, copied, orders, true_twins
from experiments.augmentation.faces import Set, World, drawn_world
from experiments.augmentation.photographs import MISSING, first_of_cells, photo_world, thinned
from experiments.augmentation.plan import ARMS, NAMES, PAIRS, PHI, PLAIN, SCALES, SYSTEMS, TWINS, Pair, Scale, all_jobs
from experiments.augmentation.report import Table, as_csv, as_markdown
from experiments.intervals import Interval
from facegan.assemble import make_source
from facegan.config import compose_config
from facegan.errors import UserError
from tests.photographs import celeba_folder

PAIR = Pair("Eyeglasses", "Male")
TINY = Scale(images={"genegan": 32}, size=200, tests=20, steps=2, image_size=16, seeds=(0,))


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FACEGAN_CACHE", str(tmp_path_factory.mktemp("cache")))
        return drawn_world(TINY, PAIR, 0)


@pytest.mark.parametrize("data", SCALES)
def test_every_scale_has_three_seeds_and_systems_that_there_are(data: str) -> None:
    for scale in SCALES[data].values():
        assert len(scale.seeds) >= 3
        assert set(scale.images) <= set(SYSTEMS) == set(NAMES)
        jobs = all_jobs(scale, Path("runs"), pair=PAIRS[data], data=dict.fromkeys(scale.seeds, ()))
        assert len({job.name for job in jobs}) == len(jobs) == len(scale.seeds) * len(scale.images)
    assert {*PLAIN, TWINS} == set(ARMS)


def test_the_biased_set_is_biased_and_the_exam_is_not(world: World) -> None:
    assert float(world.biased.rare.float().mean()) < 0.1
    assert 0.3 < float(world.exam.rare.float().mean()) < 0.7


def test_completing_makes_all_cells_alike_and_twins_are_no_copies(world: World) -> None:
    wanted = orders(world.biased, 0)
    copies, twins = copied(world.biased, wanted), true_twins(world, wanted)
    done = completed(world.biased, wanted, twins)
    counts = torch.bincount(done.cell, minlength=4)
    assert torch.equal(counts[:2], counts[2:])  # of each bias as many with as without
    assert torch.equal(done.images[: len(world.biased)], world.biased.images)
    for order, copy, twin in zip(wanted, copies, twins, strict=True):
        assert (world.biased.task[order.numbers] == 1 - order.value).all()
        assert (world.biased.bias[order.numbers] == 1 - order.value).all()
        assert (copy != twin).flatten(1).any(1).all()


def coloured(task: torch.Tensor, bias: torch.Tensor) -> Set:
    """Faint task, strong bias: a square in one channel each."""
    images = torch.full((len(task), 3, 16, 16), 100, dtype=torch.uint8)
    images[:, 0, :4, :4] = (100 + 60 * task).to(torch.uint8)[:, None, None]
    images[:, 1] = (50 + 150 * bias).to(torch.uint8)[:, None, None]
    return Set(images=images, task=task, bias=bias)


def test_a_classifier_learns_the_bias_where_nothing_speaks_against_it() -> None:
    coin = torch.arange(64).remainder(2).float()
    other = torch.arange(64).div(2, rounding_mode="floor").remainder(2).float()
    exam = coloured(coin, other)
    fooled = accuracy(train_classifier(coloured(coin, coin), steps=25, seed=0), exam)
    assert fooled["rare"] < 0.6 <= fooled["common"]
    assert fooled["worst"] <= fooled["rare"]
    few = coloured(torch.cat([coin, other]), torch.cat([coin, coin]))
    assert accuracy(train_classifier(few, steps=60, seed=0), exam)["rare"] > 0.9


def test_schemes_weigh_rare_cells_and_leave_random_numbers_alone() -> None:
    coin = torch.arange(40).remainder(2).float()
    bias = coin.clone()
    bias[:2] = 1 - bias[:2]
    torch.manual_seed(3)
    expected = torch.rand(1)
    torch.manual_seed(3)
    heads = [train_classifier(coloured(coin, bias), steps=2, seed=0, scheme=name).head.weight for name in PLAIN]
    assert torch.equal(torch.rand(1), expected)
    assert all(not torch.equal(heads[0], other) for other in heads[1:4])
    assert torch.equal(heads[0], heads[4])  # copies differ by their faces alone


def test_thinning_makes_the_pair_go_together() -> None:
    labels = torch.randint(2, (4_000, 2), generator=torch.Generator().manual_seed(1)).float()
    chosen = thinned(labels, 1_000, seed=0)
    kept = labels[chosen]
    assert float(torch.corrcoef(kept.T)[0, 1]) == pytest.approx(PHI, abs=0.02)
    assert 950 <= len(chosen) <= 1_000
    assert not torch.equal(chosen, thinned(labels, 1_000, seed=1))
    with pytest.raises(UserError, match="no photographs"):
        thinned(labels[labels[:, 0] == labels[:, 1]], 100, seed=0)


def test_without_photographs_the_command_says_how_to_get_them(monkeypatch, capsys, tmp_path: Path) -> None:
    monkeypatch.delenv("FACEGAN_CELEBA", raising=False)
    assert command.main(["data=photos", f"runs={tmp_path}"]) == 1
    assert MISSING in capsys.readouterr().err


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The whole command on one run, twice."""
    root = tmp_path_factory.mktemp("augmentation")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FACEGAN_CACHE", str(root / "cache"))
        patch.setitem(command.SCALES["drawings"], "tiny", TINY)
        assert command.main(["scale=tiny", f"runs={root}", "jobs=1"]) == 0
        files = sorted((root / "tiny" / "drawings" / "measured").iterdir())
        assert [file.stem for file in files] == sorted(f"{arm}-s0" for arm in (*ARMS, "genegan"))
        before = [file.stat().st_mtime_ns for file in files]
        assert command.main(["scale=tiny", f"runs={root}", "jobs=1"]) == 0
        assert [file.stat().st_mtime_ns for file in files] == before  # what is finished is not done again
    return root / "tiny" / "drawings"


def test_one_command_does_it_all(finished: Path) -> None:
    text = (finished / "table.md").read_text()
    assert "| edits by GeneGAN |" in text
    assert "Failed runs: 0 of 1." in text
    assert "twins,rare," in (finished / "results.csv").read_text()
    assert (finished / "figure.png").stat().st_size < 200_000


def invented(scale: Scale) -> dict[tuple[str, int], dict[str, float]]:
    base = {(arm, seed): {"rare": 0.5 + seed / 10, "worst": 0.4, "common": 0.9} for arm in ARMS for seed in scale.seeds}
    better = {seed: {"rare": 0.61 + seed / 10, "worst": 0.5, "common": 0.9} for seed in scale.seeds[:2]}
    return base | {("fader", seed): figures for seed, figures in better.items()}


def test_gains_are_paired_by_seed_and_failed_runs_are_counted() -> None:
    scale = replace(TINY, seeds=(0, 1, 2), images={"fader": 32})
    table = Table(invented(scale), scale)
    assert table.gains("fader", "nothing") == pytest.approx([0.11, 0.11])
    assert table.gains("nothing", "nothing") == []
    text = as_markdown(table)
    assert "Failed runs: 1 of 3." in text
    told = " | ".join(["**+11.0 ± 0.0**"] * 3)
    assert f"| edits by Fader | 66.0 ± 63.5 | 50.0 ± 0.0 | 90.0 ± 0.0 | {told} | 2 |" in text
    assert "fader,gain over nothing,0.1100,0.0000,0.1100 0.1100" in as_csv(table)


def test_a_single_seed_tells_nothing() -> None:
    assert not Interval(0.2, math.nan).told
    assert not Interval(0.2, 0.2).told
    assert Interval(-0.2, 0.1).told


def test_the_exam_takes_as_many_of_each_cell(world: World) -> None:
    exam = first_of_cells(world.exam, 3)
    assert torch.bincount(exam.cell, minlength=4).tolist() == [3, 3, 3, 3]


def test_help_says_what_can_be_asked(capsys) -> None:
    assert command.main(["--help"]) == 0
    assert "data=drawings  drawings | photos" in capsys.readouterr().out


def test_photographs_are_thinned_by_a_table_that_training_reads(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("FACEGAN_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("FACEGAN_CELEBA", str(celeba_folder(tmp_path / "photos", count=24)))
    world = photo_world(replace(TINY, tests=4), Pair("Smiling", "Young"), 0, tmp_path)
    table = (tmp_path / "biased-s0.csv").read_text().splitlines()
    assert table[0] == "file,split,Smiling,Young"
    assert len(table) - 1 == len(world.biased) > 0
    assert world.twins is None
    assert f"data.labels='{tmp_path / 'biased-s0.csv'}'" in world.data
    config = compose_config("train", ["experiment=augmentation", *world.data])
    assert torch.equal(make_source(config, "train").labels[:, 0], world.biased.task)
