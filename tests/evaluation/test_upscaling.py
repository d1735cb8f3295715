"""The protocol superresolution: its measures against values worked out by hand, its table on models known to be bad."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from facegan.cli import evaluate_upscaling
from facegan.cli.main import main
from facegan.data.degradations import Bicubic, Camera, enlarged
from facegan.errors import UserError
from facegan.evaluation.embedders import Embedder
from facegan.evaluation.judges import Judge
from facegan.evaluation.measures import ABOUT
from facegan.evaluation.measures.low import low_error
from facegan.evaluation.measures.upscaling import luminance, psnr_y, shaved, ssim_y
from facegan.evaluation.settings import Settings
from facegan.evaluation.upscaling import Measured, check_upscales, measure
from facegan.models.base import Model, verb
from tests.experiments.commands import unlearned
from tests.models.builders import build
from tests.photographs import div2k_folder, unpaired_folders
from tests.runs import tiny_run
from tests.tiny import TinySource


def solid(red: float, green: float, blue: float) -> Tensor:
    return torch.tensor([red, green, blue], dtype=torch.float32)[None, :, None, None].expand(1, 3, 16, 16) * 2 - 1


@pytest.mark.parametrize(("colour", "luma"), [((0, 0, 0), 16), ((1, 1, 1), 235), ((1, 0, 0), 81.481)])
def test_luminance_is_matlabs(colour: tuple[float, float, float], luma: float) -> None:
    torch.testing.assert_close((luminance(solid(*colour)) + 1) * 127.5, torch.full((1, 1, 16, 16), float(luma)))


def test_psnr_of_luminance_by_hand() -> None:
    """Black beside white is 219 of 255 off."""
    assert psnr_y(solid(0, 0, 0), solid(1, 1, 1), border=4).pooled == pytest.approx(20 * np.log10(255 / 219), abs=1e-4)


def test_the_border_is_shaved() -> None:
    image, target = solid(0.5, 0.5, 0.5).clone(), solid(0.5, 0.5, 0.5)
    image[..., :4, :] = 1
    image[..., -4:] = -1
    assert psnr_y(image, target, border=4).pooled == 100
    assert psnr_y(image, target, border=3).pooled < 30
    assert ssim_y(image, target, border=4).pooled == pytest.approx(1)
    assert shaved(image, 4).shape[-2:] == (8, 8)


def test_error_at_low_resolution_is_a_share_of_the_range() -> None:
    assert low_error(torch.ones(1, 3, 4, 4), -torch.ones(1, 3, 4, 4), shrink=lambda images: images).pooled == 1


class Knowing(Model):
    """Knows the faces by their small images, and answers what it is told to."""

    low = 4

    def __init__(self, source: TinySource, spoil: float = 0.0) -> None:
        super().__init__(image_size=16, attributes=(), weights={})
        self.images = source.images(torch.arange(len(source))).float() / 127.5 - 1
        self.spoil, self.degradation = spoil, Bicubic(scale=4)

    def shrunk(self, images: Tensor) -> Tensor:
        return self.degradation(images)

    @verb
    def upscale(self, low: Tensor) -> Tensor:
        known = self.shrunk(self.images)
        nearest = (low[:, None] - known[None]).square().flatten(2).sum(2).argmin(1)
        return self.images[nearest] + self.spoil


def measured(model: Model, panel: Judge | None = None) -> Measured:
    embedder = Embedder(
        name="means", key="1", accuracy=1.0, embed=lambda x: torch.nn.functional.normalize(x.flatten(1))
    )
    return measure(model, TinySource(), Settings(faces=12, seed=0, chunk=5, rows=2), embedder=embedder, panel=panel)


def figure(found: Measured, name: str, line: str = "model") -> float:
    return next(f.value for f in found.figures if (f.measure, f.line) == (name, line))


def test_who_knows_the_faces_is_perfect_and_who_spoils_them_is_not() -> None:
    perfect, spoilt = measured(Knowing(TinySource())), measured(Knowing(TinySource(), spoil=0.3))
    for name in ("psnr", "psnr_y"):
        assert figure(perfect, name) > 99
        assert figure(spoilt, name) < 25
    for name in ("ssim", "ssim_y", "identity"):
        assert figure(perfect, name) == pytest.approx(1, abs=1e-5)
        assert figure(spoilt, name) < 0.99
    assert figure(perfect, "low_error") < 1e-6
    assert figure(spoilt, "low_error") > 0.05
    assert figure(perfect, "psnr", "bicubic") == figure(spoilt, "psnr", "bicubic") < 30
    for name in {f.measure for f in perfect.figures}:
        sign = {"higher": 1, "lower": -1}[ABOUT[name].better]
        assert sign * figure(perfect, name) > sign * figure(spoilt, name), name
    assert {f.count for f in perfect.figures} == {12}
    assert len(perfect.values.each["faces", "enlarging", "psnr"].each) == 12


def test_who_knows_the_faces_is_as_real_as_they_are() -> None:
    panel = unlearned(("Smiling",), image_size=16)
    perfect, spoilt = measured(Knowing(TinySource()), panel), measured(Knowing(TinySource(), spoil=0.3), panel)
    assert figure(perfect, "kid") == pytest.approx(0, abs=1e-3)
    assert figure(perfect, "swd") == 0
    assert figure(spoilt, "swd") > 100
    assert figure(spoilt, "kid") > 1


def test_bicubic_is_its_own_reference() -> None:
    found = measured(build("bicubic", attributes=()))
    for name in ("psnr", "ssim_y", "low_error", "identity"):
        assert figure(found, name) == pytest.approx(figure(found, name, "bicubic"), abs=1e-6)
    low = Bicubic(scale=4)(solid(0.2, 0.4, 0.6))
    torch.testing.assert_close(enlarged(low, 4), solid(0.2, 0.4, 0.6))


def test_a_kept_mean_and_what_is_made_to_agree_have_columns() -> None:
    found = measured(build("pan_quickstart", attributes=()))
    assert {f.line for f in found.figures} == {"model", "bicubic", "agreeing", "mean"}
    assert figure(found, "low_error", "mean") < 5e-4


class Rainy(Knowing):
    """Its small faces are never the same twice, and its answers draw numbers of their own if they are told to."""

    def __init__(self, source: TinySource, *, draws: int = 0, noise: float = 0.06) -> None:
        super().__init__(source)
        self.degradation, self.draws, self.given = Camera(scale=4, noise=(0.0, noise)), draws, list[Tensor]()

    @property
    def shrunk_by(self) -> str:
        return str(self.degradation)

    @verb
    def upscale(self, low: Tensor) -> Tensor:
        self.given.append(low)
        torch.rand(self.draws)
        return enlarged(low, 4)


def test_all_models_are_given_the_same_small_faces_whatever_they_draw() -> None:
    still, drawing = Rainy(TinySource()), Rainy(TinySource(), draws=3)
    torch.manual_seed(5)
    first = measured(still)
    state = torch.random.get_rng_state()
    torch.manual_seed(6)
    second = measured(drawing)
    for one, other in zip(still.given, drawing.given, strict=True):
        assert torch.equal(one, other)
    assert first.values.cases == second.values.cases
    torch.manual_seed(5)
    assert torch.equal(torch.random.get_rng_state(), state)


def test_the_task_tells_what_must_be_alike_for_a_comparison() -> None:
    plain, camera = measured(Knowing(TinySource())), measured(Rainy(TinySource()))
    assert plain.task == {"scale": 4, "degradation": "area"}
    assert camera.task["degradation"] == (
        "Camera, blur 0.2 to 0.6, noise 0 to 0.06, quality 60 to 95, drawn with seed 0 for 5 faces at a time"
    )
    tasks = [plain, camera, measured(Rainy(TinySource(), noise=0.1))]
    assert len({found.values.cases["faces/enlarging"] for found in tasks}) == 3
    assert str(Bicubic(scale=4)) == str(Bicubic(scale=8)) == "Bicubic"


def test_the_panel_does_not_depend_on_what_a_run_knows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the realism of runs with other attributes would be on other features, and never share a table."""
    asked: list[tuple[str, ...]] = []
    monkeypatch.setattr(evaluate_upscaling, "find_panel", lambda split, known: asked.append(known))

    def labelled(*names: str) -> TinySource:
        source = TinySource()
        source.attributes = names
        return source

    for names in (("Smiling", "Narrow_Eyes"), ("Narrow_Eyes",), ()):
        evaluate_upscaling.panel_of(lambda split, names=names: labelled(*names))  # type: ignore[misc]
    assert asked == [(), ("Narrow_Eyes",)]


def test_who_does_not_upscale_is_refused() -> None:
    with pytest.raises(UserError, match="has no verb 'upscale'"):
        check_upscales(build("fader"))
    with pytest.raises(UserError, match="upscales to another person's face"):
        check_upscales(build("identity_cyclegan"))


def test_the_command_writes_the_result_and_the_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = tiny_run(tmp_path / "run", "espcn_quickstart", "data.size=64").root
    words = [f"run={run}", "protocol=superresolution", "faces=6", "quick=true", "rows=2"]
    assert main(["evaluate", *words]) == 0
    said = capsys.readouterr().out
    assert "PSNR of luminance" in said
    result = json.loads((run / "evaluation" / "superresolution.json").read_text())
    assert (result["protocol"], result["faces"]) == ("superresolution", 6)
    assert result["details"] == {"scale": 4, "degradation": "Bicubic"}
    assert (run / "evaluation" / "superresolution.png").is_file()
    assert (run / "evaluation" / "superresolution.values.safetensors").is_file()
    assert main(["evaluate", *words[:2], "faces=none"]) == 2


def test_small_pictures_without_truths_are_refused_and_other_faces_take_their_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FACEGAN_CACHE", str(tmp_path / "cache"))
    high, low = unpaired_folders(tmp_path)
    data = ["data=unpaired", f"data.root={high}", f"data.low={low}", "data.image_size=16", "data.scale=2"]
    run = tiny_run(tmp_path / "run", "unpaired_upscaling_quickstart", *data).root
    words = ["evaluate", f"run={run}", "protocol=superresolution", "faces=6", "quick=true", "rows=2"]
    assert main(words) == 2
    assert "nobody knows the large faces of low" in capsys.readouterr().err
    assert not (run / "evaluation").exists()
    assert main([*words, "data=folder", f"data.root={high}"]) == 0
    result = json.loads((run / "evaluation" / "superresolution.json").read_text())
    assert (result["data"], result["faces"]) == ("high", 5)
    pairs = ["data=div2k", f"data.root={div2k_folder(tmp_path / 'pairs', scale=2)}"]
    assert main([*words, *pairs, "data.scale=2"]) == 0
    assert json.loads((run / "evaluation" / "superresolution.json").read_text())["data"] == "div2k-bicubic"
    div2k_folder(tmp_path / "pairs", scale=4)
    assert main([*words, *pairs, "data.scale=4"]) == 2
    assert "takes 8" in capsys.readouterr().err
