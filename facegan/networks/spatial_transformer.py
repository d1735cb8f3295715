"""The spatial transformer (Jaderberg et al., NIPS 2015): a network that says how to move what it sees, and moves it."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from facegan.networks.errors import PartError, choose
from facegan.networks.sizes import check_halvings
from facegan.networks.warping import resample

MOTIONS = {"translation": 2, "affine": 6}


class SpatialTransformer(nn.Module):
    """A localisation network, a grid, a bilinear sampler; maps of any number of channels to maps of the same shape.

    Facts: `image_size`, `channels`. Hyper-parameters: `motion`: 'affine' (6 numbers) or 'translation' (2). `width`,
    `kernel`, `blocks`, `hidden`: the localisation network is so many times a convolution, a ReLU and 2 x 2 max pooling,
    then a linear layer, a ReLU and the numbers; by default that of the paper's small networks (20 filters of 5 x 5).
    `reach`: a factor on what the numbers say, which slows localisation down as a lower learning rate would.

    The last layer begins at zero, so that a new transformer leaves everything where it is. Borders are repeated where
    the grid leaves the picture. Raises `PartError` for an unknown motion and a side that cannot be halved so often.
    """

    def __init__(
        self,
        *,
        image_size: int,
        channels: int = 3,
        motion: str = "affine",
        width: int = 20,
        kernel: int = 5,
        blocks: int = 2,
        hidden: int = 20,
        reach: float = 1.0,
    ) -> None:
        super().__init__()
        part = type(self).__name__
        self.motion, self.reach = choose(part, "motion", motion, tuple(MOTIONS)), reach
        if kernel % 2 == 0:
            raise PartError(f"{part}: a kernel of {kernel} does not keep the side; an odd one would fit")
        check_halvings(part, image_size, blocks)
        layers: list[nn.Module] = []
        for number in range(blocks):
            layers += [nn.Conv2d(width if number else channels, width, kernel, padding=kernel // 2), nn.ReLU()]
            layers += [nn.MaxPool2d(2)]
        side = image_size >> blocks
        first = nn.Linear((width if blocks else channels) * side * side, hidden)
        self.localisation = nn.Sequential(*layers, nn.Flatten(), first, nn.ReLU())
        self.last = nn.Linear(hidden, MOTIONS[motion])
        nn.init.zeros_(self.last.weight)
        nn.init.zeros_(self.last.bias)

    def forward(self, maps: Tensor) -> Tensor:
        """N x channels x S x S, moved."""
        return resample(maps, self.theta(maps))

    def theta(self, maps: Tensor) -> Tensor:
        """From places of the answer to places of these maps, N x 2 x 3, both spanning [-1, 1]; identity at first."""
        numbers = self.reach * self.last(self.localisation(maps)).float()
        still = torch.eye(2, 3, device=numbers.device)
        if self.motion == "affine":
            numbers = numbers.view(-1, 2, 3)
        else:
            numbers = torch.cat([numbers.new_zeros(len(numbers), 2, 2), numbers[:, :, None]], dim=2)
        theta: Tensor = still + numbers
        return theta
