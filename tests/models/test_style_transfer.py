"""Style transfer: its terms written out again, who moves when, and a picture that the run keeps."""

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor
from torch.nn import functional as F

import facegan
from facegan.assemble import fetch_pictures, make_model
from facegan.config import compose_config
from facegan.errors import UserError
from facegan.evaluation.cases import any_faces
from facegan.evaluation.pictures import Column, grid
from facegan.evaluation.samples import Samples
from facegan.models.styling.mosaic import mosaic
from facegan.models.styling.style_transfer import StyleTransfer
from facegan.networks import PartError
from tests.data.faces import Numbered
from tests.models.builders import build, faces
from tests.runs import photo
from tests.tiny import states, tiny_engine

LABELLED = ("Eyeglasses", "Smiling")
FACES = faces(attributes=2)
MODELS = ["style_transfer", "style_transfer_quickstart"]


def made(name: str = "style_transfer", *overrides: str, size: int = 16) -> StyleTransfer:
    model = build(name, *overrides, attributes=LABELLED, image_size=size)
    assert isinstance(model, StyleTransfer)
    return model


def grams(maps: Tensor) -> Tensor:
    return torch.einsum("ncij,ndij->ncd", maps, maps) / maps[0].numel()


def test_terms() -> None:
    """The face's second deepest map, the picture's Gram matrices by their mean squares, and neighbouring pixels."""
    model = made()
    answer = model.translator(FACES.images)
    seen, kept, manner = (model.seen(images) for images in (answer, FACES.images, mosaic(16)))
    losses = model.generator_losses(FACES)
    torch.testing.assert_close(losses["content"], (seen[-2] - kept[-2]).square().mean())
    gaps = [(grams(a) - grams(b)).square().mean() for a, b in zip(seen, manner, strict=True)]
    torch.testing.assert_close(losses["style"], torch.stack(gaps).sum())
    across, down = answer.diff(dim=3).square().mean(), answer.diff(dim=2).square().mean()
    torch.testing.assert_close(losses["variation"], across + down)
    assert set(losses) == set(model.phases[-1].terms)


@pytest.mark.parametrize("name", MODELS)
def test_a_run_trains_what_its_phases_say_and_nothing_else(name: str, tmp_path: Path) -> None:
    engine = tiny_engine(name, tmp_path, "attributes=[Eyeglasses,Smiling]")
    for phase in engine.model.phases:
        before = states(engine)
        engine.play(phase)
        moved = {
            key.partition(".")[0]
            for key, value in engine.model.named_parameters()
            if not torch.equal(before[key], value)
        }
        assert moved == {*phase.trains}


def test_features_come_first_where_they_are_learnt() -> None:
    plays = {
        phase.name: [phase.plays(n) for n in (0, 3)] for phase in made(MODELS[1], "model.features_rounds=3").phases
    }
    assert plays == {"features": [1, 0], "generator": [0, 1]}
    (phase,) = made().phases
    assert (phase.name, phase.plays(0)) == ("generator", 1)


def test_its_only_verb_is_honest_at_any_size() -> None:
    model = made().train()
    assert model.verbs == ("stylize",)
    for shape in ((16, 16), (30, 21), (8, 40)):
        images = torch.rand(2, 3, *shape, generator=torch.Generator().manual_seed(2)) * 2 - 1
        painted = model.stylize(images)
        assert painted.shape == images.shape
        assert painted.abs().max() <= 1
        assert not painted.requires_grad
    assert all(module.training for module in model.modules())


def test_a_translator_of_one_size_says_so() -> None:
    words = ["model=style_transfer", "translator=unet", "extractor=small", "++model.extractor.width=4"]
    model = make_model(compose_config("train", words), image_size=16, attributes=())
    assert isinstance(model, StyleTransfer)
    assert model.stylize(FACES.images).shape == FACES.images.shape
    with pytest.raises(UserError, match=r"takes 16x16 pixels and got 16x24; translator=small takes any"):
        model.stylize(torch.zeros(1, 3, 24, 16))


def test_a_content_layer_must_be_there() -> None:
    with pytest.raises(PartError, match=r"perceptual.layer is -3; -2 to 1 would fit"):
        made("style_transfer", "model.perceptual.layer=-3")


def test_the_mosaic_is_one_picture_at_every_size() -> None:
    assert torch.equal(mosaic(32), mosaic(32))
    assert mosaic(24).shape == (1, 3, 24, 24)
    assert mosaic(64).abs().max() <= 1
    assert mosaic(32).std() > 0.3
    coarse = F.avg_pool2d(mosaic(64), 4)
    assert (F.avg_pool2d(mosaic(32), 2) - coarse).abs().mean() < 0.1 * coarse.std()


def painting(path: Path) -> Path:
    """Left half red, right half blue; wider than high, so that its middle square is taken."""
    image = Image.new("RGB", (60, 40), "blue")
    image.paste("red", (0, 0, 30, 40))
    image.save(path)
    return path


def test_a_run_keeps_its_picture_and_needs_the_file_no_more(tmp_path: Path) -> None:
    path, run = painting(tmp_path / "style.png"), tmp_path / "run"
    words = (f"model.picture={path}", "attributes=[Eyeglasses,Smiling]")
    engine = tiny_engine("style_transfer", run, *words)
    kept = engine.model.get_buffer("picture").clone()
    assert kept.shape == (1, 3, 16, 16)
    for column, colour in ((slice(0, 6), (1, -1, -1)), (slice(10, 16), (-1, -1, 1))):
        torch.testing.assert_close(kept[0, :, :, column].mean((1, 2)), torch.tensor(colour).float(), atol=0.05, rtol=0)
    engine.fit()
    path.unlink()
    assert torch.equal(tiny_engine("style_transfer", run, *words).model.get_buffer("picture"), kept)
    editor = facegan.load(run)
    assert torch.equal(editor.model.get_buffer("picture"), kept)
    assert editor.stylize(photo(tmp_path / "me.png", width=21, height=34)).size == (21, 34)


def test_a_picture_that_cannot_be_had_is_named_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "broken.png").write_bytes(b"no picture")
    for name, said in (("none.png", r"model.picture=.*none.png: there is no such file; name a picture"),
                       ("broken.png", r"model.picture=.*broken.png cannot be read: not an image")):  # fmt: skip
        with pytest.raises(UserError, match=said):
            fetch_pictures(made("style_transfer", f"model.picture={tmp_path / name}"))
    fetch_pictures(made())  # draws its own


def test_a_run_shows_faces_beside_what_it_paints() -> None:
    source, model = Numbered(image_size=16), made()
    shown, _ = any_faces(source, LABELLED, 2)
    wanted = grid([[Column("source", shown), Column("stylized", model.stylize(shown))]])
    assert np.array_equal(np.asarray(Samples(lambda split: source, rows=2)(model)), np.asarray(wanted))
