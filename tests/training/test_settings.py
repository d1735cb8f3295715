"""What a run cannot be told is refused before it begins, by its name on the command line."""

import math
from typing import Any

import pytest

from facegan.errors import UserError
from facegan.training.settings import Settings


@pytest.mark.parametrize("wrong", [None, "often", True, [1], -1, math.nan, math.inf])
@pytest.mark.parametrize("name", ["images", "picture_every", "checkpoint_seconds", "limit"])
def test_what_is_no_number_is_refused(name: str, wrong: Any) -> None:
    with pytest.raises(UserError, match=rf"trainer\.{name}=.*: a number from 0 is needed") as caught:
        Settings(**{"images": 10, "batch_size": 2, name: wrong})
    assert ("0 switches it off" in str(caught.value)) is (name == "picture_every")


def test_faces_come_whole() -> None:
    with pytest.raises(UserError, match=r"trainer\.batch_size=2\.5: a whole number"):
        Settings(images=10, batch_size=2.5)  # type: ignore[arg-type]


def test_averages_may_be_off_and_intervals_0() -> None:
    assert Settings(images=10, batch_size=2, ema_decay=None, picture_every=0).picture_every == 0


@pytest.mark.parametrize("name", ["images", "batch_size", "accumulate"])
def test_nothing_to_train_on_is_refused(name: str) -> None:
    with pytest.raises(UserError, match=f"trainer.{name}=0: at least 1"):
        Settings(**{"images": 10, "batch_size": 2, name: 0})
