"""A wheel and an editable install both find their configs, from any folder and without network."""

import filecmp
import subprocess
import sys
import sysconfig
from pathlib import Path
from zipfile import ZipFile

import pytest
from build import ProjectBuilder

CHECKOUT = Path(__file__).parents[1]
DEPENDENCIES = sysconfig.get_path("purelib")

PROBE = """
import site, sys
site.addsitedir(sys.argv[1])
import facegan.config
print(facegan.config.conf_dir())
print(facegan.config.compose_config("train", ["model=genegan", "seed=7"])["seed"])
"""


def conf_files(folder: Path) -> list[str]:
    files = (path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return sorted(str(path.relative_to(folder)) for path in files)


def installed(kind: str, tmp_path: Path) -> Path:
    """A fresh folder with nothing but this package in it, installed as pip would."""
    archive = ProjectBuilder(CHECKOUT).build(kind, tmp_path / "built")  # type: ignore[arg-type]
    target = tmp_path / "target"
    with ZipFile(archive) as file:
        file.extractall(target)
    return target


def probe(target: Path, elsewhere: Path) -> list[str]:
    """What an interpreter says that stands in another folder and has, besides the target, the dependencies only.

    With -S it does not see this environment's own editable install, whose .pth file would answer in the target's place.
    """
    elsewhere.mkdir()
    result = subprocess.run(
        [sys.executable, "-S", "-c", PROBE, str(target)],
        cwd=elsewhere, env={"PYTHONPATH": f"{target}:{DEPENDENCIES}"}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    return result.stdout.splitlines()


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return installed("wheel", tmp_path_factory.mktemp("wheel"))


def test_a_wheel_carries_every_config_and_finds_it(wheel: Path, tmp_path: Path) -> None:
    conf = wheel / "facegan" / "conf"
    assert probe(wheel, tmp_path / "elsewhere") == [str(conf), "7"]
    names = conf_files(CHECKOUT / "conf")
    assert conf_files(conf) == names
    assert filecmp.cmpfiles(CHECKOUT / "conf", conf, names, shallow=False) == (names, [], [])


def test_a_wheel_is_typed_and_brings_the_command_and_nothing_else(wheel: Path) -> None:
    assert (wheel / "facegan" / "py.typed").is_file()
    (info,) = wheel.glob("facegan-*.dist-info")
    assert "facegan = facegan.cli.main:main" in (info / "entry_points.txt").read_text()
    assert {path.name for path in wheel.iterdir()} == {"facegan", info.name}


def test_gpu_users_get_a_normal_torch(wheel: Path) -> None:
    (info,) = wheel.glob("facegan-*.dist-info")
    required = [
        line
        for line in (info / "METADATA").read_text().splitlines()
        if line.startswith("Requires-Dist: torch") and "extra ==" not in line
    ]
    assert [line.split()[1].split(">=")[0] for line in required] == ["torch", "torchvision"]
    assert not any("cpu" in line or "@" in line for line in required)


def test_an_editable_install_reads_the_checkouts_own_configs(tmp_path: Path) -> None:
    target = installed("editable", tmp_path)
    assert probe(target, tmp_path / "elsewhere") == [str(CHECKOUT / "conf"), "7"]
