"""A config from elsewhere is data: what it names is looked up, never imported, never called; mistakes get one line."""

import sys
from pathlib import Path
from typing import Any

import pytest

from facegan.assemble import make_model, open_model
from facegan.cli.main import main
from facegan.config import allowed, build, compose_config, read_yaml, write_yaml
from facegan.errors import UserError
from facegan.losses.adversarial import WassersteinGP
from facegan.training.run_folder import RunFolder
from tests.tiny import tiny_config

PLUGIN = """
import pathlib
from facegan.losses.reconstruction import L1

pathlib.Path(__file__).with_name("imported").touch()

class Doubled(L1):
    def forward(self, prediction, target):
        return 2 * super().forward(prediction, target)
"""


@pytest.fixture
def plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user's own package on the path; the file `imported` tells when it was imported."""
    package = tmp_path / "plugins" / "mypkg"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text(PLUGIN)
    monkeypatch.syspath_prepend(str(package.parent))
    monkeypatch.delitem(sys.modules, "mypkg", raising=False)
    return package / "imported"


@pytest.fixture
def bait(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A module whose import, and whose function's call, leave a file behind."""
    (tmp_path / "bait.py").write_text(
        f"open({str(tmp_path / 'bitten')!r}, 'w').close()\ndef bite(**_): raise SystemExit"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    return tmp_path / "bitten"


def refused(node: Any, kind: str = "model") -> str:
    """The one line with which a node is refused."""
    with pytest.raises(UserError) as info:
        build(node, kind)
    assert "\n" not in str(info.value)
    return str(info.value)


HOSTILE = (
    "os.system", "logging.os.system", "subprocess.run", "builtins.eval", "builtins.exec", "pickle.loads",
    "runpy.run_path", "torch.load",
    "torch.hub.load", "torch.jit.load", "torch.utils.cpp_extension.load_inline", "numpy.load",
    "pathlib.Path.unlink", "webbrowser.open", "facegan.config.write_yaml", "facegan.config.importlib.import_module",
    "facegan.networks.sizes.named", "facegan.losses.reconstruction.L1.__init__", "facegan.models.base.Model.__class__",
    "torch.optim.Optimizer", "hydra.utils.instantiate", "bait.bite", "bait", "", "model",
)  # fmt: skip


@pytest.mark.parametrize("target", HOSTILE)
@pytest.mark.parametrize("partial", [False, True])
def test_a_foreign_target_is_refused_and_never_imported(target: str, partial: bool, bait: Path) -> None:
    hidden = {"_target_": "facegan.losses.reconstruction.L1", "inner": [{"_target_": target, "_partial_": partial}]}
    for node in ({"_target_": target, "_partial_": partial, "command": "true"}, hidden):
        assert f"names {target!r}, which is no component of facegan" in refused(node)
    assert not bait.exists()
    assert "bait" not in sys.modules


@pytest.mark.parametrize("target", [["os", "system"], {"a": 1}, 7, None, True])
def test_a_target_that_is_no_name_is_refused(target: Any) -> None:
    assert "no component of facegan" in refused({"_target_": target})


@pytest.mark.parametrize("key", ["_args_", "_convert_", "_recursive_", "__class__", "_call_", "_target__"])
def test_hydras_other_keys_and_dunders_are_refused(key: str) -> None:
    assert key in refused({"_target_": "facegan.losses.reconstruction.L1", key: ["x"]})


@pytest.mark.parametrize("text", ["${oc.env:HOME}", "a ${oc.env:HOME} b", "${..seed}", "${oc.decode:x}", "${eval:1}"])
def test_an_interpolation_is_refused_and_not_resolved(text: str) -> None:
    message = refused({"_target_": "facegan.losses.adversarial.WassersteinGP", "sided": text})
    assert "interpolation" in message
    assert text in message


def test_a_component_of_another_kind_is_refused() -> None:
    assert "for this place" in refused({"_target_": "facegan.networks.encoders.ConvEncoder"}, "data")
    assert "for this place" in refused({"_target_": "torch.optim.Adam", "_partial_": True}, "model")
    assert "for this place" in refused({"_target_": "facegan.losses.reconstruction.L1"}, "optimizer")


def test_what_is_allowed_builds() -> None:
    built = build({"_target_": "facegan.losses.adversarial.WassersteinGP", "sided": "one"}, "model")
    assert isinstance(built, WassersteinGP)


def test_nothing_but_classes_of_the_package_is_allowed() -> None:
    for kind in ("model", "data", "schedule"):
        assert all(name.startswith("facegan.") for name in allowed(kind))
    assert {name for name in allowed("optimizer") if not name.startswith("facegan.")} <= {
        f"torch.optim.{name}" for name in ("Adam", "AdamW", "RMSprop", "SGD", "NAdam", "RAdam", "Adagrad")
    }


def test_an_unknown_argument_is_one_line_with_its_name() -> None:
    message = refused({"_target_": "facegan.losses.adversarial.WassersteinGP", "sidde": "one"})
    assert "WassersteinGP" in message
    assert "sidde" in message


def test_what_was_meant_is_said_where_it_can_be_guessed() -> None:
    assert "mean facegan.losses.reconstruction.Charbonnier?" in refused(
        {"_target_": "facegan.losses.reconstruction.Charbonier"}
    )
    assert "plugins=[mine]" in refused({"_target_": "mine.Charbonnier"})
    assert "plugins=[mine]" in refused({"_target_": "mine.losses.reconstruction.Charbonnier"})
    assert "plugins" not in refused({"_target_": None})
    assert "plugins" not in refused({"_target_": "os.system"})


@pytest.mark.parametrize(
    ("override", "said"),
    [
        ("~model.encoder", "# @package model.encoder"),
        ("~model.encoder._partial_", "_partial_: true"),
        ("~model.weights.autoencoder.wrong_class.last", "'last'$"),
        ("+model.nose=1", "nose"),
    ],
)
def test_a_line_that_a_yaml_file_lacks_is_named(override: str, said: str) -> None:
    with pytest.raises(UserError, match=said) as info:
        make_model(tiny_config("fader_quickstart", override), image_size=16, attributes=("Eyeglasses",))
    assert "\n" not in str(info.value)


@pytest.mark.parametrize("node", [{}, {"width": 3}, None, "facegan.losses.reconstruction.L1", []])
def test_a_node_without_a_target_is_one_line(node: Any) -> None:
    assert "_target_" in refused(node)


@pytest.mark.parametrize(
    ("override", "said"),
    [("encoder=nonsense", "nonsense"), ("trainer.imagse=3", "imagse"), ("model=${", "model"), ("seed", "seed")],
)
def test_a_wrong_override_is_one_line(override: str, said: str) -> None:
    with pytest.raises(UserError, match=said) as info:
        compose_config("train", [override])
    assert "\n" not in str(info.value)


def test_a_users_own_package_is_opted_in_by_name(plugin: Path) -> None:
    node = {"_target_": "mypkg.Doubled"}
    assert "mypkg.Doubled" in refused(node)
    assert not plugin.exists()
    assert type(build(node, "model", plugins=["mypkg"])).__name__ == "Doubled"
    with pytest.raises(UserError, match="no component"):
        build({"_target_": "os.system"}, "model", plugins=["mypkg"])


def test_a_plugin_that_is_not_there_is_one_line() -> None:
    with pytest.raises(UserError, match="cannot import 'no_such_package'"):
        build({"_target_": "os.system"}, "model", plugins=["no_such_package"])


def test_the_command_line_opts_a_plugin_in(plugin: Path) -> None:
    """As `facegan train ... plugins=[mypkg]` does."""
    config = tiny_config("genegan_quickstart", "plugins=[mypkg]", "model.reconstruction._target_=mypkg.Doubled")
    model = make_model(config, image_size=16, attributes=("Eyeglasses",))
    assert type(model.reconstruction).__name__ == "Doubled"
    assert plugin.exists()


def begin(folder: Path, config: dict[str, Any]) -> RunFolder:
    """A run folder with this config, as somebody else may have made it."""
    run = RunFolder(folder)
    run.begin({"image_size": 16, "attributes": ["Eyeglasses"], "data": "tiny", "crop": {}})
    write_yaml(run.config, config)
    return run


def test_a_run_folder_cannot_opt_a_plugin_in(plugin: Path, tmp_path: Path) -> None:
    config = tiny_config("genegan_quickstart", "plugins=[mypkg]", "model.reconstruction._target_=mypkg.Doubled")
    with pytest.raises(UserError, match=r"mypkg\.Doubled"):
        open_model(begin(tmp_path / "run", config))
    assert not plugin.exists()


@pytest.mark.parametrize("target", ["os.system", "torch.hub.load", "bait.bite"])
def test_a_hostile_run_folder_is_one_line_and_exit_code_2(
    target: str, bait: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    config = tiny_config("genegan_quickstart")
    config["model"]["encoder"] = {"_target_": target, "command": f"touch {bait}"}
    begin(tmp_path / "run", config)
    assert main(["edit", f"run={tmp_path / 'run'}", "nobody.jpg", "Eyeglasses=1"]) == 2
    said = capfd.readouterr().err
    assert target in said
    assert said.count("\n") == 1
    assert not bait.exists()


def test_a_config_that_is_no_config_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    for content in ("a: [1, 2", "- a\n- b", "a: ${b", "!!python/object/apply:os.system ['true']"):
        path.write_text(content)
        with pytest.raises(UserError) as info:
            build(read_yaml(path).get("a"), "model")
        assert "\n" not in str(info.value)
