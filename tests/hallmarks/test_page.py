"""The results that the documentation keeps, and the page that is made of them."""

from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from facegan.cli.main import main
from facegan.cli.markdown import END
from facegan.hallmarks.page import BEGIN, collect, page
from facegan.hallmarks.plan import compose_hallmark, read_plan
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
        processor="AMX",
    )  # fmt: skip
    return replace(whole, **changes)  # type: ignore[arg-type]


BROKEN = result(broken="term_off", why="the term is off", fails=("hits",), rows=(row("hits", 0.05),))


def test_a_result_comes_back_as_it_was_written(tmp_path: Path) -> None:
    one = result(rows=(row("hits", 0.75), row("seen", NAN, least=None)), shows={"hits": Threshold(at_most=0.1)})
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
        (replace(BROKEN, shows={"hits": Threshold(at_most=0.1)}), True),
        (replace(BROKEN, shows={"hits": Threshold(at_most=0.01)}), False),  # not broken enough to tell anything
    ],
)
def test_what_counts_as_passed(one: Result, passed: bool) -> None:
    assert one.passed is passed


def test_times_of_different_processors_are_never_added_up(tmp_path: Path) -> None:
    for number, processor in enumerate(("AMX", "AVX2", "")):
        write_result(tmp_path / f"{number}.json", result(model=f"m{number}", processor=processor))
        Image.new("RGB", (4, 4)).save(tmp_path / f"m{number}.png")
    times = " and ".join(f"2 minutes on one core ({name})" for name in ("AMX", "AVX2", "unknown"))
    assert f"all of them took {times}." in page(tmp_path)


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
    assert "1 of 1 are there; all of them took 2 minutes on one core (AMX)." in made
    assert "20 of checking, AMX;" in made
    models = kept.parent / "models.md"
    models.write_text(f"# Models\n{BEGIN}\nold\n{END}\nby hand\n")
    assert main(["hallmark", "--markdown", str(models)]) == 0
    assert models.read_text() == f"# Models\n{BEGIN}\n\n{made}\n\n{END}\nby hand\n"


def test_the_page_of_hallmarks_is_up_to_date() -> None:
    """Where this fails: facegan hallmark --markdown docs/models.md."""
    assert f"{BEGIN}\n\n{page(KEPT)}\n\n{END}" in PAGE.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", sorted(KEPT.glob("*.json")), ids=lambda path: path.stem)
def test_what_is_kept_is_of_the_hallmark_as_its_file_has_it_now(path: Path) -> None:
    """Where this fails: run that hallmark again, and collect it."""
    kept = read_result(path)
    plan = read_plan(kept.model, compose_hallmark(kept.model)["hallmark"])
    assert path.stem == f"{kept.model}{f'-{kept.broken}' if kept.broken else ''}"
    assert {row.name: row.threshold for row in kept.rows if row.threshold} == plan.thresholds
    assert (kept.claim, kept.seed) == (plan.claim, plan.seed)
    if kept.broken:
        assert (kept.fails, kept.shows) == (plan.broken[kept.broken].fails, plan.broken[kept.broken].shows)
    else:
        assert path.with_suffix(".png").stat().st_size < 300_000
