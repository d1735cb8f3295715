"""A stack of convolution, norm, activation: the trunk that most parts share."""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor, nn

from facegan.networks.contracts import Shape
from facegan.networks.errors import PartError
from facegan.networks.injection import concatenated
from facegan.networks.layers import Layers


class ConvStack(nn.Module):
    """One convolution a width, each followed by norm, activation and, if asked for, dropout.

    `kernels`: of each layer, in place of one `kernel` for all.

    Padding is (kernel - 1) // 2, so kernel 4 with stride 2 halves and rounds down, and with stride 1 takes one pixel
    off. The first layer has a norm only with `norm_first`. A condition of `condition` values is tiled and
    concatenated to the input of layer number `condition_at`. `shapes` are the shapes of all outputs.
    """

    def __init__(
        self,
        *,
        layers: Layers,
        channels: int,
        side: int,
        widths: Sequence[int],
        strides: Sequence[int] | None = None,
        kernel: int = 4,
        kernels: Sequence[int] | None = None,
        norm_first: bool = False,
        dropout: float = 0.0,
        condition: int = 0,
        condition_at: int = 0,
    ) -> None:
        super().__init__()
        if condition and condition_at >= len(widths):
            raise PartError(
                f"{layers.part}: a condition needs a layer after number {condition_at}; "
                f"{condition_at + 1} layers would fit"
            )
        self.condition_at = condition_at
        self.blocks = nn.ModuleList()
        shapes: list[Shape] = []
        sizes = kernels or [kernel] * len(widths)
        for i, (width, stride, kernel) in enumerate(zip(widths, strides or [2] * len(widths), sizes, strict=True)):
            taken = channels + (condition if i == condition_at else 0)
            # A map of one pixel has nothing to step over, and in bfloat16 oneDNN's gradients of such a step are at
            # times not numbers.
            stride = 1 if side == 1 else stride
            side = _shrunk(layers.part, side, kernel=kernel, stride=stride, position=i)
            normed = norm_first or i > 0
            block: list[nn.Module] = [layers.conv(taken, width, kernel=kernel, stride=stride, normed=normed)]
            block += [layers.map_norm(width, side)] if normed else []
            block += [layers.activation()]
            block += [nn.Dropout(dropout)] if dropout else []
            self.blocks.append(nn.Sequential(*block))
            shapes.append((width, side, side))
            channels = width
        self.shapes = tuple(shapes)

    def forward(self, maps: Tensor, condition: Tensor | None = None) -> tuple[Tensor, ...]:
        """Return the output of every layer, the first one first."""
        outputs = []
        for i, block in enumerate(self.blocks):
            maps = block(concatenated(maps, condition) if i == self.condition_at else maps)
            outputs.append(maps)
        return tuple(outputs)


def _shrunk(part: str, side: int, *, kernel: int, stride: int, position: int) -> int:
    after = (side + 2 * ((kernel - 1) // 2) - kernel) // stride + 1
    if after < 1:
        raise PartError(f"{part}: layer {position + 1} leaves nothing of a {side}x{side} map; fewer layers would fit")
    return after
