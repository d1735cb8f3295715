"""Judges from elsewhere: calibrated and examined as the project's own, or refused in one line."""

from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor

from facegan.config import build, compose_config
from facegan.data.twinfaces import TwinFaces
from facegan.errors import UserError
from facegan.evaluation import judge_cache
from facegan.evaluation.outside import onnx_judge
from facegan.evaluation.outside.backbone import BackboneJudge, BackboneNetwork, fill
from facegan.evaluation.outside.onnx_judge import OnnxJudge
from facegan.evaluation.outside.origin import OwnJudge
from facegan.networks.backbones import Backbone

SIZE = 16
PALE = ("Pale_Skin",)
SIDE = 32


def splits(split: str) -> TwinFaces:
    return TwinFaces(image_size=SIZE, split=split, size=1)


def origin(*overrides: str) -> Any:
    return build(compose_config("evaluate", list(overrides))["judge"], "judge")


def test_the_config_chooses_where_the_judge_comes_from(tmp_path: Path) -> None:
    assert isinstance(origin(), OwnJudge)
    assert isinstance(origin("judge=backbone", "judge.weights=DEFAULT"), BackboneJudge)
    assert isinstance(origin("judge=onnx", "judge.path=x.onnx", "judge.outputs={Pale_Skin: 0}"), OnnxJudge)


@pytest.mark.parametrize(
    ("overrides", "words"),
    [
        (["judge=backbone"], "judge.weights: name a file"),
        (["judge=backbone", "judge.weights=no/such.pth"], "there is no such file"),
        (["judge=onnx"], "name the file and its columns"),
        (
            ["judge=onnx", "judge.path=x", "judge.outputs={Pale_Skin: 0}", "judge.scores=odds"],
            "logits or probabilities",
        ),
        (["judge=onnx", "judge.path=x", "judge.outputs={Pale_Skin: 0}", "judge.std=[1,1,0]"], "std above 0"),
    ],
)
def test_what_is_missing_is_said_in_one_line(overrides: list[str], words: str) -> None:
    with pytest.raises(UserError, match=words):
        origin(*overrides)


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A whole network's file: its head is in it too."""
    from torchvision.models import squeezenet1_1

    torch.manual_seed(2)
    path = tmp_path_factory.mktemp("weights") / "squeezenet.safetensors"
    save_file(squeezenet1_1(weights=None).state_dict(), path)
    return path


def test_a_backbones_probe_is_trained_kept_and_leaves_the_backbone_alone(
    weights: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(judge_cache, "TWIN_FACES", 64)
    mine = BackboneJudge(weights=str(weights), name="squeezenet1_1", side=SIDE)
    few = {"steps": 3, "batch": 8}
    recipe = type(mine.recipe)(**{name: getattr(mine.recipe, name) for name in mine.recipe.__dataclass_fields__} | few)
    mine.recipe = recipe
    judge = mine.find(splits, PALE)
    assert isinstance(judge.network, BackboneNetwork)
    fresh = recipe.network(SIZE, 1)
    for name, value in fresh.encoder.state_dict().items():
        assert judge.network.encoder.state_dict()[name].equal(value)
    assert not judge.network.head.weight.equal(fresh.head.weight)
    assert judge.accuracy["Pale_Skin"].having + judge.accuracy["Pale_Skin"].lacking == 200
    monkeypatch.setattr(judge_cache, "train_network", None)
    assert mine.find(splits, PALE).facts() == judge.facts()


def test_the_file_is_what_the_backbone_sees_by(weights: Path) -> None:
    encoder = Backbone(image_size=SIDE, name="squeezenet1_1")
    before = {name: value.clone() for name, value in encoder.network.state_dict().items()}
    fill(encoder.network, weights)
    assert any(not value.equal(before[name]) for name, value in encoder.network.state_dict().items())
    with pytest.raises(UserError, match="is it of another network"):
        fill(Backbone(image_size=SIDE, name="resnet18").network, weights)


def test_a_file_of_anything_but_tensors_is_refused(tmp_path: Path) -> None:
    torch.save({"network": torch.nn.Linear(2, 2)}, tmp_path / "whole.pth")
    with pytest.raises(UserError, match="holds more than tensors"):
        fill(torch.nn.Linear(2, 2), tmp_path / "whole.pth")


def test_without_onnxruntime_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(onnx_judge, "find_spec", lambda name: None)
    with pytest.raises(UserError, match=r"pip install 'facegan\[judges\]'"):
        OnnxJudge(path=str(tmp_path / "x.onnx"), outputs={"Pale_Skin": 0}).find(splits, PALE)


def means_file(path: Path) -> Path:
    """A classifier whose outputs are the mean red, green and blue of what it is shown."""
    onnx = pytest.importorskip("onnx")
    pytest.importorskip("onnxruntime")
    make, kind = onnx.helper, onnx.TensorProto.FLOAT
    graph = make.make_graph(
        [make.make_node("GlobalAveragePool", ["faces"], ["means"]), make.make_node("Flatten", ["means"], ["scores"])],
        "means",
        [make.make_tensor_value_info("faces", kind, ["N", 3, SIDE, SIDE])],
        [make.make_tensor_value_info("scores", kind, ["N", 3])],
    )
    model = make.make_model(graph, opset_imports=[make.make_opsetid("", 17)], ir_version=9)
    onnx.save(model, str(path))
    return path


def test_any_onnx_file_judges_by_the_column_that_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(onnx_judge, "CALIBRATION", 200)
    path = means_file(tmp_path / "means.onnx")
    mine = {"path": str(path), "side": SIDE, "mean": [0.0, 0.0, 0.0], "std": [1.0, 1.0, 0.5]}
    judge = OnnxJudge(**mine, outputs={"Pale_Skin": 2}).find(splits, PALE)
    blue = torch.linspace(-1, 1, 5)[:, None, None, None].expand(5, 1, SIZE, SIZE)
    images = torch.cat([torch.zeros(5, 2, SIZE, SIZE), blue], 1)
    logits: Tensor = judge.logits(images, "Pale_Skin")
    assert logits.diff().allclose(torch.full((4,), 0.5), atol=1e-5)  # steps of 0.25 in [0, 1], over a deviation of 0.5
    # The threshold was set: of both values it finds some, which the mean of a picture itself, above 0, never would.
    assert judge.accuracy["Pale_Skin"].specificity > 0
    assert judge.accuracy["Pale_Skin"].balanced >= 0.5
    assert judge.key != OnnxJudge(**mine, outputs={"Pale_Skin": 0}).find(splits, PALE).key
    with pytest.raises(UserError, match="names no column for Bangs"):
        OnnxJudge(**mine, outputs={"Pale_Skin": 2}).find(splits, ("Bangs",))


def test_a_damaged_onnx_file_is_one_line(tmp_path: Path) -> None:
    pytest.importorskip("onnxruntime")
    (tmp_path / "x.onnx").write_bytes(b"no graph")
    with pytest.raises(UserError, match="cannot be read") as found:
        OnnxJudge(path=str(tmp_path / "x.onnx"), outputs={"Pale_Skin": 0}).find(splits, PALE)
    assert "\n" not in str(found.value)
