"""The rules of the house: style, types, imports that go down only, files of one idea, nothing of one machine."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[1]
LONGEST_FILE = 400

# A path below a home or a working folder, and any index of packages: both tie the project to a place.
MACHINE_PATH = re.compile(r"(?<![\w.}])/(?:home|root|Users|work|farm|opt|tmp)/")
REGISTRY = re.compile(r"(?:pypi|pythonhosted|download\.pytorch)\.org|index-url|find-links|trusted-host")
UNFINISHED = re.compile(
    r"\b(?:TO" r"DO|FIX" r"ME|X" r"XX|HA" r"CK)\b|raise NotImplementedError\(\)|#\s*(?:stub|placeholder)"
)


def answer(*command: str) -> str:
    """What a tool of this environment says, empty when it finds nothing wrong."""
    tool = [str(Path(sys.executable).parent / command[0]), *command[1:]]
    result = subprocess.run(tool, cwd=CHECKOUT, capture_output=True, text=True, check=False)
    return "" if result.returncode == 0 else result.stdout + result.stderr


def tracked(*suffixes: str) -> list[Path]:
    """The project's own text files: what git tracks and is there."""
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=CHECKOUT, capture_output=True, text=True, check=False)
    if listing.returncode != 0:
        pytest.skip("this is no git checkout, so nobody knows which files are the project's")
    files = [CHECKOUT / name for name in listing.stdout.split("\0") if name]
    return [path for path in files if path.is_file() and (path.suffix in suffixes or path.name in suffixes)]


def places(pattern: re.Pattern[str], files: list[Path]) -> list[str]:
    """file:line of every match."""
    return [
        f"{path.relative_to(CHECKOUT)}:{number}: {line.strip()[:100]}"
        for path in files
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if pattern.search(line)
    ]


TEXT = (
    ".py",
    ".yaml",
    ".yml",
    ".toml",
    ".md",
    ".ipynb",
    ".json",
    ".csv",
    ".txt",
    ".sh",
    "Makefile",
    "run",
    ".gitignore",
)


@pytest.mark.parametrize(
    "command",
    [
        ("ruff", "check", "--quiet", "--output-format=concise", "."),
        ("ruff", "format", "--check", "--quiet", "."),
        ("mypy",),
        ("lint-imports", "--no-logo"),
    ],
    ids=["ruff-check", "ruff-format", "mypy-strict", "import-laws"],
)
def test_tool_finds_nothing(command: tuple[str, ...]) -> None:
    found = answer(*command)
    assert not found, found


def test_no_file_holds_a_second_idea() -> None:
    long = {
        str(path.relative_to(CHECKOUT)): lines
        for path in (CHECKOUT / "facegan").rglob("*.py")
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > LONGEST_FILE
    }
    assert not long


@pytest.mark.parametrize("pattern", [MACHINE_PATH, REGISTRY, UNFINISHED], ids=["machine", "registry", "unfinished"])
def test_no_file_is_unfinished_or_tied_to_a_place(pattern: re.Pattern[str]) -> None:
    files = [path for path in tracked(*TEXT) if path != Path(__file__)]
    assert len(files) > 50
    assert not places(pattern, files)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (MACHINE_PATH, "root = '/home/ann/faces'"),
        (MACHINE_PATH, "data.root=/wo" + "rk/data"),
        (REGISTRY, "pip install --index-url https://example.org torch"),
        (UNFINISHED, "# TO" + "DO: later"),
    ],
)
def test_the_patterns_see_what_they_look_for(pattern: re.Pattern[str], text: str) -> None:
    assert pattern.search(text)
    assert not pattern.search("python -m facegan train run=runs/work/home")


def test_the_import_laws_bite(tmp_path: Path) -> None:
    """A copy of the tree in which a network looks at a loss breaks the contracts."""
    for name in ("facegan", "pyproject.toml"):
        subprocess.run(["cp", "-r", str(CHECKOUT / name), str(tmp_path / name)], check=True)
    sinner = tmp_path / "facegan" / "networks" / "sizes.py"
    sinner.write_text(sinner.read_text() + "\nimport facegan.losses.latent\n")
    tool = str(Path(sys.executable).parent / "lint-imports")
    result = subprocess.run(
        [tool, "--no-logo", "--no-cache"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert result.returncode == 1
    assert "facegan.networks.sizes -> facegan.losses.latent" in result.stdout
