"""Rank agreement: what few systems cannot say is not said."""

import math
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from experiments.agreement import __main__ as command
from experiments.agreement.__main__ import drawn_standings
from experiments.agreement.agreement import LEAST, agreements
from experiments.agreement.plan import SCALES
from experiments.agreement.report import rows, table
from experiments.leaderboard import __main__ as leaderboard
from experiments.leaderboard.plan import SCALES as DRAWN
from experiments.leaderboard.plan import Scale, all_runs
from facegan.errors import UserError
from facegan.evaluation.leaderboard.standing import Standing
from facegan.evaluation.measures.ratio import Ratio
from facegan.evaluation.result import Result
from facegan.evaluation.values import Values
from tests.experiments.commands import done_twice
from tests.photographs import celeba_folder

KEY = ("Eyeglasses", "adding", "twin_error")


def standing(number: int, level: float, *, data: str) -> Standing:
    noise = torch.rand(40, generator=torch.Generator().manual_seed(number)) * 0.01
    result = Result(
        protocol="any", version=1, run=f"r{number}", model="m", data=data, image_size=16, attributes=("Eyeglasses",),
        seed=0, faces=40, judge="j", judge_version=1, judge_accuracy={}, figures=(), warnings=(),
    )  # fmt: skip
    values = Values(each={KEY: Ratio.of(level + noise), ("Eyeglasses", "adding", "kid"): Ratio.of(noise)}, cases={})
    return Standing(folder=f"r{number}", name=f"s{number}", system=f"k{number}", seed=0, result=result, values=values)


def compared(first: list[float], second: list[float]) -> str:
    found = agreements(
        {
            name: [standing(n, level, data=data) for n, level in enumerate(levels)]
            for (name, data), levels in {("twinfaces", "twinfaces"): first, ("phototwins", "celeba"): second}.items()
        }
    )
    (one,) = found
    assert one.systems == len(first)
    assert one.measure == "twin_error"
    assert one.words() in table(found)
    assert "s0" not in table(found)
    assert rows(found).count("\n") == 2
    return one.words()


def test_the_same_order_predicts() -> None:
    order = [0.1 * n for n in range(8)]
    assert "predicts the order on phototwins: Kendall's tau 1.00" in compared(order, order)
    assert "is the reverse" in compared(order, order[::-1])


def test_an_unrelated_order_does_not_and_says_so() -> None:
    words = compared([0.1, 0.2, 0.3, 0.4, 0.5, 0.6], [0.3, 0.5, 0.1, 0.6, 0.2, 0.4])
    assert "includes 0" in words
    assert "One does not predict the other." in words


@pytest.mark.parametrize("count", range(1, LEAST))
def test_few_systems_say_nothing_however_well_they_agree(count: int) -> None:
    assert f"{count} systems say nothing" in compared([0.1 * n for n in range(count)], [0.1 * n for n in range(count)])


def test_chance_decides_how_few_are_few() -> None:
    assert 2 / math.factorial(LEAST) < 0.05 < 2 / math.factorial(LEAST - 1)


def test_drawn_faces_are_no_photographs() -> None:
    with pytest.raises(UserError, match="drawn faces"):
        agreements({"twinfaces": [], "photos": [standing(0, 0.1, data="twinfaces")]})


@pytest.mark.parametrize("name", SCALES)
def test_photographs_get_the_systems_and_the_images_of_the_leaderboard(name: str) -> None:
    drawn = {job.name: job for job in all_runs(DRAWN[name], Path("runs"))}
    for job in all_runs(SCALES[name], Path("runs")):
        own, twin = set(job.overrides()), set(drawn[job.name].overrides())
        assert own - twin == {"data=celeba", "~data.size"}
        assert twin - own == {f"data.size={DRAWN[name].size}"}


def test_without_the_drawn_runs_it_says_which_command_makes_them(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"genegan-s0 was not measured .* python -m experiments.leaderboard"):
        drawn_standings(tmp_path, all_runs(SCALES["small"], tmp_path))


TINY = Scale(
    images=64, size=40, faces=4, line_faces=2, image_size=16, systems=("genegan", "attgan"), seeds=1, others=1,
    quick=True,
)  # fmt: skip


@pytest.mark.slow
def test_one_command_trains_on_photographs_measures_and_compares(
    tmp_path: Path, quick_witnesses: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    photographs = celeba_folder(tmp_path / "celeba", 48, names=("Eyeglasses", "Young"))
    monkeypatch.setenv("FACEGAN_CELEBA", str(photographs))
    monkeypatch.setitem(leaderboard.SCALES, "tiny", TINY)
    monkeypatch.setitem(command.SCALES, "tiny", replace(TINY, photographs=True))
    drawn, own = tmp_path / "drawn", tmp_path / "runs"
    assert leaderboard.main(["scale=tiny", f"runs={drawn}"]) == 0

    def main(words: list[str]) -> int:
        return command.main([*words, f"drawn={drawn}"])

    assert len(done_twice(main, own, "tiny/*/last.safetensors", "tiny/*/evaluation/photo*.json")) == 2 + 4
    text = (own / "tiny" / "table.md").read_text()
    assert "2 runs on drawn faces, 2 on photographs, 64 images each." in text
    for pair in ("twinfaces, phototwins", "twinfaces, photos", "phototwins, photos"):
        assert f"| {pair} | 2 |" in text
    assert "2 systems say nothing" in text
