"""What is particular to the residual parts."""

from math import sqrt

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from facegan.networks.layers import Layers
from facegan.networks.residual import ResidualDecoder, ResidualEncoder
from facegan.networks.residual_blocks import ResidualBlock

CODE = (8, 4, 4)


def block(norm: str, resize: str) -> ResidualBlock:
    recipe = Layers(part="test", norm=norm, norm_momentum=0.1, norm_eps=1e-5, bias=None, slope=0.2, init="default")
    return ResidualBlock(layers=recipe, inputs=4, outputs=4, side=8, resize=resize)


@pytest.mark.parametrize("resize", ["up", "down"])
def test_without_its_convolutions_a_block_resizes_and_keeps_the_variance_of_a_sum(resize: str) -> None:
    part = block("instance", resize)
    for parameter in part.conv_out.parameters():
        nn.init.zeros_(parameter)
    maps = torch.randn(2, 4, 8, 8)
    resized = F.interpolate(maps, scale_factor=2) if resize == "up" else F.avg_pool2d(maps, 2)
    torch.testing.assert_close(part(maps), resized / sqrt(2))


def test_a_block_leaves_the_stream_that_it_reads_alone() -> None:
    maps = torch.randn(2, 4, 8, 8)
    before = maps.clone()
    block("none", "down")(maps)
    assert torch.equal(maps, before)


def test_the_first_block_reads_the_image_without_a_norm() -> None:
    norms = [m for m in ResidualEncoder(image_size=16, width=4).modules() if isinstance(m, nn.InstanceNorm2d)]
    assert len(norms) == 3


def test_a_code_may_have_a_bias_and_a_stream_that_is_normed_in_the_end_has_none() -> None:
    encoder = ResidualEncoder(image_size=16, width=4)
    decoder = ResidualDecoder(code=CODE, image_size=16, width=4)
    assert [each.conv_out.bias is not None for each in encoder.blocks] == [True, True]
    assert [each.conv_out.bias is not None for each in decoder.blocks] == [False, False]
