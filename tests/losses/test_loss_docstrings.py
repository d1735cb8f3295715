"""A loss states what it is: a docstring on every public class and function, no state, nothing above it imported."""

import ast
import importlib
import inspect
import pkgutil
from pathlib import Path
from types import ModuleType

import pytest
from torch import nn

import facegan.losses

MODULES = [
    importlib.import_module(f"facegan.losses.{found.name}") for found in pkgutil.iter_modules(facegan.losses.__path__)
]


def public(module: ModuleType) -> list[type]:
    return [
        member
        for name, member in inspect.getmembers(module, inspect.isclass)
        if member.__module__ == module.__name__ and not name.startswith("_")
    ]


CLASSES = [member for module in MODULES for member in public(module)]


@pytest.mark.parametrize("loss", CLASSES, ids=lambda loss: loss.__name__)
def test_a_loss_documents_itself_and_takes_its_settings_by_name(loss: type) -> None:
    assert loss.__doc__
    settings = list(inspect.signature(loss.__init__).parameters.values())[1:]
    if loss.__init__ is not object.__init__:
        assert all(setting.kind is inspect.Parameter.KEYWORD_ONLY for setting in settings)
    assert not issubclass(loss, nn.Module)


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_losses_import_torch_and_each_other_only(module: ModuleType) -> None:
    assert module.__file__
    for node in ast.walk(ast.parse(Path(module.__file__).read_text())):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        names += [str(node.module)] if isinstance(node, ast.ImportFrom) else []
        for name in names:
            assert name.split(".")[0] in {"torch", "abc", "collections", "math", "typing"} or name.startswith(
                "facegan.losses"
            )
