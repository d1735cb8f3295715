"""Networks of torchvision and timm as encoders."""

from typing import Any

import pytest
import torch
import torchvision
from torch import nn

from facegan.networks import pyramids
from facegan.networks.backbones import Backbone
from facegan.networks.errors import PartError
from facegan.networks.recognizers import BackboneRecognizer


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("a download was tried")

    monkeypatch.setattr("torchvision.models._api.load_state_dict_from_url", refuse)
    monkeypatch.setattr("urllib.request.urlopen", refuse)


# Residual, dense windows of tokens in NHWC, tokens in a row, and one whose stages are cut inside a block.
@pytest.mark.parametrize(
    ("library", "name", "shape", "skips"),
    [
        ("torchvision", "resnet18", (256, 4, 4), ((64, 32, 32), (64, 16, 16), (128, 8, 8))),
        ("torchvision", "mobilenet_v3_small", (288, 4, 4), ((16, 32, 32), (72, 16, 16), (96, 8, 8))),
        ("timm", "resnet18", (256, 4, 4), ((64, 32, 32), (64, 16, 16), (128, 8, 8))),
        ("timm", "vit_tiny_patch16_224", (192, 4, 4), ()),
        ("timm", "swin_tiny_patch4_window7_224", (384, 4, 4), ((96, 16, 16), (192, 8, 8))),
    ],
)
def test_the_code_and_the_skips_are_found_by_running_it(library: str, name: str, shape: Any, skips: Any) -> None:
    if library == "timm":
        pytest.importorskip("timm")
    backbone = Backbone(image_size=64, library=library, name=name)
    assert (backbone.shape, backbone.skips) == (shape, skips)
    code, maps = backbone(torch.randn(2, 3, 64, 64))
    assert code.shape == (2, *shape)
    assert tuple(tuple(each.shape[1:]) for each in maps) == skips
    code.sum().backward()
    assert all(parameter.grad is not None for parameter in backbone.parameters())


def test_a_stage_is_a_number_of_halvings_and_what_lies_behind_is_not_built() -> None:
    backbones = {stage: Backbone(image_size=64, stage=stage) for stage in (2, 3, 5)}
    assert [backbone.shape for backbone in backbones.values()] == [(64, 16, 16), (128, 8, 8), (512, 2, 2)]
    sizes = {stage: sum(p.numel() for p in backbone.parameters()) for stage, backbone in backbones.items()}
    assert sizes[2] < sizes[3] < sizes[5]
    whole = sum(p.numel() for p in torchvision.models.resnet18(weights=None).parameters())
    assert sizes[5] == whole - 513 * 1000


def test_images_are_brought_to_what_the_network_was_trained_on() -> None:
    backbone = Backbone(image_size=16)
    seen: list[torch.Tensor] = []
    backbone.network.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0]))
    pixel = torch.tensor([0.485, 0.456, 0.406])
    backbone((2 * pixel - 1)[None, :, None, None].expand(2, 3, 16, 16))
    torch.testing.assert_close(seen[0], torch.zeros(2, 3, 16, 16), rtol=0, atol=1e-6)


def test_the_maps_are_those_of_the_library() -> None:
    torch.manual_seed(0)
    backbone = Backbone(image_size=32, stage=5).eval()
    model = torchvision.models.resnet18(weights=None).eval()
    weights = {key.removeprefix("network.network."): value for key, value in backbone.state_dict().items()}
    model.load_state_dict(weights, strict=False)
    model.fc = nn.Identity()
    images = torch.rand(2, 3, 32, 32) * 2 - 1
    normal = ((images + 1) / 2 - backbone.mean) / backbone.std
    torch.testing.assert_close(backbone(images)[0].mean((2, 3)), model(normal))


def test_named_weights_are_loaded_and_only_named_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    state = torchvision.models.resnet18(weights=None).state_dict()
    state["conv1.weight"] = torch.full_like(state["conv1.weight"], 0.125)
    monkeypatch.setattr("torchvision.models._api.load_state_dict_from_url", lambda *_, **__: state)

    def first(weights: str | None) -> torch.Tensor:
        backbone = Backbone(image_size=16, weights=weights)
        backbone.fetch()
        network: Any = backbone.network
        weight: torch.Tensor = network.network.conv1.weight
        return weight

    assert bool((first("DEFAULT") == 0.125).all())
    assert not bool((first(None) == 0.125).any())


def test_building_downloads_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A finished run that is opened holds the numbers already."""
    asked, state = list[str](), torchvision.models.resnet18(weights=None).state_dict()
    monkeypatch.setattr("torchvision.models._api.load_state_dict_from_url", lambda url, **_: asked.append(url) or state)
    backbone = Backbone(image_size=16, weights="DEFAULT")
    assert not asked
    backbone.fetch()
    assert len(asked) == 1, "what watches for downloads sees one"


def test_weights_that_are_not_there_are_one_line() -> None:
    with pytest.raises(PartError, match=r"^Backbone: resnet18 with weights 'IMAGENET9' could not be had: [^\n]*$"):
        Backbone(image_size=16, weights="IMAGENET9").fetch()
    pytest.importorskip("timm")
    with pytest.raises(PartError, match=r"^Backbone: resnet18 [^\n]* Invalid pretrained tag [^\n]*$"):
        Backbone(image_size=16, library="timm", weights="IMAGENET9")


def test_an_image_that_the_network_cannot_take_is_one_line() -> None:
    with pytest.raises(PartError, match=r"^Backbone: alexnet cannot be built for a 16-pixel image: [^\n]*$"):
        Backbone(image_size=16, name="alexnet")


def test_without_timm_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pyramids, "find_spec", lambda name: None)
    with pytest.raises(PartError) as raised:
        Backbone(image_size=16, library="timm")
    assert str(raised.value) == "Backbone: library 'timm' is not installed; pip install 'facegan[judges]' brings it"


def test_a_condition_or_grey_images_go_through_an_adapter() -> None:
    code, _ = Backbone(image_size=16, channels=1, condition=2)(torch.zeros(2, 1, 16, 16), torch.ones(2, 2))
    assert code.shape == (2, 64, 4, 4)
    assert isinstance(Backbone(image_size=16).adapter, nn.Identity)


def test_a_recognizer_reads_the_mean_of_the_code() -> None:
    recognizer = BackboneRecognizer(image_size=16, outputs=7).eval()
    images = torch.randn(2, 3, 16, 16)
    expected = recognizer.head(recognizer.backbone(images)[0].mean((2, 3)))
    torch.testing.assert_close(recognizer(images), expected)


def test_tokens_become_a_map_without_those_that_stand_before_them() -> None:
    tokens = torch.arange(2.0 * 5 * 3).reshape(2, 5, 3)
    maps = pyramids.laid_out(tokens, pyramids.Found("tokens", (3, 2, 2), "NLC"))
    assert maps.shape == (2, 3, 2, 2)
    assert torch.equal(maps[0, :, 1, 0], tokens[0, 3])
