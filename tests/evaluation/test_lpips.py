"""LPIPS by an AlexNet of random numbers, whose file the real code reads: the weights themselves are not at hand."""

import hashlib
import json
import math
from collections.abc import Iterable
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
import torchvision
from torch import Tensor

from facegan.cli.main import main
from facegan.errors import UserError
from facegan.evaluation import perceptual
from facegan.evaluation.measures import ABOUT
from facegan.evaluation.measures.lpips import SMALLEST
from facegan.evaluation.perceptual import BACKBONES, Perceptual, find_perceptual
from facegan.evaluation.protocols import PROTOCOLS, Outcome, run_protocol
from facegan.evaluation.result import Figure
from facegan.evaluation.settings import Settings
from facegan.evaluation.upscaling import Measured, measure
from tests.data.faces import Numbered
from tests.evaluation.editors import SIZE, Transferer, untrained_judge
from tests.evaluation.test_upscaling import Knowing
from tests.runs import tiny_run
from tests.tiny import TinySource

LIBRARY = "torchmetrics.functional.image.lpips"
NAMES = {"alex": "alexnet", "vgg": "vgg16", "squeeze": "squeezenet1_1"}


def architecture(backbone: str) -> dict[str, Tensor]:
    """Names and shapes of torchvision's network, without any numbers."""
    with torch.device("meta"):
        return dict(torchvision.models.get_model(NAMES[backbone], weights=None).state_dict())


def random_weights(home: Path, backbone: str) -> Path:
    """A whole network's state dict where torch would keep it; the classifier, of which nothing is seen, is one 0."""
    draw = torch.Generator().manual_seed(11)

    def drawn(name: str, shape: torch.Size) -> Tensor:
        if not name.startswith("features."):
            return torch.zeros(1).expand(shape)
        return torch.randn(shape, generator=draw) * math.sqrt(2 / max(1, math.prod(shape[1:])))

    path = home / "hub" / "checkpoints" / BACKBONES[backbone]
    path.parent.mkdir(parents=True, exist_ok=True)
    torch.save({name: drawn(name, value.shape) for name, value in architecture(backbone).items()}, path)
    return path


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return random_weights(tmp_path_factory.mktemp("torch"), "alex")


@pytest.fixture(scope="module")
def alex(weights: Path) -> Perceptual:
    pytest.importorskip("torchmetrics")
    found = find_perceptual(str(weights))
    assert found is not None
    return found


def faces(size: int, count: int = 3) -> Tensor:
    coarse = torch.rand(count, 3, 4, 4, generator=torch.Generator().manual_seed(3)) * 2 - 1
    return F.interpolate(coarse, (size, size), mode="bilinear")


def noisy(images: Tensor, strength: float) -> Tensor:
    return (images + strength * torch.randn(images.shape, generator=torch.Generator().manual_seed(8))).clamp(-1, 1)


@pytest.mark.parametrize("size", [16, SMALLEST, 64])
def test_equal_pictures_are_at_0_and_the_more_disturbed_are_farther(size: int, alex: Perceptual) -> None:
    images = faces(size)
    still, little, much = (alex.distance(noisy(images, strength), images) for strength in (0.0, 0.1, 0.4))
    assert still.each.tolist() == [0.0] * 3
    assert (little.each > 0).all()
    assert (much.each > little.each).all()
    assert ABOUT["lpips"].better == "lower"


def test_every_face_has_its_own_figure(alex: Perceptual) -> None:
    images = faces(SMALLEST)
    spoilt = torch.cat([images[:1], noisy(images, 0.3)[1:]])
    found = alex.distance(spoilt, images)
    alone = [alex.distance(spoilt[n : n + 1], images[n : n + 1]).pooled for n in range(3)]
    assert found.each.tolist() == pytest.approx(alone, rel=1e-4)
    assert found.each[0] == 0 < found.each[1]
    assert found.pooled == pytest.approx(sum(alone) / 3, rel=1e-4)


@pytest.mark.parametrize("backbone", ["alex", "squeeze"])
def test_the_figures_are_torchmetrics_own(backbone: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    library = pytest.importorskip(LIBRARY)
    random_weights(tmp_path, backbone)
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    mine = find_perceptual(None if backbone == "alex" else str(perceptual.hub_file(backbone)), backbone)
    assert mine is not None
    images = faces(40)
    for other in (noisy(images, 0.2), images.roll(1, 0)):
        known = library.learned_perceptual_image_patch_similarity(other, images, net_type=backbone, reduction="none")
        torch.testing.assert_close(mine.distance(other, images).each, known)
        assert known.min() > 0.001


def test_pictures_too_small_for_the_network_are_enlarged(alex: Perceptual) -> None:
    small, other = faces(16), noisy(faces(16), 0.3)
    with pytest.raises(RuntimeError, match="too small"):
        alex.network(small, other)
    large = [F.interpolate(images, (32, 32), mode="bilinear") for images in (small, other)]
    torch.testing.assert_close(alex.distance(small, other).each, alex.distance(*large).each)


def test_it_says_what_it_sees_by(weights: Path, alex: Perceptual) -> None:
    digest = hashlib.sha256(weights.read_bytes()).hexdigest()
    assert alex.facts() == {"backbone": "alex", "checksum": digest[:16]}


def test_the_callers_random_numbers_are_left_alone(weights: Path) -> None:
    pytest.importorskip("torchmetrics")
    torch.manual_seed(5)
    state = torch.random.get_rng_state()
    find_perceptual(str(weights))
    assert torch.equal(torch.random.get_rng_state(), state)


@pytest.mark.parametrize("backbone", BACKBONES)
def test_the_layers_and_the_file_have_the_names_of_torchvision(backbone: str) -> None:
    library, named = pytest.importorskip(LIBRARY), NAMES[backbone]
    with torch.device("meta"):
        network = library._NoTrainLpips(net=backbone, pnet_rand=True, pretrained=False)
    layers = {name: value.shape for name, value in perceptual._as_in_file(network.net).state_dict().items()}
    known = {name: value.shape for name, value in architecture(backbone).items() if name.startswith("features.")}
    assert layers == known
    assert torchvision.models.get_model_weights(named).DEFAULT.url.endswith(f"/{BACKBONES[backbone]}")


def test_without_weights_there_is_none_unless_they_were_asked_for(tmp_path: Path) -> None:
    assert find_perceptual(None) is None
    for named, backbone in ((str(tmp_path / "no.pth"), "alex"), (None, "vgg")):
        with pytest.raises(UserError, match=r"there is no such file; name one of (alex|vgg)'s weights: lpips=FILE"):
            find_perceptual(named, backbone)
    with pytest.raises(UserError, match="lpips_backbone=resnet: choose one of alex, vgg, squeeze"):
        find_perceptual(None, "resnet")


def test_without_torchmetrics_the_extra_is_named_where_it_is_asked_for(
    weights: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(perceptual, "find_spec", lambda name: None)
    monkeypatch.setenv("TORCH_HOME", str(weights.parents[2]))
    assert find_perceptual(None) is None
    with pytest.raises(UserError, match=r"pip install 'facegan\[lpips\]'"):
        find_perceptual(str(weights))


def wrong_files(folder: Path, weights: Path) -> Iterable[tuple[Path, str]]:
    good = torch.load(weights, weights_only=True)
    first = "features.0.weight"
    torch.save({name: value for name, value in good.items() if name != first}, folder / "missing.pth")
    torch.save({**good, first: good[first][:, :, :5, :5].clone()}, folder / "shape.pth")
    torch.save({"network": torch.nn.Linear(2, 2)}, folder / "module.pth")
    (folder / "text.pth").write_text("no weights")
    yield folder / "missing.pth", f"{first} among them; is it of another network"
    yield folder / "shape.pth", f"{first} among them; is it of another network"
    yield folder / "module.pth", "holds more than tensors"
    yield folder / "text.pth", "lpips="


def test_a_file_of_anything_else_is_refused_in_one_line(weights: Path, tmp_path: Path) -> None:
    pytest.importorskip("torchmetrics")
    for path, words in wrong_files(tmp_path, weights):
        with pytest.raises(UserError, match=words) as refused:
            find_perceptual(str(path))
        assert str(path) in str(refused.value)
        assert "\n" not in str(refused.value)


def edited(lpips: Perceptual | None, protocol: str = "twinfaces") -> Outcome:
    settings = Settings(faces=6, seed=77, line_faces=4, styles=2, chunk=4, rows=1)
    model, chosen = Transferer(lambda images: images, again=lambda images: images - 0.3), PROTOCOLS[protocol]
    source = chosen.splits(lambda split: Numbered(image_size=SIZE), SIZE)("test")
    return run_protocol(chosen, model, source, untrained_judge(), settings, lpips=lpips)


def rest(figures: Iterable[Figure]) -> list[str]:
    """All but LPIPS, and what a clock says; in words, since nothing equals NaN."""
    clocked = ("lpips", "images_per_second", "peak_memory")
    return [str(figure) for figure in figures if figure.measure not in clocked]


@pytest.mark.parametrize("protocol", ["twinfaces", "photos"])
def test_reconstruction_is_measured_and_nothing_else_is_moved(protocol: str, alex: Perceptual) -> None:
    found, without = edited(alex, protocol), edited(None, protocol)
    mine = [figure for figure in found.figures if figure.measure == "lpips"]
    assert {(figure.line, figure.direction) for figure in mine} == {("model", "adding"), ("model", "removing")}
    for figure in mine:
        each = found.values.each[figure.attribute, figure.direction, "lpips"].each
        assert figure.value == pytest.approx(float(each.mean()), rel=1e-5)
        assert len(each) == figure.count > 0
        assert (each > 0).all()
    assert rest(found.figures) == rest(without.figures)
    assert not any(figure.measure == "lpips" for figure in without.figures)
    assert found.details["lpips"] == alex.facts()
    assert "lpips" not in without.details


def enlarged(spoil: float, lpips: Perceptual | None) -> Measured:
    return measure(
        Knowing(TinySource(), spoil=spoil), TinySource(), Settings(faces=12, seed=0, chunk=5, rows=2), lpips=lpips
    )


def test_enlarged_faces_are_measured_and_nothing_else_is_moved(alex: Perceptual) -> None:
    perfect, spoilt, without = enlarged(0.0, alex), enlarged(0.3, alex), enlarged(0.3, None)
    values = [{f.line: f.value for f in found.figures if f.measure == "lpips"} for found in (perfect, spoilt, without)]
    assert values[0]["model"] < 1e-6 < 1e-3 < values[1]["model"]
    assert values[0]["bicubic"] == values[1]["bicubic"] > 0
    assert values[2] == {}
    assert len(spoilt.values.each["faces", "enlarging", "lpips"].each) == 12
    assert rest(spoilt.figures) == rest(without.figures)
    assert (spoilt.task, spoilt.values.cases) == (without.task, without.values.cases)


def test_the_command_measures_by_the_file_and_leaves_it_out_without(
    weights: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("torchmetrics")
    run = tiny_run(tmp_path / "run", "espcn_quickstart", "data.size=64").root
    words = ["evaluate", f"run={run}", "protocol=superresolution", "faces=6", "quick=true", "rows=2"]
    file = run / "evaluation" / "superresolution.json"
    assert main(words) == 0
    without = json.loads(file.read_text())
    assert main([*words, f"lpips={weights}"]) == 0
    named, said = json.loads(file.read_text()), capsys.readouterr().out
    checksum = named["details"]["lpips"]["checksum"]
    assert f"LPIPS by alex, checksum of the file of its weights {checksum}" in said
    assert "Perceptual distance, LPIPS" in said
    assert [f for f in named["figures"] if f["measure"] != "lpips"] == without["figures"]
    del named["details"]["lpips"]
    assert {**named, "figures": []} == {**without, "figures": []}
    assert main([*words, f"lpips={tmp_path / 'no.pth'}"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "no.pth: there is no such file" in line


def test_an_edit_is_measured_by_what_torch_has_downloaded(
    weights: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("torchmetrics")
    monkeypatch.setattr("facegan.cli.evaluate.origin_of", lambda wish: Untrained())
    monkeypatch.setenv("TORCH_HOME", str(weights.parents[2]))
    run = tiny_run(tmp_path / "run", "genegan_quickstart", "data=twinfaces", "data.image_size=16", "data.size=64")
    few = ["faces=4", "line_faces=2", "styles=2", "rows=1", "quick=true"]
    assert main(["evaluate", f"run={run.root}", *few]) == 0
    result = json.loads((run.evaluation / "twinfaces.json").read_text())
    assert result["details"]["lpips"]["backbone"] == "alex"
    assert {f["direction"] for f in result["figures"] if f["measure"] == "lpips"} == {"adding", "removing"}
    assert "Zhang et al. 2018" in (run.evaluation / "report.html").read_text()


class Untrained:
    """Where a judge comes from that needs no training."""

    def find(self, splits: object, attributes: tuple[str, ...]) -> object:
        return untrained_judge(attributes)
