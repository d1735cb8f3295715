"""What holds for every part of conf/, by walking it."""

import ast
import importlib
import inspect
import pkgutil
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import torch
from hydra.utils import get_class

import facegan.networks
from facegan.networks import Decoder, Discriminator, Encoder, Judgement, Translator, Upscaler
from facegan.networks.errors import PartError
from facegan.networks.vectors import Projection
from tests.networks.parts import (
    BATCH,
    CODE,
    CONF,
    GROUPS,
    OUTPUTS,
    PARTS,
    SIZE,
    built,
    condition_of,
    factory,
    inputs,
    node,
    tensors,
)

FACTS = {"inputs", "image_size", "scale", "channels", "condition", "code", "skips", "outputs", "recognition"}
MODULES = [
    importlib.import_module(f"facegan.networks.{found.name}")
    for found in pkgutil.iter_modules(facegan.networks.__path__)
]
CLASSES = [
    member
    for module in MODULES
    for name, member in inspect.getmembers(module, inspect.isclass)
    if member.__module__ == module.__name__ and not name.startswith("_")
]

every_part = pytest.mark.parametrize("name", PARTS)


def test_every_group_has_parts() -> None:
    assert {name.split("/")[0] for name in PARTS} == set(GROUPS)


@every_part
def test_a_yaml_file_lands_in_the_model_and_holds_no_facts_and_no_defaults(name: str) -> None:
    assert (CONF / f"{name}.yaml").read_text().splitlines()[0] == f"# @package model.{name.split('/')[0]}"
    settings = {key: value for key, value in node(name).items() if not key.startswith("_")}
    defaults = get_class(node(name)["_target_"]).__init__.__kwdefaults__
    assert not FACTS & set(settings)
    assert all(key not in defaults or defaults[key] != value for key, value in settings.items())


@every_part
def test_outputs_have_the_promised_shapes_and_are_finite(name: str) -> None:
    part = built(name)
    output = part(*inputs(name))
    assert all(bool(each.isfinite().all()) for each in tensors(output))
    if isinstance(part, Encoder):
        code, skips = output
        assert code.shape == (BATCH, *part.shape)
        assert tuple(tuple(skip.shape[1:]) for skip in skips) == part.skips
        assert [skip.shape[2] for skip in skips] == sorted((skip.shape[2] for skip in skips), reverse=True)
    elif isinstance(part, Decoder):
        assert output.shape == (BATCH, 3, SIZE, SIZE)
        assert output.abs().max() <= 1
    elif isinstance(part, Translator):
        assert output.shape == (BATCH, 3, SIZE, SIZE)
        assert output.abs().max() <= 1 or node(name)["output"] == "none"
    elif isinstance(part, Upscaler):
        assert len(output.partial) == part.recursions
        assert {each.shape for each in tensors(output)} == {(BATCH, 3, SIZE, SIZE)}
    elif isinstance(part, Discriminator):
        assert isinstance(output, Judgement)
        assert output.logits.shape[:1] == (BATCH,)
        assert output.recognition is not None
        assert output.recognition.shape == (BATCH, OUTPUTS)
        assert output.features
    elif isinstance(part, Projection):
        assert output.shape == (BATCH, *CODE)
    else:
        assert output.shape == (BATCH, OUTPUTS)


@every_part
def test_every_parameter_gets_a_gradient(name: str) -> None:
    part = built(name)
    outputs = list(tensors(part(*inputs(name))))
    torch.autograd.backward([(each * torch.randn_like(each)).sum() for each in outputs])
    without = [key for key, parameter in part.named_parameters() if parameter.grad is None or not parameter.grad.any()]
    assert not without


@every_part
def test_a_state_dict_carries_the_whole_part(name: str) -> None:
    one, other = built(name, seed=0), built(name, seed=1)
    one(*inputs(name))  # moves running statistics and the vectors of spectral norm
    other.load_state_dict(one.state_dict())
    with torch.no_grad():
        results = [list(tensors(part.eval()(*inputs(name)))) for part in (one, other)]
    assert all(torch.equal(a, b) for a, b in zip(*results, strict=True))


@every_part
def test_memory_format_changes_nothing(name: str) -> None:
    part = built(name).eval()
    first, *rest = inputs(name)
    laid_out = first.to(memory_format=torch.channels_last) if first.ndim == 4 else first
    with torch.no_grad():
        plain = list(tensors(part(first, *rest)))
        last = list(tensors(part.to(memory_format=torch.channels_last)(laid_out, *rest)))
    for a, b in zip(plain, last, strict=True):
        torch.testing.assert_close(a, b, rtol=1e-3, atol=1e-4)


# A whole ResNet or VGG takes seconds on a large image; `width` cannot make it small.
@pytest.mark.parametrize(
    ("name", "size"),
    [
        (name, size)
        for name in PARTS
        for size in (32, 64, 128, 256, 512)
        if size <= 32 or not ("backbone" in name or "vgg" in name)
    ],
)
def test_powers_of_two_fit(name: str, size: int) -> None:
    part = built(name, size=size).eval()
    with torch.no_grad():
        assert all(bool(each.isfinite().all()) for each in tensors(part(*inputs(name, size=size, batch=1))))


@cache
def plain_encoder(name: str) -> Any:
    return factory(name)(image_size=32)


@pytest.mark.parametrize("decoder", [name for name in PARTS if name.startswith("decoder/")])
@pytest.mark.parametrize("encoder", [name for name in PARTS if name.startswith("encoder/")])
def test_every_encoder_goes_with_every_decoder(encoder: str, decoder: str) -> None:
    one = plain_encoder(encoder)
    other = factory(decoder)(code=one.shape, image_size=32, skips=one.skips)
    with torch.no_grad():
        code, skips = one(torch.zeros(2, 3, 32, 32))
        assert other(code, skips=skips).shape == (2, 3, 32, 32)


@pytest.mark.parametrize(
    "name",
    [
        name
        for name in PARTS
        if name.split("/")[0] in ("encoder", "decoder", "translator", "discriminator") and condition_of(name)
    ],
)
def test_a_condition_matters_and_must_be_there(name: str) -> None:
    part = built(name).eval()
    first, *rest = inputs(name)
    condition, *skips = rest
    with torch.no_grad():
        here = next(tensors(part(first, condition, *skips)))
        there = next(tensors(part(first, -condition, *skips)))
    assert (here - there).abs().max() > 1e-3 * here.abs().max()
    with pytest.raises(ValueError, match="it was built for a condition of N x 3, and got none"):
        part(first, None, *skips)
    with pytest.raises(ValueError, match="it was built for no condition, and got 3x3"):
        built(name, condition=0)(first, condition, *skips)


@pytest.mark.parametrize("part", CLASSES, ids=lambda part: part.__name__)
def test_a_class_documents_itself_and_takes_its_settings_by_name(part: Any) -> None:
    assert part.__doc__
    if "__init__" in vars(part) and not issubclass(part, tuple):
        settings = list(inspect.signature(part.__init__).parameters.values())[1:]
        assert all(setting.kind is inspect.Parameter.KEYWORD_ONLY for setting in settings)


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_networks_import_torch_and_each_other_only(module: ModuleType) -> None:
    assert module.__file__
    for each in ast.walk(ast.parse(Path(module.__file__).read_text())):
        names = [alias.name for alias in each.names] if isinstance(each, ast.Import) else []
        names += [str(each.module)] if isinstance(each, ast.ImportFrom) else []
        ours = [name for name in names if name.startswith("facegan")]
        assert all(name.startswith("facegan.networks") or name == "facegan.errors" for name in ours)
        assert not {"hydra", "omegaconf", "wandb", "torchvision", "timm"} & {name.split(".")[0] for name in names}


def test_a_part_error_is_the_users_to_mend() -> None:
    assert issubclass(PartError, facegan.errors.UserError)
