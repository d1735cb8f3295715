"""The crossfit experiment: halves of persons, judges from either, a difference in which their mildness cancels out."""

from pathlib import Path

import pytest

from experiments.crossfit import __main__ as command
from experiments.crossfit import measuring
from experiments.crossfit.measuring import Bench
from experiments.crossfit.plan import HALVES, SCALES, Job, Scale, all_jobs
from experiments.crossfit.report import ALL, Results, as_csv, as_markdown
from facegan.data.celeba import CelebA
from facegan.data.errors import DataError
from facegan.evaluation.asking import DIRECTIONS
from tests.experiments.commands import done_twice
from tests.experiments.conftest import QUICK
from tests.photographs import celeba_folder

NAMES = ("Smiling", "Eyeglasses")
TINY = Scale(images=64, faces=4, image_size=16, seeds=(0,))


@pytest.fixture
def photographs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = celeba_folder(tmp_path / "celeba", 96, names=NAMES)
    monkeypatch.setenv("FACEGAN_CELEBA", str(folder))
    monkeypatch.setenv("FACEGAN_CACHE", str(tmp_path / "cache"))
    return folder


def test_a_half_is_of_training_persons_alone_and_the_other_is_the_rest(photographs: Path) -> None:
    def files(split: str, half: int | None = None) -> set[str]:
        return set(CelebA(photographs, image_size=16, split=split, half=half).files)  # type: ignore[arg-type]

    first, second = files("train", 0), files("train", 1)
    assert first | second == files("train")
    assert not first & second
    persons = [{int(name[:-4]) - 1 >> 1 for name in half} for half in (first, second)]
    assert not persons[0] & persons[1]
    assert min(map(len, persons)) > 4  # of 24 persons
    for split in ("validation", "test"):
        assert files(split, 0) == files(split, 1) == files(split)
    assert files("all", 0) == first | files("validation") | files("test")
    with pytest.raises(DataError, match="half=2: there are 0 and 1"):
        files("train", 2)


@pytest.mark.parametrize("name", SCALES)
def test_every_seed_has_a_run_on_either_half(name: str) -> None:
    jobs = all_jobs(SCALES[name], Path("runs"))
    assert len({job.name for job in jobs}) == len(jobs) == 2 * len(SCALES[name].seeds)
    assert len(SCALES[name].seeds) >= 3
    for job in jobs:
        assert f"+data.half={job.half}" in job.overrides()
        assert "experiment=headline" in job.overrides()  # whose last checkpoint counts


def test_judges_of_a_seed_differ_in_their_faces_and_nothing_else(
    photographs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    monkeypatch.setattr(measuring, "find_judge", lambda splits, names, role, recipe: asked.append((splits, recipe)))
    bench = Bench(TINY)
    for half in HALVES:
        bench.judge(half, 3)
    (one, recipe), (other, same) = asked
    assert recipe == same
    assert not set(one("train").files) & set(other("train").files)
    assert one("test").files == other("test").files
    assert one("test") is one("test")


def figures(job: Job, *, sharing: float) -> dict[str, float]:
    """Judge 1 is milder by 0.1; the own one by `sharing`."""
    mild = {0: 0.0, 1: 0.1}
    found = {}
    for name in NAMES:
        for direction in DIRECTIONS:
            row = f"{name}/{direction}"
            for kind in ("", "_corrected"):
                found[f"{row}/own{kind}"] = 0.5 + 0.01 * job.seed + mild[job.half] + sharing
                found[f"{row}/other{kind}"] = 0.5 + 0.01 * job.seed + mild[1 - job.half]
        found |= {f"{name}/accuracy/{who}": 0.9 for who in ("own", "other")}
    return found


def test_a_milder_judge_cancels_out_and_sharing_does_not() -> None:
    jobs = all_jobs(SCALES["small"], Path("runs"))
    fair = Results(jobs, {job: figures(job, sharing=0.0) for job in jobs})
    assert fair.sharing("Smiling/adding") == pytest.approx([0, 0, 0])
    told = Results(jobs, {job: figures(job, sharing=0.02) for job in jobs})
    assert told.sharing("Eyeglasses/removing", "_corrected") == pytest.approx([0.02] * 3)
    assert told.sharing(ALL) == pytest.approx([0.02] * 3)
    text = as_markdown(told)
    assert "| adding Smiling | 58.0 ± 2.5 | 56.0 ± 2.5 | **+2.0 ± 0.0** | **+2.0 ± 0.0** |" in text
    assert "| **mean of all** | | | **+2.0 ± 0.0** |" in text
    assert "Smiling/adding,sharing,0.0200,0.0000," in as_csv(told)
    assert "Smiling 90.0 ± 0.0" in text


def test_a_seed_counts_where_both_of_its_runs_came_to_their_end() -> None:
    jobs = all_jobs(SCALES["small"], Path("runs"))
    results = Results(jobs, {job: figures(job, sharing=0.02) for job in jobs if job.name != "half1-s2"})
    assert len(results.sharing("Smiling/adding")) == 2
    assert "Failed runs: 1 of 6. Seeds: 2." in as_markdown(results)
    none = as_markdown(Results(jobs, {jobs[0]: figures(jobs[0], sharing=0.0)}))
    assert "Seeds: 0." in none
    assert "| adding Smiling | – | – | – | – |" in none


@pytest.mark.slow
def test_one_command_does_it_all(tmp_path: Path, photographs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(command.SCALES, "tiny", TINY)
    monkeypatch.setitem(measuring.RECIPES, "report", QUICK)  # type: ignore[arg-type]
    globs = ("tiny/*/last.safetensors", "tiny/*/evaluation/crossfit.json")
    files = done_twice(command.main, tmp_path / "runs", *globs, jobs=1)
    assert len(files) == 4
    text = (tmp_path / "runs" / "tiny" / "table.md").read_text()
    assert "Failed runs: 0 of 2. Seeds: 1." in text
    assert "| removing Eyeglasses |" in text


def test_without_photographs_it_says_what_is_needed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("FACEGAN_CELEBA", raising=False)
    assert command.main([]) == 1
    assert "identity_CelebA.txt" in capsys.readouterr().err
    assert command.main(["--help"]) == 0
    assert "scale=small  small | full" in capsys.readouterr().out
