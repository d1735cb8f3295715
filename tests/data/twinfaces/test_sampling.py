"""Faces by number: the same always, whatever else is drawn."""

import pytest
import torch

from facegan.data.twinfaces import ATTRIBUTES, sample, style_library
from facegan.data.twinfaces.columns import curve, decode, span
from facegan.data.twinfaces.hashing import keys, uniforms
from facegan.data.twinfaces.styles import HELD_OUT, STYLE_SIZE, STYLES, is_held_out


def test_a_face_is_the_same_in_every_order_and_company() -> None:
    whole = sample(torch.arange(50), seed=3)
    alone = sample(torch.tensor([17]), seed=3)
    shuffled = sample(torch.tensor([40, 17, 2]), seed=3)
    for field in ("labels", "look", "styles", "index"):
        assert torch.equal(getattr(whole[torch.tensor([17])], field), getattr(alone, field))
        assert torch.equal(getattr(whole[torch.tensor([40, 17, 2])], field), getattr(shuffled, field))


def test_seeds_and_splits_are_different_streams() -> None:
    streams = [sample(torch.arange(40), seed=s, split=p).look for s in (0, 1) for p in ("train", "validation", "test")]
    rows = torch.cat(streams)
    assert len(rows.unique(dim=0)) == len(rows)


def test_uniform_numbers_are_uniform_and_pinned() -> None:
    numbers = uniforms(keys(torch.arange(4000), seed=7, stream=1), 5)
    assert numbers.min() > 0.0
    assert numbers.max() < 1.0
    assert torch.allclose(numbers.mean(dim=0), torch.full((5,), 0.5), atol=0.02)
    assert torch.corrcoef(numbers.T).fill_diagonal_(0).abs().max() < 0.06
    again = uniforms(keys(torch.tensor([5]), seed=7, stream=1), 3, first=2)
    assert torch.equal(again[0], numbers[5, 2:5].new_tensor(again[0].tolist()))
    assert torch.equal(again[0], numbers[5, 2:5])


def test_quantiles_are_decoded_piecewise() -> None:
    columns = (span("a", -1.0, 3.0), curve("b", (0.0, 0.0), (0.5, 1.0), (1.0, 5.0)))
    got = decode(torch.tensor([[0.25, 0.25], [1.0, 0.75]]), columns)
    assert torch.allclose(got, torch.tensor([[0.0, 0.5], [3.0, 3.0]]))


@pytest.mark.parametrize("attribute", ATTRIBUTES)
def test_held_out_styles_come_up_in_the_test_split_only(attribute: str) -> None:
    value, place = HELD_OUT[attribute][0], ATTRIBUTES.index(attribute)
    for split in ("train", "validation"):
        styles = sample(torch.arange(3000), seed=1, split=split).styles[:, place, value]
        assert not is_held_out(styles, attribute, value).any()
    faces = sample(torch.arange(3000), seed=1, split="test")
    assert 0.03 < float(is_held_out(faces.styles[:, place, value], attribute, value).float().mean()) < 0.3
    shown = faces.held_out(attribute)
    assert shown.any()
    assert (faces.labels[shown, place] == value).all()


@pytest.mark.parametrize("attribute", ATTRIBUTES)
def test_held_out_axes_are_used_by_the_style(attribute: str) -> None:
    value, first, *_, second, _, _ = HELD_OUT[attribute]
    assert max(first, second) < len(STYLES[attribute, value]) <= STYLE_SIZE


def test_a_style_library_is_valid_and_keeps_held_out_styles_from_training() -> None:
    every = style_library("Eyeglasses", 1, 500, seed=0)
    plain = style_library("Eyeglasses", 1, 500, seed=0, split="train")
    assert every.shape == (500, STYLE_SIZE)
    assert is_held_out(every, "Eyeglasses", 1).any()
    assert not is_held_out(plain, "Eyeglasses", 1).any()
    assert ((plain > 0) & (plain < 1)).all()


def test_the_tail_is_long() -> None:
    opacity = decode(style_library("Eyeglasses", 1, 4000, seed=0), STYLES["Eyeglasses", 1])[:, 6]
    assert 0.04 < float((opacity > 0.9).float().mean()) < 0.10
    assert 0.35 < float((opacity < 0.15).float().mean()) < 0.5


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: sample(torch.arange(3), seed=0, split="dev"), "split='dev': there are train, validation, test"),
        (lambda: sample(torch.tensor([-1]), seed=0), "index: a vector of numbers from 0"),
        (lambda: style_library("Hat", 1, 3, seed=0), "unknown attribute 'Hat'"),
        (lambda: style_library("Bangs", 2, 3, seed=0), "Bangs=2"),
        (lambda: style_library("Bangs", 1, 0, seed=0), "count=0"),
    ],
)
def test_hostile_arguments_are_named_in_one_line(call, words) -> None:
    with pytest.raises(ValueError, match=words) as caught:
        call()
    assert "\n" not in str(caught.value)
