"""Answers that need no model."""

import torch

from facegan.data.twinfaces import render, sample, style_library, style_twins, with_attribute
from facegan.data.twinfaces.reference import do_nothing, random_style, style_blind_median


def test_doing_nothing_is_the_face() -> None:
    faces = sample(torch.arange(3), seed=0)
    assert torch.equal(do_nothing(faces, image_size=16), render(faces, image_size=16))


def test_the_median_beats_random_styles_and_doing_nothing() -> None:
    faces = sample(torch.arange(48), seed=0)
    off = with_attribute(faces, "Eyeglasses", 0)
    twins = with_attribute(off, "Eyeglasses", 1)
    true = render(twins, image_size=32)
    changed = (true - render(off, image_size=32)).abs().amax(dim=1, keepdim=True) > 0.05
    nothing = ((do_nothing(off, image_size=32) - true).abs() * changed).sum()
    blind = ((style_blind_median(off, "Eyeglasses", 1, image_size=32, styles=24) - true).abs() * changed).sum()
    random = ((random_style(off, "Eyeglasses", 1, image_size=32) - true).abs() * changed).sum()
    assert blind < nothing
    assert blind < random


def test_the_median_is_the_pixelwise_median_of_the_twins() -> None:
    faces = sample(torch.arange(2), seed=0)
    library = style_library("Bangs", 1, 5, seed=20_011)
    images = render(style_twins(faces, "Bangs", 1, library), image_size=16).reshape(2, 5, 3, 16, 16)
    middle = images.sort(dim=1).values[:, 2]
    assert torch.equal(style_blind_median(faces, "Bangs", 1, image_size=16, styles=5), middle)


def test_a_random_style_depends_on_the_face_and_the_seed_alone() -> None:
    faces = sample(torch.arange(6), seed=0)
    whole = random_style(faces, "Wearing_Hat", 1, image_size=16)
    part = faces[torch.tensor([4, 1])]
    assert torch.equal(random_style(part, "Wearing_Hat", 1, image_size=16), whole[torch.tensor([4, 1])])
    assert not torch.equal(random_style(faces, "Wearing_Hat", 1, image_size=16, seed=1), whole)
