"""Judges of these tests are small, trained once for all of them, and kept in a folder of the tests' own."""

from pathlib import Path

import pytest

from facegan.evaluation import judge_data
from facegan.evaluation.judge_training import Recipe

# Good enough to see that a face was left as it was.
QUICK = Recipe(block="plain", width=8, seed=4, steps=200, batch=32)


@pytest.fixture(scope="session")
def shared_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(autouse=True)
def small_judges(monkeypatch: pytest.MonkeyPatch, shared_cache: Path) -> None:
    monkeypatch.setenv("FACEGAN_CACHE", str(shared_cache))
    monkeypatch.setattr("facegan.evaluation.judge_cache.RECIPES", {"report": QUICK, "selection": QUICK})
    monkeypatch.setattr("facegan.evaluation.judge_cache.TWIN_FACES", 1200)
    monkeypatch.setattr(judge_data, "EXAM", 200)
