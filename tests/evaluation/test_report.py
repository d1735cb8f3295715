"""What is written and printed of an evaluation."""

import json
import math
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from PIL import Image
from rich.console import Console

from facegan.evaluation.exhibits import Exhibit
from facegan.evaluation.judges import Judge
from facegan.evaluation.protocols import Outcome
from facegan.evaluation.report import page, write_report
from facegan.evaluation.result import FORMAT, Figure, Result, judge_facts, write_json
from facegan.evaluation.tables import print_tables, sheets, warnings
from tests.evaluation.editors import untrained_judge


def figure(measure: str, value: float, *, direction: str = "adding", line: str = "model", count: int = 100) -> Figure:
    return Figure(measure=measure, attribute="Eyeglasses", direction=direction, line=line, value=value, count=count)


FIGURES = (
    figure("twin_error", 0.41),
    figure("twin_error", 1.0, line="nothing"),
    figure("twin_error", 0.57, line="median", count=50),
    figure("judged_success", 0.953),
    figure("psnr", 21.3),
    figure("twin_error", 0.29, direction="removing"),
    figure("psnr", math.nan, direction="removing"),
)


def result(judge: Judge | None = None) -> Result:
    judge = judge or untrained_judge()
    return Result(
        protocol="twinfaces", version=1, run="<mine>", model="GeneGAN", data="twinfaces", image_size=32,
        attributes=("Eyeglasses",), seed=1, faces=100, figures=FIGURES,
        warnings=warnings(FIGURES, judge, "twinfaces"), **judge_facts(judge),
    )  # fmt: skip


def outcome() -> Outcome:
    picture = Image.new("RGB", (8, 8), (200, 10, 10))
    exhibit = Exhibit(
        ranking="judge", attribute="Eyeglasses", direction="adding", best=picture, median=picture, worst=picture
    )
    return Outcome(figures=FIGURES, grid=picture, exhibits=(exhibit,))


class Links(HTMLParser):
    """Everything that a page would fetch, and its tags."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.tags: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [str(value) for name, value in attrs if name in ("src", "href", "srcset", "action")]


def test_the_report_needs_nothing_else(tmp_path: Path) -> None:
    write_report(tmp_path / "report.html", result(), outcome())
    text = (tmp_path / "report.html").read_text()
    parser = Links()
    parser.feed(text)
    assert len(parser.links) == 4
    assert all(link.startswith("data:image/png;base64,") for link in parser.links)
    assert not {"script", "link", "iframe"} & set(parser.tags)
    assert not re.search(r"https?://|@import|url\(", text)
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]


def test_the_report_says_what_a_reader_must_know() -> None:
    text = page(result(), outcome())
    assert "&lt;mine&gt;" in text
    assert "<mine>" not in text
    for words in (
        "0.410",
        "95.3 %",
        "style-blind median",
        "n = 50",
        "below 24 dB",
        "Cannot see:",
        "Removing Eyeglasses",
    ):
        assert words in text


def test_a_weak_judge_is_named_in_every_table() -> None:
    weak = result(untrained_judge(balanced=0.9))
    assert "The judge of Eyeglasses is below 95 %" in " ".join(weak.warnings)
    assert "Judged success (weak judge)" in page(weak, outcome())
    assert "weak judge" not in page(result(), outcome())
    assert any("weak judge" in line for line in printed(weak))


@pytest.mark.parametrize(("protocol", "flagged"), [("twinfaces", 1), ("photos", 0)])
def test_photographs_ask_less_of_a_judge(protocol: str, flagged: int) -> None:
    assert len(warnings((), untrained_judge(balanced=0.9), protocol)) == flagged


def test_a_weak_second_judge_is_named_beside_its_own_figures_only() -> None:
    weak, good = untrained_judge(balanced=0.9), untrained_judge()
    (warning,) = warnings((), good, "twinfaces", second=weak)
    assert "second judge of Eyeglasses is below 95 %" in warning
    both = (figure("judged_success", 0.9), figure("second_success", 0.8), figure("disagreement", 0.1))
    found = replace(result(), figures=both, details={"second": weak.facts()})
    text = page(found, outcome())
    assert "Judged success, second judge (weak judge)" in text
    assert "Judges disagree (weak judge)" in text
    assert "Judged success (weak judge)" not in text
    assert f"checksum of its weights {weak.facts()['checksum']}" in text


def test_a_judge_that_could_not_be_examined_is_weak() -> None:
    assert warnings((), untrained_judge(balanced=math.nan), "photos")


def test_enough_reconstruction_is_no_warning() -> None:
    good = tuple(replace(f, value=24.0) if f.measure == "psnr" else f for f in FIGURES)
    assert not warnings(good, untrained_judge(), "twinfaces")


def printed(found: Result) -> list[str]:
    console = Console(width=100, record=True, file=open("/dev/null", "w"))  # noqa: SIM115
    print_tables(found, console)
    return console.export_text().splitlines()


def test_the_terminal_shows_the_same_numbers() -> None:
    lines = printed(result())
    row = next(line for line in lines if "Error to the twin" in line)
    assert row.split()[-3:] == ["0.410", "1.000", "0.570"]


def test_adding_and_removing_have_tables_of_their_own() -> None:
    assert [(sheet.direction, len(sheet.rows)) for sheet in sheets(result())] == [("adding", 3), ("removing", 2)]


def test_the_result_file_is_strict_json(tmp_path: Path) -> None:
    write_json(tmp_path / "evaluation" / "twinfaces.json", result())
    text = (tmp_path / "evaluation" / "twinfaces.json").read_text()
    found = json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))
    assert (found["format"], found["protocol"], found["version"]) == (FORMAT, "twinfaces", 1)
    assert found["judge_accuracy"]["Eyeglasses"]["balanced"] == 0.99
    assert found["figures"][-1]["value"] is None
    assert all(entry["count"] for entry in found["figures"])
