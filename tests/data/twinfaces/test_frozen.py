"""Frozen styles: named factors stand still, everything else stays as it was, and no set is mistaken for another."""

import pytest
import torch

from facegan.assemble import make_source
from facegan.config import compose_config
from facegan.data.twinfaces import ATTRIBUTES, TwinFaces, sample, style_library
from facegan.data.twinfaces.frozen import checked_frozen, freeze
from facegan.data.twinfaces.styles import STYLE_SIZE, STYLES, is_held_out

SIZE, SQUARE, HUE = 0, 1, 4
FROZEN = {"Eyeglasses": {"size": 0.3, "square": 0.2}, "Smiling": {"widen": 0.9}}


@pytest.mark.parametrize("split", ["train", "test"])
def test_frozen_factors_stand_and_all_else_stays(split: str) -> None:
    plain = sample(torch.arange(200), seed=4, split=split)
    stiff = sample(torch.arange(200), seed=4, split=split, frozen=FROZEN)
    expected = plain.styles.clone()
    expected[:, 0, 1, SIZE], expected[:, 0, 1, SQUARE] = 0.3, 0.2
    expected[:, 1, :, 1] = 0.9  # how a smile widens has a place in both values
    # Whose square glasses were kept out of a rare colour may now wear it, since they are square no longer.
    expected[:, 0, 1, HUE] = stiff.styles[:, 0, 1, HUE]
    assert torch.equal(stiff.styles, expected)
    assert torch.equal(stiff.labels, plain.labels)
    assert torch.equal(stiff.look, plain.look)


def test_a_face_is_the_same_in_every_company() -> None:
    whole = sample(torch.arange(30), seed=4, frozen=FROZEN)
    assert torch.equal(whole.styles[7], sample(torch.tensor([7]), seed=4, frozen=FROZEN).styles[0])


def test_training_never_shows_held_out_styles() -> None:
    """With square frames for all, no colour of the held-out box may come up."""
    faces = sample(torch.arange(2000), seed=1, frozen={"Eyeglasses": {"square": 0.8}})
    worn = faces.styles[:, 0, 1]
    assert (worn[:, SQUARE] == 0.8).all()
    assert not is_held_out(worn, "Eyeglasses", 1).any()


def test_every_factor_can_be_frozen_alone() -> None:
    for (name, value), columns in STYLES.items():
        for place, column in enumerate(columns):
            frozen = checked_frozen({name: {column.name: 0.45}}) if name != "Wearing_Hat" else {}
            worn = sample(torch.arange(20), seed=0, frozen=frozen).styles[:, ATTRIBUTES.index(name), value, place]
            assert (worn == 0.45).all() or name == "Wearing_Hat"


def test_a_library_is_frozen_in_the_same_way() -> None:
    library = style_library("Eyeglasses", 1, 50, seed=0)
    stiff = freeze(library, "Eyeglasses", 1, FROZEN)
    assert stiff.shape == (50, STYLE_SIZE)
    assert (stiff[:, SIZE] == 0.3).all()
    assert torch.equal(stiff[:, 2:], library[:, 2:])
    assert torch.equal(library, style_library("Eyeglasses", 1, 50, seed=0))
    assert torch.equal(freeze(library, "Bangs", 1, FROZEN), library)


def _source(tmp_path, **given) -> TwinFaces:
    return TwinFaces(**{"image_size": 16, "size": 24, "cache": str(tmp_path), **given})


def test_a_frozen_set_has_a_store_of_its_own(tmp_path) -> None:
    sets = [{}, {"Eyeglasses": {"hue": 0.1}}, {"Eyeglasses": {"hue": 0.6}}]
    drawn = [_source(tmp_path, frozen_styles=frozen).images(torch.arange(24)) for frozen in sets]
    assert len(list(tmp_path.glob("*.npy"))) == 3
    assert not torch.equal(drawn[0], drawn[1])
    assert not torch.equal(drawn[1], drawn[2])


@pytest.mark.parametrize("nothing", [None, {}, {"Eyeglasses": {}}])
def test_freezing_nothing_is_the_default_set(tmp_path, nothing) -> None:
    assert _source(tmp_path, frozen_styles=nothing).settings() == _source(tmp_path).settings()
    assert "frozen_styles" not in _source(tmp_path).settings()


def test_the_command_line_takes_it(tmp_path) -> None:
    given = ["+data.frozen_styles={Eyeglasses:{size:0.3}}", "data.size=8", "data.image_size=16"]
    source = make_source(compose_config("train", given), "train")
    assert isinstance(source, TwinFaces)
    assert (source.faces(torch.arange(8)).styles[:, 0, 1, SIZE] == 0.3).all()


@pytest.mark.parametrize(
    ("frozen", "words"),
    [
        ({"Glasses": {"size": 0.5}}, "unknown attribute 'Glasses'"),
        ({"Glasses": {}}, "unknown attribute 'Glasses'"),
        ({"Eyeglasses": {"colour": 0.5}}, "Eyeglasses has no factor 'colour'; it has size, square"),
        ({"Eyeglasses": {"size": 1.5}}, "Eyeglasses.size=1.5 is no quantile"),
        ({"Eyeglasses": {"hue": 0.8}}, "outside 0.75 to 1 fits, or square frozen outside 0.5 to 1"),
        ({"Eyeglasses": {"hue": 0.8, "square": 0.7}}, "held out"),
    ],
)
def test_what_cannot_be_frozen_is_refused_in_one_line(tmp_path, frozen, words: str) -> None:
    with pytest.raises(ValueError, match=words) as caught:
        _source(tmp_path, frozen_styles=frozen)
    assert "\n" not in str(caught.value)


def test_a_rare_colour_may_be_frozen_where_frames_are_round() -> None:
    frozen = checked_frozen({"Eyeglasses": {"hue": 0.8, "square": 0.2}})
    assert (sample(torch.arange(40), seed=0, frozen=frozen).styles[:, 0, 1, HUE] == torch.tensor(0.8)).all()
