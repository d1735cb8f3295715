"""Judges of these tests are trained in a moment, and kept in a folder of the tests' own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from facegan.evaluation.judge_training import Recipe

QUICK = Recipe(block="plain", width=8, seed=4, steps=2, batch=8)


@pytest.fixture(scope="module")
def quick_witnesses(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The cache of judges that nobody should believe."""
    folder = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FACEGAN_CACHE", str(folder))
        patch.setattr("facegan.evaluation.judge_cache.RECIPES", {"report": QUICK, "second": QUICK, "panel": QUICK})
        patch.setattr("facegan.evaluation.judge_cache.TWIN_FACES", 32)
        patch.setattr("facegan.evaluation.judge_data.EXAM", 40)
        patch.setattr("facegan.evaluation.embedders.RECIPE", QUICK)
        patch.setattr("facegan.evaluation.embedders.PERSONS", 16)
        patch.setattr("facegan.evaluation.embedders.EXAM", 16)
        yield folder
