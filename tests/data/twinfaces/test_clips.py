"""Clips: they move as they say."""

from pathlib import Path

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from facegan.data.draw import Draw
from facegan.data.sampling import Sampler, shrink
from facegan.data.twinfaces import TwinClips, TwinFaces
from facegan.data.twinfaces.camera import FACTORS, Camera
from facegan.data.warp import corners
from facegan.errors import UserError

INDEX = torch.arange(4)


def moved(images: torch.Tensor, flow: torch.Tensor) -> torch.Tensor:
    """By a sampler of its own, so that a sign or a half pixel that is wrong in both would not cancel."""
    side = images.shape[-1]
    line = torch.arange(side).float()
    x, y = line + flow[:, 0], line[:, None] + flow[:, 1]
    grid = torch.stack([x, y], dim=-1) * 2 / (side - 1) - 1
    return F.grid_sample(images, grid, align_corners=True, padding_mode="border")


def test_the_flow_carries_one_frame_onto_another() -> None:
    clips = TwinClips(size=4, image_size=64, frames=3, speed=0.06)
    frames = clips.render(INDEX).float()
    still = shrink(frames, side=32)
    for neighbour in (0, 2):
        flow = clips.flow(INDEX, frame=1, neighbour=neighbour)
        assert flow.shape == (4, 2, 64, 64)
        small = F.avg_pool2d(flow, 2) / 2
        carried = moved(still[:, neighbour], small)[..., 3:-3, 3:-3]
        target = still[:, 1, ..., 3:-3, 3:-3]
        before = (still[:, neighbour, ..., 3:-3, 3:-3] - target).abs().mean()
        assert (carried - target).abs().mean() < before / 3
        for shift in torch.tensor([[0.15, 0.0], [-0.15, 0.0], [0.0, 0.15], [0.0, -0.15]]):
            worse = moved(still[:, neighbour], small + shift[:, None, None])[..., 3:-3, 3:-3]
            assert (worse - target).abs().mean() > (carried - target).abs().mean()


def test_there_and_back_again_is_nowhere() -> None:
    clips = TwinClips(size=4, image_size=16, frames=5)
    there, back = clips.flow(INDEX, frame=1, neighbour=4), clips.flow(INDEX, frame=4, neighbour=1)
    assert (there + moved(back, there))[..., 3:-3, 3:-3].abs().max() < 0.02
    assert clips.flow(INDEX, frame=2, neighbour=2).abs().max() < 1e-4
    assert 0.02 < clips.flow(INDEX, frame=2, neighbour=3).abs().mean() < 16 * 0.03 * 2


def test_a_still_camera_repeats_the_face() -> None:
    frames = TwinClips(size=4, image_size=16, speed=0).render(INDEX)
    assert torch.equal(frames[:, 0], frames[:, 2])


def test_a_moving_face_keeps_who_it_is_and_moves_smoothly() -> None:
    clips = TwinClips(size=4, image_size=16, frames=7, motion="face")
    faces, stills = clips.faces(INDEX), TwinFaces(size=4, image_size=16).faces(INDEX)
    assert torch.equal(faces.labels, stills.labels.repeat_interleave(7, 0))
    assert torch.equal(faces.styles, stills.styles.repeat_interleave(7, 0))
    look = faces.look.view(4, 7, -1)
    assert look.min() >= 0
    assert look.max() <= 1
    assert 0 < (look[:, 1:] - look[:, :-1]).abs().max() < 0.35
    assert (look.amax(1) > look.amin(1)).any(0).sum() == 13
    assert clips.render(INDEX).shape == (4, 7, 3, 16, 16)


def test_a_clip_depends_on_its_number_and_frames_lie_in_the_store_one_by_one(tmp_path: Path) -> None:
    clips = TwinClips(size=7, image_size=8, frames=3, motion="both", cache=str(tmp_path))
    whole = clips.render(torch.arange(7))
    assert torch.equal(clips.render(torch.tensor([5])), whole[5:6])
    assert torch.equal(clips.images(torch.tensor([6, 0])), whole[[6, 0]])
    assert torch.equal(clips._draw(4, 11), whole.flatten(0, 1)[4:11])


def test_clips_are_drawn_as_faces_are_and_turned_over_whole(tmp_path: Path) -> None:
    clips = TwinClips(size=8, image_size=8, cache=str(tmp_path))
    plain, turned = (Sampler(clips, attributes=["Smiling"], seed=0, flip=flip) for flip in (False, True))
    one, other = (sampler.batch("any", Draw(low=4), 0, 8) for sampler in (plain, turned))
    assert one.images.shape == (8, 3, 3, 8, 8)
    assert one.low is not None
    assert one.low.shape == (8, 3, 3, 4, 4)
    assert torch.allclose(one.low, F.avg_pool2d(one.images.flatten(0, 1), 2).unflatten(0, (8, 3)), atol=1e-6)
    flipped = [
        torch.equal(a.flip(-1), b) and not torch.equal(a, b) for a, b in zip(one.images, other.images, strict=True)
    ]
    assert 0 < sum(flipped) < 8
    same = [torch.equal(a, b) for a, b in zip(one.images, other.images, strict=True)]
    assert all(a != b for a, b in zip(flipped, same, strict=True))


def test_motion_that_is_not_rigid_has_no_flow_and_bad_wishes_are_refused() -> None:
    with pytest.raises(UserError, match="motion=face: the flow is known where the camera alone moves"):
        TwinClips(size=4, motion="face").flow(INDEX, frame=0, neighbour=1)
    for wrong in ({"motion": "none"}, {"frames": 1}, {"speed": 1.0}, {"image_size": 1024}):
        with pytest.raises(UserError):
            TwinClips(size=4, **wrong)  # type: ignore[arg-type]


def test_the_camera_never_looks_beyond_the_picture() -> None:
    factors = torch.rand(200, FACTORS, generator=torch.Generator().manual_seed(0))
    factors[:16] = factors[:16].round()
    seen = [corners(to_unit) for row in factors for to_unit in Camera(frames=9, speed=0.1).maps(row)]
    assert np.min(seen) >= 0
    assert np.max(seen) <= 1
    assert np.ptp(seen) > 0.9
