"""Judges of these tests are small, and live in a folder of the test's own; what torch has downloaded is not seen."""

from pathlib import Path

import pytest

from facegan.evaluation import embedders, judge_data


@pytest.fixture(autouse=True)
def small_judges(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A cache of its own for every test, and short exams."""
    monkeypatch.setenv("FACEGAN_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    monkeypatch.setattr(judge_data, "EXAM", 200)
    monkeypatch.setattr(embedders, "EXAM", 60)
