"""Judges of these tests are small, and live in a folder of the test's own."""

from pathlib import Path

import pytest

from facegan.evaluation import embedders, judge_data


@pytest.fixture(autouse=True)
def small_judges(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A cache of its own for every test, and short exams."""
    monkeypatch.setenv("FACEGAN_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(judge_data, "EXAM", 200)
    monkeypatch.setattr(embedders, "EXAM", 60)
