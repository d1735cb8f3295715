"""VESPCN's parts against the paper's layer table, and what they do with frames."""

import pytest
import torch
from torch import nn

from facegan.networks.errors import PartError
from facegan.networks.fusion import EarlyFusion
from facegan.networks.motion import CoarseToFine, NoMotion
from tests.networks.parts import count


def rows(part: nn.Module) -> list[tuple[int, int, int]]:
    """Kernel, channels and stride of each convolution."""
    return [(m.kernel_size[0], m.out_channels, m.stride[0]) for m in part.modules() if isinstance(m, nn.Conv2d)]


def test_the_flow_networks_are_those_of_the_table() -> None:
    """k5-n24-s2, k3-n24-s1, k5-n24-s2, k3-n24-s1, k3-n32-s1; and k5-n24-s2, three times k3-n24-s1, k3-n8-s1."""
    part = CoarseToFine(channels=1)
    assert rows(part.coarse) == [(5, 24, 2), (3, 24, 1), (5, 24, 2), (3, 24, 1), (3, 32, 1)]
    assert rows(part.fine) == [(5, 24, 2), (3, 24, 1), (3, 24, 1), (3, 24, 1), (3, 8, 1)]
    assert count(part.coarse) == 2 * 24 * 25 + 2 * 24 * 24 * 9 + 24 * 24 * 25 + 24 * 32 * 9 + 4 * 24 + 32 == 33_008
    assert count(part.fine) == 5 * 24 * 25 + 3 * 24 * 24 * 9 + 24 * 8 * 9 + 4 * 24 + 8 == 20_384


@pytest.mark.parametrize("scale", [3, 4])
def test_the_fusion_is_9l_e3(scale: int) -> None:
    part = EarlyFusion(frames=3, scale=scale, channels=1)
    assert rows(part) == [(3, 24, 1)] * 8 + [(3, scale**2, 1)]
    assert count(part) == 3 * 24 * 9 + 24 + 7 * (24 * 24 * 9 + 24) + 24 * scale**2 * 9 + scale**2


@pytest.mark.parametrize(("height", "width"), [(8, 8), (9, 14), (16, 5)])
def test_any_size_of_frame_fits(height: int, width: int) -> None:
    part = CoarseToFine(channels=3, width=4)
    nn.init.normal_(part.coarse[-3].weight)  # type: ignore[arg-type]
    flow = part(torch.rand(2, 3, height, width), torch.rand(2, 3, height, width))
    assert flow.shape == (2, 2, height, width)
    assert EarlyFusion(frames=3, scale=2, width=4)(torch.rand(2, 3, 3, height, width)).shape[-2:] == (
        2 * height,
        2 * width,
    )


def test_a_new_network_and_no_motion_say_that_nothing_moves() -> None:
    frames = torch.rand(2, 3, 8, 8), torch.rand(2, 3, 8, 8)
    for part in (CoarseToFine(width=4), NoMotion()):
        assert not part(*frames).any()


def test_tanh_spans_half_of_the_picture() -> None:
    part = CoarseToFine(channels=1, width=4)
    last = part.coarse[-3]
    assert isinstance(last, nn.Conv2d)
    assert last.bias is not None
    nn.init.constant_(last.bias, 50.0)
    flow = part(torch.rand(1, 1, 8, 16), torch.rand(1, 1, 8, 16))
    assert flow[:, 0].max().item() == pytest.approx(8)
    assert flow[:, 1].max().item() == pytest.approx(4)


def test_what_is_added_begins_at_the_enlarged_middle_frame() -> None:
    part = EarlyFusion(frames=3, scale=2, width=4, end="added")
    for parameter in part.parameters():
        nn.init.zeros_(parameter)
    frames = torch.zeros(1, 3, 3, 4, 4)
    frames[:, 1] = 0.5
    torch.testing.assert_close(part(frames), torch.full((1, 3, 8, 8), 0.5))


@pytest.mark.parametrize("wrong", [{"frames": 2}, {"frames": 3, "layers": 1}, {"frames": 3, "end": "tanh"}])
def test_what_cannot_be_built_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(PartError, match="EarlyFusion"):
        EarlyFusion(scale=2, **wrong)  # type: ignore[arg-type]
