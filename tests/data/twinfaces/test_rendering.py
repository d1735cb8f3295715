"""Pictures: the same bits in every batch, the same face at every size, gradients."""

from dataclasses import replace

import pytest
import torch

from facegan.data.twinfaces import ATTRIBUTES, render, sample, with_attribute
from facegan.data.twinfaces.factors import decoded
from facegan.data.twinfaces.look import LOOK
from facegan.data.twinfaces.renderer import PAINTERS
from facegan.data.twinfaces.stage import Stage


def test_shape_range_and_bits_whatever_the_batch() -> None:
    faces = sample(torch.arange(40), seed=0)
    images = render(faces, image_size=32)
    assert images.shape == (40, 3, 32, 32)
    assert images.dtype == torch.float32
    assert images.isfinite().all()
    assert -1.0 <= images.min() < -0.5
    assert 0.5 < images.max() <= 1.0
    order = torch.tensor([33, 4, 4, 18, 0, 39, 21])
    assert torch.equal(render(faces[order], image_size=32), images[order])
    assert torch.equal(render(faces[torch.tensor([7])], image_size=32), images[7:8])
    assert render(faces[slice(0, 0)], image_size=32).shape == (0, 3, 32, 32)


def test_many_chunks_are_the_same_as_one_by_one() -> None:
    faces = sample(torch.arange(300), seed=1)
    some = torch.tensor([0, 63, 64, 255, 256, 299])
    assert torch.equal(render(faces, image_size=32)[some], render(faces[some], image_size=32))


def test_windows_cut_nothing_even_in_the_widest_pose() -> None:
    faces = sample(torch.arange(64), seed=9)
    look = faces.look.clone()
    look[:, :6] = look[:, :6].round()
    traits = decoded(replace(faces, look=look))
    small, whole = Stage(traits, 32), Stage(traits, 32, boxed=False)
    for painter in PAINTERS:
        painter(small)
        painter(whole)
        assert torch.equal(small.canvas, whole.canvas), painter.__name__


def test_the_same_face_at_another_size() -> None:
    faces = sample(torch.arange(24), seed=0)
    large = torch.nn.functional.avg_pool2d(render(faces, image_size=128), 4)
    same = (render(faces, image_size=32) - large).abs().mean()
    other = (render(faces, image_size=32) - large.roll(1, dims=0)).abs().mean()
    assert same < 0.06
    assert same < other / 4


def test_gradients_agree_with_differences() -> None:
    faces = sample(torch.arange(6), seed=4)
    look, styles = faces.look.double(), faces.styles.double()
    weight = torch.rand(6, 3, 24, 24, dtype=torch.float64, generator=torch.Generator().manual_seed(0))

    def score(look: torch.Tensor, styles: torch.Tensor) -> torch.Tensor:
        wide = replace(faces, look=look, styles=styles, labels=faces.labels.double())
        return (render(wide, image_size=24) * weight).sum(dim=(1, 2, 3))

    grown = look.clone().requires_grad_(), styles.clone().requires_grad_()
    by_look, by_styles = torch.autograd.grad(score(*grown).sum(), grown)
    step = 1e-7
    for name in ("light_x", "head_width", "skin", "back_light_a", "nose_length", "mouth_width"):
        place = [column.name for column in LOOK].index(name)
        moved = look.clone()
        moved[:, place] += step
        slope = (score(moved, styles) - score(look, styles)) / step
        assert torch.allclose(by_look[:, place], slope, rtol=2e-2, atol=1e-2), name
        assert by_look[:, place].abs().max() > 0
    glasses = styles.clone()
    glasses[:, 0, 1, 0] += step
    slope = (score(look, glasses) - score(look, styles)) / step
    assert torch.allclose(by_styles[:, 0, 1, 0], slope, rtol=2e-2, atol=1e-2)
    assert (by_styles[:, 0, 1, 0] != 0).equal(faces.labels[:, 0] == 1)


def test_drawing_for_gradients_gives_the_same_bits() -> None:
    faces = sample(torch.arange(5), seed=0)
    slow = render(replace(faces, look=faces.look.clone().requires_grad_()), image_size=32)
    assert slow.requires_grad
    assert torch.equal(slow.detach(), render(faces, image_size=32))


@pytest.mark.parametrize("attribute", ATTRIBUTES)
def test_each_attribute_can_be_seen_whatever_the_others(attribute: str) -> None:
    faces = sample(torch.arange(96), seed=6)
    off, on = (render(with_attribute(faces, attribute, v), image_size=32) for v in (0, 1))
    changed = ((on - off).abs().amax(dim=1) > 0.05).flatten(1).sum(dim=1)
    assert changed.min() >= 3
    assert changed.float().median() >= 8


def test_every_face_of_every_pair_is_drawn() -> None:
    faces = sample(torch.arange(8), seed=0)
    for first in ATTRIBUTES[::3]:
        for second in ATTRIBUTES:
            for value in (0, 1):
                pair = with_attribute(with_attribute(faces[slice(0, 2)], first, 1), second, value)
                assert render(pair, image_size=8).isfinite().all()


@pytest.mark.parametrize("size", [0, 7, 5000])
def test_sizes_that_cannot_be_drawn_are_refused(size: int) -> None:
    with pytest.raises(ValueError, match=f"image_size={size}: faces are drawn at 8 to 1024 pixels"):
        render(sample(torch.arange(1), seed=0), image_size=size)
