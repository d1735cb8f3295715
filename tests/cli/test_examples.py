"""Every command that the helps, the pages and the comments of conf/ show can be read as it is written there."""

import re
import shlex
from pathlib import Path

import pytest
from hydra.core.override_parser.overrides_parser import OverridesParser

from facegan.cli.main import COMMANDS
from facegan.config import conf_dir

ROOT = Path(__file__).parents[2]
PAGES = [
    *(ROOT / "facegan" / "cli").glob("*.py"),
    *(page for folder in ("docs", "experiments") for page in (ROOT / folder).rglob("*.md")),
    ROOT / "README.md",
    *(ROOT / "conf").rglob("*.yaml"),
]

MAKES_UP_PARTS = "docs/adding-a-part.md"


def commands(text: str) -> list[str]:
    """Lines that are a command, and commands inside backticks; without what is said beside them."""
    lines = [line.strip(" #$") for line in text.replace("\\\n", " ").splitlines()]
    shown = [line for line in lines if re.match(r"facegan [a-z]+ ", line)]
    shown += [" ".join(one.split()) for one in re.findall(r"`(facegan [^`]+)`", text)]
    return [re.split(r"\s{2,}|\s#\s", one)[0] for one in shown]


WRITTEN = sorted({(page.relative_to(ROOT).as_posix(), one) for page in PAGES for one in commands(page.read_text())})


@pytest.mark.parametrize(("page", "command"), WRITTEN)
def test_command_can_be_read(page: str, command: str) -> None:
    name, *words = shlex.split(command)[1:]
    assert name.strip("-") in {*COMMANDS, "help", "COMMAND"}, f"{page}: no command {name!r}"
    overrides = [word for word in words if "=" in word and not word.startswith("-")]
    for one in OverridesParser.create().parse_overrides(overrides):
        folder, choice = conf_dir() / one.key_or_group, one.value()
        if page != MAKES_UP_PARTS and folder.is_dir() and isinstance(choice, str) and choice.islower():
            assert (folder / f"{choice}.yaml").is_file(), f"{page}: {command}: conf/ has no {one.key_or_group}={choice}"


def test_they_are_found() -> None:
    pages = {page for page, _ in WRITTEN}
    assert {"README.md", "facegan/cli/hallmark.py", "docs/results.md"} <= pages
