"""PhotoTwins: nothing but the layer is painted, and it is painted where the face has its place for it."""

import pytest
import torch
from torch import Tensor

from facegan.attributes import UnknownAttributeError
from facegan.data.errors import DataError
from facegan.data.phototwins import WORN, PhotoTwins
from facegan.data.phototwins.light import light_of
from facegan.data.phototwins.placing import DRAWN, placed
from facegan.data.sampling import to_network
from facegan.data.templates import TEMPLATES
from facegan.data.twinfaces import exemplar_twin, style_library, style_twins, with_attribute
from tests.data.aligned import Aligned
from tests.data.faces import Numbered

INDEX = torch.tensor([1, 2, 4, 5, 7, 8])


def middle(mask: Tensor) -> tuple[float, float]:
    """The mean place of a mask S x S, x and y in shares of the side."""
    rows, columns = mask.nonzero().float().mean(0).add(0.5).div(len(mask)).tolist()
    return columns, rows


@pytest.mark.parametrize("attribute", WORN)
@pytest.mark.parametrize("size", [16, 48])
@pytest.mark.parametrize("crop", ["fader", "genegan"])
def test_outside_may_every_twin_is_the_photograph_bit_for_bit(attribute: str, size: int, crop: str) -> None:
    source = Aligned(image_size=size, crop=crop)
    photographs = PhotoTwins(source, attribute)
    bare = photographs.faces(INDEX[:2], seed=1, value=0)
    assert photographs.draw(bare).equal(to_network(source.images(bare.index)))
    library = style_library(attribute, 1, 40, seed=5)
    worn = photographs.draw(style_twins(bare, attribute, 1, library)).unflatten(0, (2, 40))
    may = photographs.support(bare)
    differs = (worn != photographs.draw(bare)[:, None]).any(2)
    assert not (differs & ~may[:, None]).any()
    assert differs.flatten(2).any(-1).all()
    assert not may.all()


@pytest.mark.parametrize("attribute", WORN)
def test_a_twin_depends_on_seed_and_photograph_alone(attribute: str) -> None:
    photographs = PhotoTwins(Aligned(), attribute)
    whole = photographs.draw(photographs.faces(INDEX, seed=1, value=1))
    part = photographs.draw(photographs.faces(INDEX[[4, 1]], seed=1, value=1))
    assert part.equal(whole[[4, 1]])
    assert not photographs.draw(photographs.faces(INDEX, seed=2, value=1)).equal(whole)


def test_an_exemplar_gives_its_style_and_nothing_else() -> None:
    photographs = PhotoTwins(Aligned(), "Eyeglasses")
    bare, worn = (photographs.faces(INDEX, seed=seed, value=seed) for seed in (0, 1))
    twins = exemplar_twin(bare, worn.__getitem__(torch.arange(len(worn)).roll(1)), "Eyeglasses")
    assert twins.index.equal(bare.index)
    assert photographs.draw(exemplar_twin(bare, worn, "Eyeglasses")).equal(photographs.draw(worn))
    assert photographs.draw(with_attribute(twins, "Eyeglasses", 0)).equal(photographs.draw(bare))


@pytest.mark.parametrize("attribute", WORN)
def test_styles_that_training_never_shows_come_up(attribute: str) -> None:
    faces = PhotoTwins(Aligned(300), attribute).faces(torch.arange(300), seed=1, value=1)
    assert 0 < int(faces.held_out(attribute).sum()) < 150


def test_only_photographs_without_the_attribute_are_clean() -> None:
    assert PhotoTwins(Aligned(9), "Wearing_Hat").clean().tolist() == [1, 2, 4, 5, 7, 8]


def test_things_are_where_the_face_has_its_place_for_them() -> None:
    eyes, brow, lip = (where_worn(name) for name in WORN)
    template = TEMPLATES["celeba_fader"]
    eye_line, nose, mouth = template[0][1], template[2][1], template[3][1]
    assert abs(eyes[1] - eye_line) < 0.04
    assert brow[1] < eye_line - 0.1
    assert nose < lip[1] < mouth
    assert all(abs(place[0] - 0.495) < 0.04 for place in (eyes, brow, lip))


def where_worn(attribute: str) -> tuple[float, float]:
    photographs = PhotoTwins(Aligned(image_size=64), attribute)
    bare = photographs.faces(INDEX, seed=3, value=0)
    where = photographs.regions(bare, with_attribute(bare, attribute, 1))
    assert not (where.changed & ~where.may).any()
    assert not where.hidden.any()
    back = photographs.regions(with_attribute(bare, attribute, 1), bare)
    assert back.hidden.any()
    assert not (back.hidden & ~back.may).any()
    return middle(where.changed.any(0))


def test_a_tilted_face_tilts_the_head() -> None:
    level = placed([((x + 1) / 2, (y + 1) / 2) for x, y in DRAWN])
    assert level["scale"] == pytest.approx(1.0)
    assert level["sine"] == pytest.approx(0.0, abs=1e-9)
    assert level["eye_gap"] == pytest.approx(0.1975)
    tilted = placed([((0.8 * x - 0.6 * y + 1) / 2, (0.6 * x + 0.8 * y + 1) / 2) for x, y in DRAWN])
    assert tilted["sine"] == pytest.approx(0.6)
    assert tilted["eye_gap"] == pytest.approx(0.1975)


def test_light_is_read_off_the_photograph() -> None:
    template = TEMPLATES["celeba_fader"]
    photographs = torch.full((3, 3, 32, 32), 140, dtype=torch.uint8)
    photographs[1] = 40
    photographs[2, :, :, 16:] = 220
    level, turned = light_of(photographs, template)
    assert level[0] == pytest.approx(1.0)
    assert level[1] < 0.5
    assert turned[0] == 0.0
    assert turned[2] > 0.2


def test_what_cannot_be_placed_is_refused() -> None:
    with pytest.raises(DataError, match=r"not aligned.*data\.align"):
        PhotoTwins(Numbered(), "Eyeglasses")
    with pytest.raises(UnknownAttributeError):
        PhotoTwins(Aligned(), "Smiling")
