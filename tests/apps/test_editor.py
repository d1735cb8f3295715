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
from facegan.data.sampling import shrink, to_network
from facegan.errors import UserError
from facegan.evaluation.pictures import to_picture
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


@pytest.fixture(scope="module")
def semilatent(tmp_path_factory: pytest.TempPathFactory) -> Editor:
    return facegan.load(tiny_run(tmp_path_factory.mktemp("semilatent"), "semilatent_quickstart").root)


@pytest.fixture(scope="module")
def conditional(tmp_path_factory: pytest.TempPathFactory) -> Editor:
    return facegan.load(tiny_run(tmp_path_factory.mktemp("conditional"), "conditional_cyclegan_quickstart").root)


@pytest.fixture(scope="module")
def identity(tmp_path_factory: pytest.TempPathFactory) -> Editor:
    return facegan.load(tiny_run(tmp_path_factory.mktemp("identity"), "identity_cyclegan_quickstart").root)


def test_a_generated_face_depends_on_its_number_and_the_seed_alone(semilatent: Editor) -> None:
    many = semilatent.generate(4, {"Smiling": 1}, seed=2)
    assert [image.size for image in many] == [(SIZE, SIZE)] * 4
    assert len({image.tobytes() for image in many}) == 4
    assert [pixels(image).tolist() for image in semilatent.generate(2, {"Smiling": 1}, seed=2, start=1)] == [
        pixels(image).tolist() for image in many[1:3]
    ]
    others = [semilatent.generate(4, {"Smiling": 0}, seed=2), semilatent.generate(4, {"Smiling": 1}, seed=3)]
    for faces in others:
        assert all((pixels(one) != pixels(other)).any() for one, other in zip(many, faces, strict=True))


def test_what_is_not_asked_of_a_new_face_is_left_open(semilatent: Editor, monkeypatch: pytest.MonkeyPatch) -> None:
    wishes = []
    monkeypatch.setattr(
        semilatent.model, "generate", lambda wish, seed: wishes.append(wish) or torch.zeros(1, 3, SIZE, SIZE)
    )
    semilatent.generate(1, {"Smiling": 1})
    semilatent.generate(1)
    assert wishes[0].isnan().tolist() == [[True, False]]
    assert wishes[0][0, 1] == 1
    assert wishes[1].isnan().all()


def test_a_model_without_labels_is_asked_by_its_codes(tmp_path: Path) -> None:
    editor = facegan.load(tiny_run(tmp_path / "run", "infogan_quickstart").root)
    first, *rest = editor.model.controls
    assert editor.wish({first: 2}).tolist()[0] == 2
    assert editor.wish({first: 2})[1:].isnan().sum() == len(rest)
    assert [image.size for image in editor.generate(2, {first: 2})] == [(SIZE, SIZE)] * 2
    for request, said in (({"Smiling": 1}, "Known here: " + first), ({first: 1.5}, "whole number")):
        with pytest.raises(UserError, match=said):
            editor.generate(1, request)


def network(image: Image.Image) -> Tensor:
    """A picture as the model takes it, 1 x 3 x H x W."""
    return to_network(torch.from_numpy(np.array(image)).permute(2, 0, 1)[None])


def same(image: Image.Image, faces: Tensor) -> bool:
    return bool((pixels(image) == pixels(to_picture(faces[0]))).all())


def test_a_face_of_the_low_size_is_enlarged_as_it_is(conditional: Editor) -> None:
    low = conditional.model.low
    small = picture(5, width=low, height=low)
    large = conditional.upscale(small, {"Smiling": 1})
    assert (large.mode, large.size) == ("RGB", (SIZE, SIZE))
    asked = torch.tensor([[math.nan, 1.0]])
    assert same(large, conditional.model.upscale(network(small), asked))
    assert not same(conditional.upscale(small, {"Smiling": 0}), conditional.model.upscale(network(small), asked))
    assert same(conditional.upscale(small), conditional.model.upscale(network(small), asked * math.nan))


def test_any_other_photo_is_cut_as_training_photos_were_and_shrunk(tmp_path: Path) -> None:
    framing = celeba_framing("attgan", image_size=SIZE)
    editor = facegan.load(tiny_run(tmp_path, "conditional_cyclegan_quickstart", crop=framing.to_dict()).root)
    before = picture(width=89, height=109)
    for landmarks in (None, POINTS):
        square, _ = framing.cut(before, None if landmarks is None else np.array(landmarks))
        small = shrink(network(square), side=editor.model.low)
        wanted = editor.model.upscale(small, torch.tensor([[1.0, math.nan]]))
        assert same(editor.upscale(before, {"Eyeglasses": 1}, landmarks=landmarks), wanted)
        (listed,) = editor.upscale([before], {"Eyeglasses": 1}, landmarks=[landmarks])
        assert same(listed, wanted)


@pytest.mark.parametrize("degradation", ["rain", "camera"])
def test_a_photo_is_not_made_worse_by_chance(degradation: str, tmp_path: Path) -> None:
    """What takes rain off is given the user's own photo; noise that belongs to shrinking is the same in every call."""
    editor = facegan.load(tiny_run(tmp_path, "srresnet_quickstart", f"degradation={degradation}").root)
    photo = picture(width=89, height=109)
    small = editor._small(photo, None)
    assert torch.equal(small, editor._small(photo, None))
    if editor.model.low == SIZE:
        square, _ = editor.framing.cut(photo, None)
        torch.testing.assert_close(small, network(square)[0])


def test_a_small_face_becomes_the_person_that_it_shall_be_like(identity: Editor) -> None:
    low = identity.model.low
    small, friends = picture(5, width=low, height=low), [picture(1, width=SIZE, height=SIZE), picture(2)]
    large = identity.upscale(small, like=friends[0])
    assert same(large, identity.model.upscale(network(small), network(friends[0])))
    two = identity.upscale([small, small], like=friends)
    assert abs(pixels(two[0]) - pixels(large)).max() <= 1
    assert (pixels(two[1]) != pixels(large)).any()


def test_what_a_model_cannot_generate_or_upscale_is_said_in_one_line(
    semilatent: Editor, conditional: Editor, identity: Editor, genegan: Editor
) -> None:
    small = picture()
    for ask, error, said in (
        (
            lambda: genegan.generate(1),
            MissingVerbError,
            "no verb 'generate'; it has: reconstruct, encode, edit",
        ),
        (lambda: genegan.upscale(small), MissingVerbError, "no verb 'upscale'; it has"),
        (lambda: semilatent.generate(0), UserError, "count=0: at least 1"),
        (lambda: semilatent.generate(1, {"Smilling": 1}), UnknownAttributeError, "Did you mean 'Smiling'"),
        (lambda: semilatent.generate(1, {"Smiling": 0.5}), UserError, "off [(]0[)] or on [(]1[)]"),
        (lambda: conditional.upscale(small, like=small), UserError, "by no other face; leave like=PHOTO out"),
        (lambda: conditional.upscale(small, {"Hat": 1}), UnknownAttributeError, "unknown attribute 'Hat'"),
        (lambda: identity.upscale(small), UserError, "like=PHOTO says whose"),
        (lambda: identity.upscale(small, {"Smiling": 1}, like=small), UserError, "by no attributes; leave Smiling out"),
        (lambda: identity.upscale([small], like=[small] * 2), UserError, "1 photos take 1 or 1 exemplars, not 2"),
    ):
        with pytest.raises(error, match=said) as info:
            ask()
        assert "\n" not in str(info.value)


def test_a_verb_is_told_what_it_takes_and_no_degree_that_it_does_not_know(tmp_path: Path) -> None:
    editor = facegan.load(tiny_run(tmp_path).root)
    editor.model.edit = lambda images, target: images  # type: ignore[attr-defined]
    photo = Image.new("RGB", (16, 16), "grey")
    assert editor.edit(photo, {"Eyeglasses": 1}).size == photo.size
    with pytest.raises(UserError, match=r"strength=1\.5: GeneGAN knows no degrees of edit; leave it out"):
        editor.edit(photo, {"Eyeglasses": 1}, strength=1.5)
