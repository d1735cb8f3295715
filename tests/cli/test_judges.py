"""`facegan judges`: makes them once, and prints what each is worth."""

import json

import pytest

from facegan.cli.main import main
from facegan.evaluation import judge_cache, judge_data
from facegan.evaluation.judge_training import Recipe

QUICK = Recipe(block="plain", width=8, seed=4, steps=2, batch=8)


@pytest.fixture(autouse=True)
def quick_judges(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    monkeypatch.setenv("FACEGAN_CACHE", str(tmp_path_factory.mktemp("cache")))
    monkeypatch.setattr(judge_cache, "RECIPES", dict.fromkeys(("report", "second", "selection"), QUICK))
    monkeypatch.setattr(judge_cache, "TWIN_FACES", 32)
    monkeypatch.setattr(judge_data, "EXAM", 40)


def test_the_cards_of_a_data_sets_judges(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    asked = ["judges", "image_size=16", "attributes=[Wearing_Hat]"]
    assert main([*asked, "--json"]) == 0
    cards = json.loads(capsys.readouterr().out)
    assert [card["judge"] for card in cards] == ["judge", "second judge", "selection judge"]
    assert len({card["key"] for card in cards}) == 3
    for card in cards:
        (accuracy,) = card["accuracy"].values()
        assert sum(accuracy["confusion"].values()) == 40
        assert card["trusted"] == {"Wearing_Hat": accuracy["balanced"] >= 0.95}
    monkeypatch.setattr(judge_cache, "train_network", None)
    assert main(asked) == 0
    text = capsys.readouterr().out
    assert all(card["checksum"] in text for card in cards)
    assert "weak: below 95 %" in text


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        ("image_size=small", "a whole number"),
        ("attributes=[]", "name one at least"),
        ("attributes=[Wings]", "Wings"),
        ("judge=onnx", "name the file"),
    ],
)
def test_bad_input_is_one_line(wish: str, words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["judges", "image_size=16", wish]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert words in line
