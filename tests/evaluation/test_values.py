"""Figures of single faces, and results, come back as they were written."""

from pathlib import Path

import pytest
import torch

from facegan.errors import UserError
from facegan.evaluation.measures.ratio import Ratio
from facegan.evaluation.result import write_json
from facegan.evaluation.result_file import read_result
from facegan.evaluation.values import Values, read_values, values_file, write_values
from tests.evaluation.test_report import result


def test_values_come_back(tmp_path: Path) -> None:
    each = {
        ("Eyeglasses", "adding", "psnr"): Ratio.of(torch.tensor([20.0, 30.0])),
        ("Eyeglasses", "removing", "twin_error"): Ratio(torch.tensor([1.0, 0.0]), torch.tensor([4.0, 0.0])),
    }
    path = values_file(tmp_path / "evaluation" / "twinfaces.json")
    write_values(path, Values(each=each, cases={"Eyeglasses/adding": "abc"}))
    found = read_values(path)
    assert found.cases == {"Eyeglasses/adding": "abc"}
    assert found.each.keys() == each.keys()
    for key, ratio in each.items():
        assert found.each[key].above.equal(ratio.above)
        assert found.each[key].below.equal(ratio.below)
    assert [file.name for file in path.parent.iterdir()] == ["twinfaces.values.safetensors"]


def test_missing_and_damaged_values_are_one_line(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="evaluate again"):
        read_values(tmp_path / "none.safetensors")
    (tmp_path / "bad.safetensors").write_bytes(b"nonsense")
    with pytest.raises(UserError, match=r"bad\.safetensors.*evaluate again"):
        read_values(tmp_path / "bad.safetensors")


def test_a_result_comes_back(tmp_path: Path) -> None:
    write_json(tmp_path / "it.json", result())
    found = read_result(tmp_path / "it.json")
    assert (found.protocol, found.attributes) == ("twinfaces", ("Eyeglasses",))
    assert repr(found.judge_accuracy) == repr(result().judge_accuracy)  # NaN is not equal to NaN
    assert found.figures[:-1] == result().figures[:-1]
    assert found.figures[-1].value != found.figures[-1].value  # null is no number


@pytest.mark.parametrize("text", ["{", "[]", "{}", '{"format": 99}'])
def test_a_result_that_is_none_is_one_line(text: str, tmp_path: Path) -> None:
    (tmp_path / "it.json").write_text(text)
    with pytest.raises(UserError, match=r"it\.json"):
        read_result(tmp_path / "it.json")
