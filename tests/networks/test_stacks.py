"""Stacks of convolutions where maps have become a single pixel."""

import torch

from facegan.networks.layers import Layers
from facegan.networks.stacks import ConvStack


def one_pixel(stride: int) -> ConvStack:
    torch.manual_seed(0)
    recipe = Layers(part="Part", norm="none", norm_momentum=0.1, norm_eps=1e-5, bias=True, slope=0.2, init="default")
    return ConvStack(layers=recipe, channels=8, side=1, widths=[8], strides=[stride], kernels=[3])


def spoil_free_memory() -> None:
    del_me = [torch.full((2**k,), float("nan")) for k in range(2, 19) for _ in range(8)]
    del del_me


def test_a_step_over_one_pixel_is_none() -> None:
    maps = torch.randn(2, 8, 1, 1)
    assert torch.equal(one_pixel(2)(maps)[0], one_pixel(1)(maps)[0])


def test_gradients_of_a_step_over_one_pixel_are_numbers_whatever_lay_in_memory() -> None:
    stack = one_pixel(2).to(memory_format=torch.channels_last)
    for _ in range(20):
        spoil_free_memory()
        with torch.autocast("cpu", torch.bfloat16):
            answer = stack(torch.randn(4, 8, 1, 1))[0]
        spoil_free_memory()
        stack.zero_grad()
        answer.float().square().sum().backward()
        assert all(bool(p.grad.isfinite().all()) for p in stack.parameters() if p.grad is not None)
