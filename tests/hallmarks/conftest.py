"""Judges of these tests are small, and everything lies in a folder of the test's own."""

from pathlib import Path

import pytest

from facegan.evaluation import judge_data
from facegan.evaluation.judge_training import Recipe

QUICK = Recipe(block="plain", width=8, seed=4, steps=2, batch=8)


@pytest.fixture(autouse=True)
def small_judges(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("FACEGAN_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr("facegan.evaluation.judge_cache.RECIPES", {"report": QUICK, "selection": QUICK})
    monkeypatch.setattr("facegan.evaluation.judge_cache.TWIN_FACES", 32)
    monkeypatch.setattr(judge_data, "EXAM", 32)
