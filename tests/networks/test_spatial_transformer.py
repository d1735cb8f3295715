"""The spatial transformer, and the samplers below it."""

import pytest
import torch
from hydra.utils import instantiate
from omegaconf import OmegaConf
from torch import Tensor, nn
from torch.nn import functional as F

from facegan.networks.errors import PartError
from facegan.networks.spatial_transformer import SpatialTransformer
from facegan.networks.warping import resample, warp
from tests.networks.parts import CONF, count

FILES = sorted((CONF / "spatial_transformer").glob("*.yaml"))


def pictures(count: int = 2, *, size: int = 16, channels: int = 3, seed: int = 0) -> Tensor:
    """Smooth random pictures, so that a shift by less than a pixel means something."""
    noise = torch.randn(count, channels, size, size, generator=torch.Generator().manual_seed(seed))
    return F.avg_pool2d(F.pad(noise, (3, 3, 3, 3), mode="circular"), 7, 1) * 3


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_new_transformer_leaves_everything_where_it_is(file: object) -> None:
    part = instantiate(OmegaConf.load(str(file)))(image_size=16)
    images = pictures()
    torch.testing.assert_close(part(images), images, atol=1e-5, rtol=0)
    assert torch.equal(part.theta(images), torch.eye(2, 3).expand(2, 2, 3))


@pytest.mark.parametrize(("motion", "numbers"), [("affine", 6), ("translation", 2)])
def test_parameters(motion: str, numbers: int) -> None:
    """At 64 pixels: 3*20*25+20, 20*20*25+20, 20*16*16*20+20 and 20 to the numbers."""
    part = SpatialTransformer(image_size=64, motion=motion)
    assert count(part) == 1_520 + 10_020 + 102_420 + 21 * numbers


def test_a_translation_only_shifts() -> None:
    part = SpatialTransformer(image_size=16, motion="translation")
    nn.init.constant_(part.last.bias, 0.25)
    assert torch.equal(part.theta(pictures(1))[0], torch.tensor([[1.0, 0.0, 0.25], [0.0, 1.0, 0.25]]))
    images = pictures(1)
    shifted = part(images)[..., :13, :13]  # a quarter of half of 16 pixels, which are 2
    torch.testing.assert_close(shifted, images[..., 2:15, 2:15], atol=1e-5, rtol=0)


def test_it_learns_to_undo_a_known_shift() -> None:
    torch.manual_seed(0)
    part = SpatialTransformer(image_size=16, channels=1, motion="translation", width=4, hidden=8)
    images = pictures(16, channels=1)
    seen = warp(images, torch.tensor([2.0, -1.0])[:, None, None].expand(16, 2, 16, 16))
    optimiser = torch.optim.Adam(part.parameters(), lr=2e-2)

    def error() -> Tensor:
        return (part(seen) - images)[..., 3:-3, 3:-3].square().mean()

    before = error().item()
    for _ in range(80):
        optimiser.zero_grad()
        error().backward()
        optimiser.step()
    assert error().item() < before / 10
    assert part.theta(seen)[..., 2].mean(0).tolist() == pytest.approx([-2 / 8, 1 / 8], abs=0.03)


def test_an_affine_one_learns_a_turn() -> None:
    torch.manual_seed(0)
    part = SpatialTransformer(image_size=16, channels=1, width=4, hidden=8)
    images = pictures(8, channels=1)
    turn = torch.tensor([[0.94, -0.34, 0.0], [0.34, 0.94, 0.0]]).expand(8, 2, 3)
    seen, optimiser = resample(images, turn), torch.optim.Adam(part.parameters(), lr=1e-2)
    before = (seen - images)[..., 4:-4, 4:-4].square().mean()
    for _ in range(80):
        optimiser.zero_grad()
        (part(seen) - images)[..., 4:-4, 4:-4].square().mean().backward()
        optimiser.step()
    assert (part(seen) - images)[..., 4:-4, 4:-4].square().mean() < before / 4


def test_gradients_of_the_samplers_are_right() -> None:
    """In double precision, against differences; away from whole pixels, where bilinear sampling has corners."""
    images = pictures(1, size=5, channels=1).double().requires_grad_()
    grid = (torch.rand(1, 5, 5, 2, generator=torch.Generator().manual_seed(3)) - 0.5).double().requires_grad_()
    assert torch.autograd.gradcheck(
        lambda i, g: F.grid_sample(i, g, align_corners=False, padding_mode="border"), (images, grid), eps=1e-6
    )
    flow = torch.full((1, 2, 5, 5), 0.3, requires_grad=True)
    target = warp(pictures(1, size=5, channels=1), torch.full((1, 2, 5, 5), 0.6))

    def loss(value: Tensor) -> Tensor:
        return (warp(pictures(1, size=5, channels=1), value) - target).square().sum()

    (gradient,) = torch.autograd.grad(loss(flow), flow)
    step = torch.zeros_like(flow)
    step[0, 0, 2, 2] = 0.05
    with torch.no_grad():
        slope = (loss(flow + step) - loss(flow - step)) / 0.1
    assert gradient[0, 0, 2, 2].item() == pytest.approx(slope.item(), rel=0.02)


def test_warping_by_whole_pixels_is_exact_and_repeats_the_border() -> None:
    images = pictures(1, size=6)
    flow = torch.zeros(1, 2, 6, 6)
    flow[:, 0], flow[:, 1] = 2, -1
    answer = warp(images, flow)
    torch.testing.assert_close(answer[..., 1:, :4], images[..., :5, 2:], atol=1e-5, rtol=0)
    torch.testing.assert_close(answer[..., 0, :4], images[..., 0, 2:], atol=1e-5, rtol=0)
    torch.testing.assert_close(warp(images, 0 * flow), images, atol=1e-5, rtol=0)


@pytest.mark.parametrize("wrong", [{"motion": "thin_plate"}, {"kernel": 4}, {"blocks": 9}])
def test_what_cannot_be_built_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(PartError, match="SpatialTransformer"):
        SpatialTransformer(image_size=16, **wrong)  # type: ignore[arg-type]
