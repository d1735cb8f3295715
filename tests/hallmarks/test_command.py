"""`facegan hallmark`, from a tiny training to its files, again and again, and its answers to bad input."""

import json
import re
from pathlib import Path

import pytest
from PIL import Image

from facegan.cli.main import main
from facegan.config import compose_config
from facegan.hallmarks.plan import compose_hallmark, hallmark_names, read_plan
from facegan.hallmarks.result import read_result
from facegan.hallmarks.trial import Trial
from facegan.training.engine import InterruptedRunError
from facegan.training.meter import TrainingBrokeError
from tests.hallmarks.tiny import tiny_words

NAMES = hallmark_names()


@pytest.mark.parametrize("name", NAMES)
def test_a_hallmark_is_trained_checked_and_shown(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = tiny_words(name, tmp_path / "run")
    # A model of a few steps cannot have it.
    assert main(["hallmark", name, *words]) == 1
    said = capsys.readouterr().out
    found = json.loads((tmp_path / "run" / "hallmark.json").read_text())
    result = read_result(tmp_path / "run" / "hallmark.json")
    assert not found["passed"]
    assert {row.name for row in result.rows if row.threshold} == set(Trial(name, words).plan.thresholds)
    assert not [row.name for row in result.rows if row.caught is False]  # the idle editor fails every threshold
    assert result.cost["train"]["cpu"] > 0 < result.cost["check"]["cpu"]
    assert result.processor
    assert Image.open(tmp_path / "run" / "hallmark.png").width > 100
    assert "hallmark is NOT there" in said
    assert "picture:" in said


@pytest.mark.parametrize("name", NAMES)
def test_every_threshold_fails_a_broken_variant(name: str) -> None:
    plan = read_plan(name, compose_hallmark(name)["hallmark"])
    assert {fail for broken in plan.broken.values() for fail in broken.fails} == set(plan.thresholds)
    assert [broken.why for broken in plan.broken.values() if broken.train]  # one of them is trained with it


@pytest.mark.parametrize("name", NAMES)
def test_the_overrides_of_a_plan_compose(name: str) -> None:
    plan = read_plan(name, compose_hallmark(name)["hallmark"])
    for broken in [(), *(variant.train for variant in plan.broken.values())]:
        assert compose_config("train", [*plan.train, *broken])["model"]["_target_"]


def test_a_second_call_only_checks_and_a_longer_one_goes_on(tmp_path: Path) -> None:
    words = tiny_words("fader", tmp_path / "run")
    main(["hallmark", "fader", *words])
    trial = Trial("fader", words)
    before, first = trial.folder.last.read_bytes(), read_result(trial.result_file)
    main(["hallmark", "fader", *words])
    second = read_result(trial.result_file)
    assert trial.folder.last.read_bytes() == before
    assert [row.value for row in first.rows] == pytest.approx([row.value for row in second.rows], nan_ok=True)
    assert first.cost["train"] == second.cost["train"]
    longer = tiny_words("fader", tmp_path / "run", images=192)
    assert not Trial("fader", longer).trained()
    main(["hallmark", "fader", *longer])
    third = read_result(trial.result_file)
    assert third.images == 192
    assert third.cost["train"]["cpu"] > second.cost["train"]["cpu"]


def test_all_skips_what_is_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("facegan.cli.hallmark.hallmark_names", lambda: ["fader"])
    words = tiny_words("fader", tmp_path / "run")
    main(["hallmark", "--all", *words])
    trial = Trial("fader", words)
    made = trial.result_file.stat().st_mtime_ns
    assert main(["hallmark", "--all", *words]) == 1
    assert trial.result_file.stat().st_mtime_ns == made
    main(["hallmark", "--all", *words, "hallmark.seed=12"])
    assert trial.result_file.stat().st_mtime_ns > made


def test_a_variant_broken_at_its_verbs_needs_no_training_of_its_own(tmp_path: Path) -> None:
    words = [*tiny_words("fader", tmp_path / "run"), "broken=strength_ignored"]
    assert main(["hallmark", "fader", *words]) == 0
    result = read_result(tmp_path / "run" / "hallmark-strength_ignored.json")
    values = {row.name: row.value for row in result.rows}
    assert values["follows_adding"] == values["follows_removing"] == 0
    assert not (tmp_path / "run" / "hallmark.json").exists()


def test_a_variant_that_is_trained_anew_has_a_run_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    words = [*tiny_words("fader", None), "broken=adversary_off"]
    main(["hallmark", "fader", *words])
    trial = Trial("fader", words)
    assert trial.result_file == Path("runs/hallmark-fader-adversary_off/hallmark.json")
    assert read_result(trial.result_file).broken == "adversary_off"
    assert trial.training["model"]["weights"]["autoencoder"]["wrong_class"] == 0


@pytest.mark.parametrize(
    ("error", "code", "line"),
    [
        (InterruptedRunError(), 130, "stopped; its checkpoint is written"),
        (TrainingBrokeError("a term is nan"), 1, "a term is nan; the last good"),
    ],
)
def test_a_training_that_ends_early_says_so(
    error: Exception, code: int, line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    def stopped(*_: object) -> None:
        raise error

    monkeypatch.setattr("facegan.cli.hallmark.train", stopped)
    assert main(["hallmark", "fader", *tiny_words("fader", tmp_path / "run"), "broken=all"]) == code
    said = [one for one in capsys.readouterr().err.splitlines() if line in one]
    assert len(said) == (1 if code == 130 else 2)  # an interruption ends everything, a run that breaks only itself


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["nobody"], "no hallmark for 'nobody'; there are: "),
        ([], "which system?"),
        (["fader", "--all"], "which system?"),
        (["fader", "broken=nothing"], "broken=nothing: fader can be broken by: adversary_off, strength_ignored"),
        (["fader", "faces=3"], "faces"),
        (["fader", "hallmark.thresholds.probe={above: 1}"], "hallmark.thresholds.probe"),
        (["fader", "+hallmark.thresholds.extra={at_most: 1}", "TINY"], "no figures ['extra']"),
        (["fader", "hallmark.check._target_=os.system"], "no component of facegan"),
        (["--markdown", "nowhere.md"], "holds no hallmark's results"),
        (["--collect", "kept"], "holds no hallmark's results"),
    ],
)
def test_bad_input_is_one_line(
    words: list[str], line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    words = [w for word in words for w in (tiny_words("fader", tmp_path / "run") if word == "TINY" else [word])]
    assert main(["hallmark", *words]) == 2
    said = [one for one in capsys.readouterr().err.splitlines() if one.startswith("facegan: ")]
    assert len(said) == 1
    assert line in said[0]


def test_help_shows_examples_and_systems(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["hallmark", "--help"])
    said = capsys.readouterr().out
    assert len(re.findall(r"^  facegan hallmark ", said, re.MULTILINE)) >= 3
    assert all(name in said for name in NAMES)
