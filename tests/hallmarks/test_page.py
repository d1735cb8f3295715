"""The results that the documentation keeps, and the page that is made of them."""

from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from facegan.cli.main import main
from facegan.cli.markdown import END
from facegan.hallmarks.page import BEGIN, collect, page
from facegan.hallmarks.plan import compose_hallmark, hallmark_names, read_plan
from facegan.hallmarks.result import Result, Row, read_result, write_result
from facegan.hallmarks.thresholds import Threshold

PAGE = Path(__file__).parents[2] / "docs" / "models.md"
KEPT = PAGE.parent / "hallmarks"
NAN = float("nan")


def row(name: str, value: float, *, least: float | None = 0.6, nothing: float = NAN) -> Row:
    threshold = None if least is None else Threshold(at_least=least)
    return Row(
        name=name, means=f"what {name} | means", unit="share", value=value, count=12, lines={"chance": 0.05},
        nothing=nothing, threshold=threshold,
    )  # fmt: skip


def result(**changes: object) -> Result:
    whole = Result(
        model="mine", claim="It works.", broken=None, why=None, fails=(), rows=(row("hits", 0.75),), seed=3,
        training_seed=0, images=1200, image_size=32, train=("model=mine",), judges=(), made_of="abc", facegan="1",
        cost={"train": {"cpu": 100.0, "wall": 130.0}, "check": {"cpu": 20.0, "wall": 21.0}}, torch="2", threads=1,
    )  # fmt: skip
    return replace(whole, **changes)  # type: ignore[arg-type]


BROKEN = result(broken="term_off", why="the term is off", fails=("hits",), rows=(row("hits", 0.05),))


def test_a_result_comes_back_as_it_was_written(tmp_path: Path) -> None:
    one = result(rows=(row("hits", 0.75), row("seen", NAN, least=None)))
    write_result(tmp_path / "one.json", one)
    again = read_result(tmp_path / "one.json")
    assert repr(again) == repr(one)  # NaN is unlike itself, so not by ==


@pytest.mark.parametrize(
    ("one", "passed"),
    [
        (result(), True),
        (result(rows=(row("hits", 0.5),)), False),
        (result(rows=(row("hits", 0.75, nothing=0.7),)), False),  # the idle editor passes too
        (result(rows=(row("hits", NAN),)), False),
        (result(rows=(row("hits", 0.75), row("seen", 0.1, least=None))), True),
        (BROKEN, True),
        (replace(BROKEN, rows=(row("hits", 0.75),)), False),  # the broken one is not noticed
    ],
)
def test_what_counts_as_passed(one: Result, passed: bool) -> None:
    assert one.passed is passed


def test_results_are_collected_and_shown(tmp_path: Path) -> None:
    runs, kept = tmp_path / "runs", tmp_path / "docs" / "hallmarks"
    for folder, one in {"hallmark-mine": result(), "hallmark-mine-term_off": BROKEN}.items():
        write_result(runs / folder / "hallmark.json", one)
        Image.new("RGB", (4, 4)).save(runs / folder / "hallmark.png")
    assert [path.name for path in collect(runs, kept)] == ["mine.json", "mine.png", "mine-term_off.json"]
    made = page(kept)
    assert "| what hits \\| means (n = 12) | ≥ 60.0 % | **75.0 %** | pass | – | 5.0 % (fails) | chance 5.0 % |" in made
    assert "![mine](hallmarks/mine.png)" in made
    assert "- `broken=term_off`: the term is off." in made
    assert "1 of 1 are there; all of them took 2 minutes" in made
    models = kept.parent / "models.md"
    models.write_text(f"# Models\n{BEGIN}\nold\n{END}\nby hand\n")
    assert main(["hallmark", "--markdown", str(models)]) == 0
    assert models.read_text() == f"# Models\n{BEGIN}\n\n{made}\n\n{END}\nby hand\n"


def test_the_page_of_hallmarks_is_up_to_date() -> None:
    """Where this fails: facegan hallmark --markdown docs/models.md."""
    assert f"{BEGIN}\n\n{page(KEPT)}\n\n{END}" in PAGE.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", hallmark_names())
def test_what_is_kept_is_of_this_hallmark(name: str) -> None:
    """Every hallmark and every broken variant has its result, under the names that its file has now."""
    plan = read_plan(name, compose_hallmark(name)["hallmark"])
    kept = {variant: read_result(KEPT / f"{name}{variant and '-' + variant}.json") for variant in ("", *plan.broken)}
    for variant, one in kept.items():
        assert {row.name: row.threshold for row in one.rows if row.threshold} == plan.thresholds
        assert one.fails == (plan.broken[variant].fails if variant else ())
    assert (KEPT / f"{name}.png").stat().st_size < 300_000
