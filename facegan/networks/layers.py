"""The layers of one part, all made by the same recipe: norm, bias, activation and initial weights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeVar

from torch import nn

from facegan.networks.errors import PartError, choose
from facegan.networks.norms import NORMS, absorbs_bias, constrain, map_norm, vector_norm

INITS = ("default", "normal", "xavier")
PADDINGS = ("zeros", "reflect", "none")

M = TypeVar("M", nn.Conv2d, nn.ConvTranspose2d, nn.Linear)


@dataclass(frozen=True, kw_only=True)
class Layers:
    """Makes the layers of the part named `part`.

    `norm`: one of batch, instance, layer, spectral, none; `norm_momentum` (batch only, in PyTorch's sense: the share
    of the new value) and `norm_eps` belong to it. `bias`: None means wherever no norm follows that would undo it.
    `slope`: of the leaky ReLU, 0 for a ReLU. `init`: 'default' is torch's own; 'normal' is N(0, 0.02) with biases at
    zero (DCGAN); 'xavier' is Glorot's uniform with biases at zero, which is what TensorFlow layers begin with.
    `padding`: of the convolutions, 'zeros' or 'reflect'; 'none' takes kernel - 1 pixels off the side instead.
    """

    part: str
    norm: str
    norm_momentum: float
    norm_eps: float
    bias: bool | None
    slope: float
    init: str
    padding: str = "zeros"

    def __post_init__(self) -> None:
        choose(self.part, "norm", self.norm, NORMS)
        choose(self.part, "init", self.init, INITS)
        choose(self.part, "padding", self.padding, PADDINGS)

    def conv(
        self, inputs: int, outputs: int, *, kernel: int, stride: int = 1, normed: bool = True, bias: bool | None = None
    ) -> nn.Conv2d:
        """A convolution, padded by (kernel - 1) // 2; `normed`: a norm follows; `bias` overrules the recipe."""
        biased = self._biased(normed) if bias is None else bias
        mode: Literal["zeros", "reflect"] = "reflect" if self.padding == "reflect" else "zeros"
        edge = 0 if self.padding == "none" else (kernel - 1) // 2
        return self._ready(nn.Conv2d(inputs, outputs, kernel, stride, edge, bias=biased, padding_mode=mode))

    def transposed(
        self, inputs: int, outputs: int, *, kernel: int = 4, normed: bool = True, bias: bool | None = None
    ) -> nn.ConvTranspose2d:
        """A transposed convolution that doubles height and width: 4/2/1, or 3/2/1 with output padding 1."""
        biased = self._biased(normed) if bias is None else bias
        return self._ready(nn.ConvTranspose2d(inputs, outputs, kernel, 2, 1, output_padding=4 - kernel, bias=biased))

    def linear(self, inputs: int, outputs: int, *, bias: bool = True) -> nn.Linear:
        """A fully connected layer."""
        return self._ready(nn.Linear(inputs, outputs, bias=bias))

    def map_norm(self, channels: int, side: int) -> nn.Module:
        """The norm of a channels x side x side map."""
        if self.norm == "instance":
            self.check_moments(channels, side)
        return map_norm(self.norm, channels, momentum=self.norm_momentum, eps=self.norm_eps)

    def check_moments(self, channels: int, side: int) -> None:
        """Raise `PartError` for a map of one pixel, which an instance norm (AdaIN too) would always turn into zeros."""
        if side == 1:
            raise PartError(
                f"{self.part}: instance norm has no moments on a {channels}x1x1 map; "
                "batch, layer, spectral or none would fit"
            )

    def vector_norm(self, features: int) -> nn.Module:
        """The norm of a vector of features."""
        if self.norm == "instance":
            raise PartError(f"{self.part}: instance norm has no moments on vectors; batch, layer or none would fit")
        return vector_norm(self.norm, features, momentum=self.norm_momentum, eps=self.norm_eps)

    def activation(self) -> nn.Module:
        """The activation; never in place, since features and residual streams are read again."""
        return nn.LeakyReLU(self.slope) if self.slope else nn.ReLU()

    def _biased(self, normed: bool) -> bool:
        return not (normed and absorbs_bias(self.norm)) if self.bias is None else self.bias

    def _ready(self, module: M) -> M:
        if self.init == "normal":
            nn.init.normal_(module.weight, 0.0, 0.02)
        if self.init == "xavier":
            nn.init.xavier_uniform_(module.weight)
        if self.init != "default" and module.bias is not None:
            nn.init.zeros_(module.bias)
        constrain(self.norm, module)
        return module
