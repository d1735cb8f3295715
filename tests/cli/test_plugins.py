"""A run whose parts come from a package of the user's own: commands that read a run take `plugins`, as they say it."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import facegan
from facegan.cli.main import main
from facegan.training.run_folder import RunFolder
from tests.runs import photo, tiny_run

PACKAGE = '''"""A loss of the user's own."""
from facegan.losses.reconstruction import L1


class Mine(L1):
    """Nothing is added."""
'''


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RunFolder]:
    (tmp_path / "ownparts.py").write_text(PACKAGE)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.chdir(tmp_path)
    wish = ("plugins=[ownparts]", "model.reconstruction._target_=ownparts.Mine")
    yield tiny_run(tmp_path / "run", "semilatent_quickstart", *wish)
    sys.modules.pop("ownparts", None)


COMMANDS = (["edit", "me.png", "Eyeglasses=1"], ["generate", "count=1"])


@pytest.mark.parametrize("plugins", ["ownparts", "[ownparts]"])
@pytest.mark.parametrize("words", COMMANDS, ids=lambda words: words[0])
def test_a_command_opts_it_in(words: list[str], plugins: str, run: RunFolder) -> None:
    photo(Path("me.png"))
    assert main([words[0], f"run={run.root}", f"plugins={plugins}", *words[1:]]) == 0


@pytest.mark.parametrize("words", [*COMMANDS, ["evaluate"]], ids=lambda words: words[0])
def test_without_the_word_it_is_refused(words: list[str], run: RunFolder, capsys: pytest.CaptureFixture[str]) -> None:
    photo(Path("me.png"))
    assert main([words[0], f"run={run.root}", *words[1:]]) == 2
    assert "ownparts.Mine" in capsys.readouterr().err


@pytest.mark.parametrize("plugins", ["ownparts", "[ownparts]"])
def test_evaluate_opens_the_run_too(plugins: str, run: RunFolder, capsys: pytest.CaptureFixture[str]) -> None:
    """What stops it afterwards is that no such protocol is known."""
    assert main(["evaluate", f"run={run.root}", f"plugins={plugins}", "protocol=nose"]) == 2
    assert "nose" in capsys.readouterr().err


def test_python_opts_it_in(run: RunFolder) -> None:
    assert facegan.load(run.root, plugins=["ownparts"]).verbs
