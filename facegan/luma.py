"""Luminance."""

from torch import Tensor

LUMA = (0.299, 0.587, 0.114)
"""Of red, green and blue, by BT.601."""


def luminance(images: Tensor) -> Tensor:
    """Images ... x 3 x H x W as ... x 1 x H x W, in the same range."""
    return (images * images.new_tensor(LUMA)[:, None, None]).sum(-3, keepdim=True)
