"""The same face with one attribute changed, and the regions of that change."""

import pytest
import torch

from facegan.data.twinfaces import (
    ATTRIBUTES,
    exemplar_twin,
    regions,
    render,
    sample,
    style_library,
    style_twins,
    with_attribute,
)
from facegan.data.twinfaces.renderer import covers
from facegan.data.twinfaces.supports import support

SIZE = 32


@pytest.fixture(scope="module")
def faces():
    return sample(torch.arange(40), seed=5, split="test")


@pytest.fixture(scope="module")
def images(faces):
    return render(faces, image_size=SIZE)


@pytest.mark.parametrize("attribute", ATTRIBUTES)
def test_outside_may_not_a_bit_changes_in_any_style(attribute: str, faces, images) -> None:
    may = support(faces, attribute, image_size=SIZE)
    changed = torch.zeros_like(may)
    for value in (0, 1):
        for style in style_library(attribute, value, 5, seed=value):
            twins = render(with_attribute(faces, attribute, value, style), image_size=SIZE)
            changed |= (twins != images).any(dim=1)
    assert changed.any()
    assert not (changed & ~may).any()
    assert may.float().mean() < 0.7


@pytest.mark.parametrize("attribute", ATTRIBUTES)
def test_may_is_the_same_for_a_face_and_its_twins(attribute: str, faces) -> None:
    off, on = (support(with_attribute(faces, attribute, v), attribute, image_size=SIZE) for v in (0, 1))
    assert torch.equal(off, on)


@pytest.mark.parametrize("attribute", ATTRIBUTES)
def test_there_and_back_again(attribute: str, faces, images) -> None:
    place = ATTRIBUTES.index(attribute)
    flipped = exemplar_twin(faces, with_attribute(faces, attribute, 0), attribute)
    flipped = with_attribute(flipped, attribute, 1)
    for value in (0, 1):
        rows = faces.labels[:, place] == value
        back = with_attribute(flipped, attribute, value)[rows]
        assert torch.equal(render(back, image_size=SIZE), images[rows])


def test_an_exemplar_twin_wears_the_exemplars_style_and_nothing_else_of_it(faces) -> None:
    exemplars = faces[torch.arange(len(faces)).roll(1)]
    twins = exemplar_twin(faces, exemplars, "Eyeglasses")
    assert torch.equal(twins.shown("Eyeglasses"), exemplars.shown("Eyeglasses"))
    assert torch.equal(twins.labels[:, 0], exemplars.labels[:, 0])
    assert torch.equal(twins.labels[:, 1:], faces.labels[:, 1:])
    assert torch.equal(twins.look, faces.look)
    assert torch.equal(twins.styles[:, 1:], faces.styles[:, 1:])
    assert torch.equal(twins.identity, faces.identity)


def test_style_twins_are_every_face_in_every_style(faces) -> None:
    styles = style_library("Bangs", 1, 3, seed=0)
    twins = style_twins(faces[slice(0, 4)], "Bangs", 1, styles)
    assert len(twins) == 12
    assert torch.equal(twins.identity, faces.identity[:4].repeat_interleave(3))
    assert torch.equal(twins.shown("Bangs"), styles.repeat(4, 1))


def test_male_never_changes_facial_hair(faces) -> None:
    off, on = (covers(with_attribute(faces, "Male", v), image_size=SIZE) for v in (0, 1))
    for part in ("Mustache", "Goatee"):
        assert torch.equal(off[part], on[part])
    beard = (off["No_Beard"] > 0.2).flatten(1).any(dim=1)
    assert torch.equal(beard, (on["No_Beard"] > 0.2).flatten(1).any(dim=1))
    assert torch.equal(beard, faces.labels[:, ATTRIBUTES.index("No_Beard")] == 0)


def test_regions_of_glasses(faces) -> None:
    off = with_attribute(faces, "Eyeglasses", 0)
    dark = torch.full((8,), 0.5)
    dark[6] = 1.0
    on = with_attribute(faces, "Eyeglasses", 1, dark)
    adding, removing = (regions(a, b, "Eyeglasses", image_size=SIZE) for a, b in ((off, on), (on, off)))
    difference = (render(off, image_size=SIZE) - render(on, image_size=SIZE)).abs().amax(dim=1)
    assert torch.equal(adding.changed, difference > 0.05)
    assert torch.equal(adding.may, removing.may)
    assert not (adding.changed & ~adding.may).any()
    assert not adding.hidden.any()
    assert (removing.hidden.flatten(1).sum(dim=1) > 20).all()


def test_a_mouth_that_opens_shows_what_was_hidden(faces) -> None:
    shut, opened = (with_attribute(faces, "Mouth_Slightly_Open", v) for v in (0, 1))
    assert regions(shut, opened, "Mouth_Slightly_Open", image_size=64).hidden.flatten(1).any(dim=1).all()


@pytest.mark.parametrize("attribute", ["Pale_Skin", "Young", "Male"])
def test_the_background_is_never_part_of_the_change(attribute: str, faces) -> None:
    assert not support(faces, attribute, image_size=SIZE)[:, 0, 0].any()


def test_hostile_arguments_are_named_in_one_line(faces) -> None:
    for call, words in (
        (lambda: with_attribute(faces, "Bangs", 2), "Bangs=2"),
        (lambda: with_attribute(faces, "Fringe", 1), "unknown attribute 'Fringe'"),
        (lambda: with_attribute(faces, "Bangs", 1, torch.zeros(3)), r"style: shape \(3,\) does not fit 40 faces"),
        (lambda: exemplar_twin(faces, faces[slice(0, 3)], "Bangs"), "exemplars: 3 for 40 faces"),
        (lambda: style_twins(faces, "Bangs", 1, torch.zeros(3)), r"styles: shape \(3,\)"),
        (lambda: regions(faces, faces[slice(0, 3)], "Bangs", image_size=32), "twins: 3 for 40 faces"),
        (lambda: regions(faces, faces, "Fringe", image_size=32), "unknown attribute 'Fringe'"),
    ):
        with pytest.raises(ValueError, match=words) as caught:
            call()
        assert "\n" not in str(caught.value)
