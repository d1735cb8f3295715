"""What a field of motion should be like: smooth, with edges."""

import torch
from torch import Tensor


class HuberSmoothness:
    """mean sqrt(epsilon + |grad u|^2 + |grad v|^2) over pixels, where (u, v) is the flow: N x 2 x H x W, in pixels.

    Forward differences; across the last row and column nothing changes. Near a constant flow it is quadratic, beyond
    the root of epsilon linear, as total variation is; the least value is the root of epsilon. Caballero et al. (CVPR
    2017) call it an approximate Huber loss and have epsilon 0.01. Raises ValueError unless epsilon > 0.
    """

    def __init__(self, *, epsilon: float = 0.01) -> None:
        if not epsilon > 0:
            raise ValueError(f"HuberSmoothness's epsilon must be positive, not {epsilon}")
        self.epsilon = epsilon

    def __call__(self, flow: Tensor) -> Tensor:
        """The loss, an unweighted scalar."""
        across = torch.diff(flow, dim=-1, append=flow[..., -1:])
        down = torch.diff(flow, dim=-2, append=flow[..., -1:, :])
        return torch.sqrt(self.epsilon + (across.square() + down.square()).sum(-3)).mean()
