"""Charts and intervals that experiments share."""

import math

import pytest
from PIL import Image

from experiments.chart import Line, Panel, draw
from experiments.intervals import interval


def test_an_interval_is_students() -> None:
    found = interval([1.0, 2.0, 3.0])
    assert found.mean == 2.0
    assert found.half == pytest.approx(4.303 / math.sqrt(3))
    assert interval([2.0, 2.0]).half == 0.0
    assert math.isnan(interval([5.0]).half)
    assert f"{found:.2f}" == "2.00 ± 2.48"


def test_a_chart_is_light_and_the_same_every_time(tmp_path) -> None:
    line = Line(label="one", x=[0.0, 1.0, 2.0], y=[0.1, math.nan, 0.4], half=[0.05, 0.0, 0.1])
    panel = Panel(title="Title", x="x", y="y", lines=[line], levels={"chance": 0.2}, ticks={"none": 0.0, "two": 2.0})
    for name in ("a.png", "b.png"):
        draw([panel, panel], tmp_path / name)
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()
    assert (tmp_path / "a.png").stat().st_size < 100_000
    with Image.open(tmp_path / "a.png") as picture:
        assert picture.width > 900
        assert len(picture.convert("RGB").getcolors() or []) > 3
