"""VESPCN: windows, colours, losses by hand, and that it finds how frames move."""

from pathlib import Path
from typing import cast

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from facegan.data.batch import FaceBatch
from facegan.data.degradations import enlarged
from facegan.errors import UserError
from facegan.evaluation.samples import Samples
from facegan.models.superresolution.vespcn import VESPCN
from facegan.networks.warping import warp
from facegan.training.settings import Hooks
from tests.models.builders import build
from tests.tiny import TinySource, tiny_engine

LUMA = torch.tensor([0.299, 0.587, 0.114])[:, None, None]


def vespcn(*overrides: str, name: str = "vespcn") -> VESPCN:
    return cast(VESPCN, build(name, *overrides, attributes=()))


def clips(frames: int = 3, *, count: int = 2) -> FaceBatch:
    images = torch.rand(count, frames, 3, 16, 16, generator=torch.Generator().manual_seed(1)) * 2 - 1
    return FaceBatch(
        images=images,
        attributes=torch.zeros(count, 0),
        index=torch.arange(count),
        identity=torch.arange(count),
    )


def test_the_losses_are_those_of_the_paper_on_still_networks() -> None:
    """Nothing moves at first: the neighbours are compared as they are, and the flow is as smooth as can be."""
    model, batch = vespcn(), clips()
    terms = model.video_losses(batch)
    small = F.avg_pool2d(batch.images.flatten(0, 1), 4).unflatten(0, (2, 3))
    low, high = (small * LUMA).sum(2, keepdim=True), (batch.images * LUMA).sum(2, keepdim=True)
    apart = (low[:, ::2] - low[:, 1:2]).square().mean()
    assert terms["compensation"].item() == pytest.approx(apart.item(), rel=1e-4)
    assert terms["smoothness"].item() == pytest.approx(0.1)
    answer = model.fusion(low)
    assert terms["reconstruction"].item() == pytest.approx((answer - high[:, 1]).square().mean().item(), rel=1e-4)
    assert model.weights["video"] == {"reconstruction": 1, "compensation": 0.01, "smoothness": 0.004}


def test_every_frame_that_has_its_neighbours_is_learnt_from() -> None:
    model, batch = vespcn(), clips(5)
    low = model.shrunk(batch.images)
    window = model._windows(low, ends=False)
    assert window.shape == (6, 3, 3, 4, 4)
    assert torch.equal(window[:3, 1], low[0, 1:4])
    assert torch.equal(model._middles(batch.images), batch.images[:, 1:4].flatten(0, 1))


@pytest.mark.parametrize("name", ["vespcn", "vespcn_quickstart"])
def test_upscale_takes_clips_of_any_length_and_size_and_pictures(name: str) -> None:
    model = vespcn(name=name)
    low = torch.rand(2, 5, 3, 6, 9) * 2 - 1
    large = model.upscale(low)
    assert large.shape == (2, 5, 3, 24, 36)
    assert large.abs().max() <= 1
    assert not large.requires_grad
    alone = model.upscale(low[:, 2])
    assert alone.shape == (2, 3, 24, 36)
    torch.testing.assert_close(alone, model.upscale(low[:, 2:3])[:, 0])
    torch.testing.assert_close(large[:, 0], model.upscale(low[:, :2])[:, 0])  # a frame depends on its neighbours alone


def test_reconstruct_shrinks_and_enlarges_clips_and_pictures() -> None:
    model, images = vespcn(), clips().images
    torch.testing.assert_close(model.reconstruct(images), model.upscale(model.shrunk(images)))
    torch.testing.assert_close(model.reconstruct(images[:, 1]), model.upscale(model.shrunk(images[:, 1])))
    assert model.reconstruct(images).shape == images.shape


def test_a_run_on_clips_shows_pictures_of_itself(tmp_path: Path) -> None:
    clips = TinySource(frames=3)
    hooks = Hooks(picture=Samples(lambda split: clips))
    tiny_engine("vespcn", tmp_path / "run", "trainer.picture_every=32", hooks=hooks).fit()
    assert list((tmp_path / "run" / "samples").glob("*.png"))


def test_only_luminance_is_the_networks_and_colours_are_enlarged() -> None:
    model = vespcn()
    low = torch.rand(1, 3, 3, 8, 8) * 0.4 - 0.2
    large = model.upscale(low)
    plain = enlarged(low[0], 4)
    colour = plain - (plain * LUMA).sum(1, keepdim=True)
    torch.testing.assert_close(large[0] - (large[0] * LUMA).sum(1, keepdim=True), colour, atol=1e-5, rtol=1e-4)
    assert model.fusion.layers[0].in_channels == 3
    assert vespcn(name="vespcn_quickstart").fusion.layers[0].in_channels == 9


def test_neighbours_are_moved_onto_the_middle_frame() -> None:
    """A motion part that knows the answer brings them there."""
    model = vespcn()
    scene = F.avg_pool2d(torch.rand(1, 1, 20, 20, generator=torch.Generator().manual_seed(2)), 5, 1)
    window = torch.stack([scene[..., 4:12, 4 + n : 12 + n] for n in (-1, 0, 1)], dim=1)

    def known(frame: Tensor, neighbour: Tensor) -> Tensor:
        flow = torch.zeros(2, 2, 8, 8)
        flow[0, 0], flow[1, 0] = 1, -1
        return flow

    model.motion.forward = known  # type: ignore[method-assign]
    moved, _ = model.compensated(window)
    assert (moved - window[:, 1:2])[..., 1:-1].abs().max() < 1e-5
    assert (window - window[:, 1:2])[..., 1:-1].abs().max() > 1e-2


def test_it_finds_how_frames_move() -> None:
    """Whole clips shifted by one pixel of the small frames, to either side, by the loss of compensation alone."""
    model = vespcn("+model.colour=rgb", "++model.motion.width=8")
    scenes = F.avg_pool2d(torch.rand(24, 3, 40, 40, generator=torch.Generator().manual_seed(0)), 5, 1) * 4 - 2
    side = torch.tensor([-1.0, 1.0]).repeat(12)[:, None, None, None]
    there = scenes[..., 10:26, 10:26]
    shift = torch.zeros(24, 2, 36, 36)
    shift[:, :1] = side
    here = warp(scenes, shift)[..., 10:26, 10:26]
    optimiser = torch.optim.Adam(model.motion.parameters(), lr=3e-3)
    for _ in range(150):
        optimiser.zero_grad()
        (warp(there, model.motion(here, there)) - here).square().mean().backward()
        optimiser.step()
    flow = model.flow(here, there)[..., 2:-2, 2:-2]
    assert (flow[:, :1] - side).abs().mean() < 0.4
    assert flow[:, 1].abs().mean() < 0.3


def test_faces_are_no_clips_and_clips_no_faces(tmp_path: Path) -> None:
    with pytest.raises(
        UserError, match=r"trains on clips of 3 frames or more and tiny has single faces; data=twinfaces_c"
    ):
        tiny_engine("vespcn", tmp_path / "a", frames=None)
    with pytest.raises(UserError, match="clips of 2 frames"):
        tiny_engine("vespcn", tmp_path / "b", frames=2)
    with pytest.raises(UserError, match="takes single faces; data=twinfaces would fit"):
        tiny_engine("genegan_quickstart", tmp_path / "c", frames=3)


def test_without_motion_the_fusion_alone_is_trained() -> None:
    assert vespcn("motion=none", "~model.motion.width").phases[0].trains == ("fusion",)
    alone = vespcn("motion=none", "~model.motion.width", "+model.frames=1")
    assert alone.upscale(torch.zeros(1, 2, 3, 4, 4)).shape == (1, 2, 3, 16, 16)
    for words, said in (
        (("+model.frames=1",), "frames=1 has no neighbour"),
        (("+model.colour=grey",), "colour=grey"),
        (("model.scale=3",), "scale=3 must be 1 or more and divide the image size 16"),
    ):
        with pytest.raises(UserError, match=said):
            vespcn(*words)
