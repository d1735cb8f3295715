"""The editor: a photo meets the model as training photos did, and comes back whole."""

import importlib.metadata
import math
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import ExifTags, Image
from torch import Tensor

import facegan
from facegan.apps.editor import Editor
from facegan.attributes import UnknownAttributeError
from facegan.data import decode
from facegan.data.align import Framing
from facegan.data.celeba import celeba_framing
from facegan.data.sampling import to_network
from facegan.errors import UserError
from facegan.models.base import MissingVerbError
from tests.runs import SIZE, photo, picture, tiny_run

POINTS = [[20.0, 26.0], [30.0, 27.0], [25.0, 33.0], [21.0, 40.0], [29.0, 40.0]]


@pytest.fixture(scope="module")
def genegan(tmp_path_factory: pytest.TempPathFactory) -> Editor:
    return facegan.load(tiny_run(tmp_path_factory.mktemp("genegan")).root)


@pytest.fixture(scope="module")
def fader(tmp_path_factory: pytest.TempPathFactory) -> Editor:
    return facegan.load(str(tiny_run(tmp_path_factory.mktemp("fader"), "fader_quickstart").root))


class Seen:
    """Stands in for a verb: keeps what it was called with, and answers with grey faces."""

    def __init__(self) -> None:
        self.images, self.arguments, self.settings = torch.empty(0), (), {}

    def __call__(self, images: Tensor, *arguments: Any, **settings: Any) -> Tensor:
        self.images, self.arguments, self.settings = images, arguments, settings  # type: ignore[assignment]
        return torch.zeros_like(images)


def seen(editor: Editor, verb: str, monkeypatch: pytest.MonkeyPatch) -> Seen:
    stand_in = Seen()
    monkeypatch.setattr(editor.model, verb, stand_in)
    return stand_in


def pixels(image: Image.Image) -> np.ndarray[Any, Any]:
    return np.asarray(image).astype(int)


def test_importing_facegan_costs_nothing() -> None:
    code = "import sys, facegan; sys.exit('torch' in sys.modules or 'hydra' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
    assert facegan.__version__ == importlib.metadata.version("facegan")


def test_an_editor_says_what_it_can(genegan: Editor, fader: Editor) -> None:
    assert genegan.attributes == ("Eyeglasses",)
    assert fader.attributes == ("Eyeglasses", "Smiling")
    assert "transfer" in genegan.verbs
    assert "transfer" not in fader.verbs


def test_an_edit_comes_back_in_its_photo(genegan: Editor) -> None:
    before = picture()
    after = genegan.edit(before, {"Eyeglasses": 1})
    assert (after.mode, after.size) == ("RGB", before.size)
    # The middle square of a 48 x 64 photo leaves 8 rows above and below, bit for bit.
    assert (pixels(after)[:8] == pixels(before)[:8]).all()
    assert (pixels(after)[-8:] == pixels(before)[-8:]).all()
    assert (pixels(after)[20:44, 12:36] != pixels(before)[20:44, 12:36]).any()


def test_the_square_alone(genegan: Editor) -> None:
    assert genegan.edit(picture(), {"Eyeglasses": 0}, paste=False).size == (SIZE, SIZE)
    assert genegan.reconstruct(picture(), paste=False).size == (SIZE, SIZE)
    assert genegan.transfer(picture(), picture(1), paste=False).size == (SIZE, SIZE)


def test_a_path_a_picture_and_an_array_are_one(genegan: Editor, tmp_path: Path) -> None:
    path = photo(tmp_path / "me.png")
    wanted = pixels(genegan.edit(path, {"Eyeglasses": 1}))
    for same in (str(path), picture(), np.array(picture())):
        assert (pixels(genegan.edit(same, {"Eyeglasses": 1})) == wanted).all()


def test_a_list_gives_a_list_with_the_same_faces(fader: Editor) -> None:
    many = [picture(0), picture(1, width=80), picture(2)]
    together = fader.edit(many, {"Smiling": 1, "Eyeglasses": 0}, strength=1.5)
    assert [image.size for image in together] == [image.size for image in many]
    for one, image in zip(many, together, strict=True):
        assert abs(pixels(fader.edit(one, {"Smiling": 1, "Eyeglasses": 0}, strength=1.5)) - pixels(image)).max() <= 1
    assert len(fader.reconstruct(many[:1])) == 1


def test_the_model_is_asked_for_what_was_asked(fader: Editor, monkeypatch: pytest.MonkeyPatch) -> None:
    edit = seen(fader, "edit", monkeypatch)
    after = fader.edit([picture(), picture(1)], {"Smiling": 1}, strength=1.5, seed=9, paste=False)
    (target,) = edit.arguments
    assert target.shape == (2, 2)
    assert target[:, 0].isnan().all()
    assert target[:, 1].tolist() == [1.0, 1.0]
    assert edit.settings == {"strength": 1.5, "seed": 9}
    assert all((pixels(image) == 128).all() for image in after)


def test_strength_nothing_and_keeping_are_the_reconstruction(genegan: Editor) -> None:
    again = pixels(genegan.reconstruct(picture()))
    assert (pixels(genegan.edit(picture(), {"Eyeglasses": 0}, strength=0)) == again).all()
    assert (pixels(genegan.edit(picture(), {"Eyeglasses": 0})) != again).any()


def test_the_seed_chooses_the_look(genegan: Editor) -> None:
    looks = [pixels(genegan.edit(picture(), {"Eyeglasses": 1}, seed=seed)) for seed in (0, 0, 1)]
    assert (looks[0] == looks[1]).all()
    assert (looks[0] != looks[2]).any()


@pytest.mark.parametrize("landmarks", [None, POINTS])
def test_a_photo_meets_the_model_as_training_photos_did(
    landmarks: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    framing = celeba_framing("attgan", image_size=SIZE)
    editor = facegan.load(tiny_run(tmp_path / "run", crop=framing.to_dict()).root)
    reconstruct = seen(editor, "reconstruct", monkeypatch)
    before = picture(width=89, height=109)
    after = editor.reconstruct(before, landmarks=landmarks)
    square, placement = framing.cut(before, None if landmarks is None else np.array(landmarks))
    wanted = to_network(torch.from_numpy(np.array(square)).permute(2, 0, 1)[None])
    assert torch.equal(reconstruct.images, wanted)
    grey = Image.new("RGB", (SIZE, SIZE), (128, 128, 128))
    assert (pixels(after) == pixels(framing.paste(before, grey, placement))).all()


def test_landmarks_of_a_list_go_photo_by_photo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    framing = celeba_framing("fader", image_size=SIZE)
    editor = facegan.load(tiny_run(tmp_path / "run", crop=framing.to_dict()).root)
    reconstruct = seen(editor, "reconstruct", monkeypatch)
    editor.reconstruct([picture(), picture()], landmarks=[None, POINTS])
    assert not torch.equal(reconstruct.images[0], reconstruct.images[1])
    with pytest.raises(UserError, match="2 photos and landmarks for 1"):
        editor.reconstruct([picture(), picture()], landmarks=[POINTS])


def test_without_a_crop_the_middle_square_is_taken(genegan: Editor) -> None:
    assert genegan.framing == Framing.from_dict({}, image_size=SIZE)


def test_a_transfer_takes_the_exemplars_own(genegan: Editor, monkeypatch: pytest.MonkeyPatch) -> None:
    transfer = seen(genegan, "transfer", monkeypatch)
    genegan.transfer([picture(), picture(1)], picture(2), strength=0.5)
    exemplars, attribute = transfer.arguments
    assert exemplars.shape == transfer.images.shape == (2, 3, SIZE, SIZE)
    assert torch.equal(exemplars[0], exemplars[1])
    assert (attribute, transfer.settings) == ("Eyeglasses", {"strength": 0.5})
    genegan.transfer([picture(), picture(1)], [picture(2), picture(3)], "Eyeglasses")
    assert not torch.equal(*transfer.arguments[0])


def test_a_turned_photo_comes_back_upright(genegan: Editor, tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    picture(width=60, height=40).save(tmp_path / "turned.jpg", exif=exif)
    assert genegan.edit(tmp_path / "turned.jpg", {"Eyeglasses": 1}).size == (40, 60)


def test_a_huge_photo_keeps_its_size(genegan: Editor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decode, "DRAFT_PIXELS", 1000)
    monkeypatch.setattr(decode, "DRAFT_SIDE", 8)
    path = photo(tmp_path / "huge.jpg", width=320, height=240)
    assert decode.decode(path).scale < 1
    assert genegan.edit(path, {"Eyeglasses": 1}).size == (320, 240)


def test_averaged_weights_are_used_where_there_are_any(genegan: Editor, tmp_path: Path) -> None:
    from facegan.training.checkpoint import read_checkpoint, write_checkpoint

    run = tiny_run(tmp_path / "run")
    tensors, state = read_checkpoint(run.last)
    name = next(name for name in tensors if name.startswith("model.joiner.") and name.endswith("weight"))
    write_checkpoint(run.last, {**tensors, name.replace("model.", "ema."): 0 * tensors[name]}, state)
    averaged = facegan.load(run.root)
    assert (pixels(averaged.reconstruct(picture())) != pixels(genegan.reconstruct(picture()))).any()


@pytest.mark.parametrize(
    ("ask", "error", "said"),
    [
        (lambda e: e.transfer(picture(), picture()), MissingVerbError, "Fader has no verb 'transfer'; it has"),
        (lambda e: e.edit(picture(), {"Smilling": 1}), UnknownAttributeError, "Did you mean 'Smiling'"),
        (lambda e: e.edit(picture(), {"Smiling": 2}), UserError, "Smiling=2"),
        (lambda e: e.edit(picture(), {}), UserError, "Eyeglasses, Smiling"),
        (lambda e: e.edit(picture(), {"Smiling": 1}, strength=math.nan), UserError, "strength=nan"),
        (lambda e: e.edit("nobody.jpg", {"Smiling": 1}), UserError, "nobody.jpg"),
        (lambda e: e.edit(np.zeros((4, 4)), {"Smiling": 1}), UserError, "H x W x 3 uint8, not 4 x 4 float64"),
        (lambda e: e.edit(7, {"Smiling": 1}), UserError, "nothing of type int"),
        (lambda e: e.edit([], {"Smiling": 1}), UserError, "0 photos"),
        (lambda e: e.edit(picture(width=4, height=4), {"Smiling": 1}), UserError, "4 x 4 pixels"),
        (lambda e: e.edit(picture(), {"Smiling": 1}, landmarks=[[1], [2, 3]]), UserError, "five points"),
        (lambda e: e.edit(__file__, {"Smiling": 1}), UserError, "not an image"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(fader: Editor, ask: Any, error: type, said: str) -> None:
    with pytest.raises(error, match=said) as info:
        ask(fader)
    assert "\n" not in str(info.value)


def test_several_attributes_want_a_name(tmp_path: Path, genegan: Editor) -> None:
    assert genegan.worn_attribute(None) == "Eyeglasses"
    with pytest.raises(UnknownAttributeError):
        genegan.worn_attribute("Smiling")
    with pytest.raises(UserError, match=r"3 photos take 1 or 3 exemplars, not 2"):
        genegan.transfer([picture()] * 3, [picture()] * 2)


@pytest.mark.parametrize("device", ["nonsense", "cuda:99"])
def test_a_device_that_is_not_there(device: str, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=f"device={device}"):
        facegan.load(tiny_run(tmp_path).root, device=device)


@pytest.mark.parametrize("model", ["semilatent_quickstart", "vaegan_quickstart"])
def test_a_model_without_transfer_edits_and_says_so(model: str, tmp_path: Path) -> None:
    editor = facegan.load(tiny_run(tmp_path / "run", model).root)
    assert "transfer" not in editor.verbs
    edited = editor.edit(picture(), {"Eyeglasses": 1, "Smiling": 0})
    assert edited.size == picture().size
    assert np.any(np.asarray(edited) != np.asarray(picture()))
    with pytest.raises(MissingVerbError, match="no verb 'transfer'"):
        editor.transfer(picture(), picture(1), "Eyeglasses")


def test_a_model_that_only_generates_is_loaded_and_asked_by_its_codes(tmp_path: Path) -> None:
    editor = facegan.load(tiny_run(tmp_path / "run", "infogan_quickstart").root)
    assert editor.verbs == ("generate",)
    with pytest.raises(MissingVerbError, match="no verb 'edit'"):
        editor.edit(picture(), {"Eyeglasses": 1})
    wishes = torch.full((2, len(editor.model.controls)), math.nan)
    assert editor.model.generate(wishes).shape == (2, 3, SIZE, SIZE)
