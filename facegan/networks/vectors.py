"""Between codes with places and plain vectors: what a VAE or a GAN that starts from noise puts around its networks."""

from __future__ import annotations

from math import prod

from torch import Tensor, nn

from facegan.networks.contracts import Decoder, Encoder, Shape
from facegan.networks.layers import Layers


class Projection(nn.Module):
    """Vectors to a code: a fully connected layer, norm, activation, as generators begin since DCGAN (arXiv 1511.06434).

    Facts: `inputs` (values of a vector), `code` (the shape wanted). Hyper-parameters: see `Layers`.
    """

    def __init__(
        self,
        *,
        inputs: int,
        code: Shape,
        norm: str = "batch",
        norm_momentum: float = 0.1,
        norm_eps: float = 1e-5,
        slope: float = 0.0,
        init: str = "default",
    ) -> None:
        super().__init__()
        recipe = Layers(
            part=type(self).__name__, norm=norm, norm_momentum=norm_momentum, norm_eps=norm_eps, bias=None,
            slope=slope, init=init,
        )  # fmt: skip
        self.linear = recipe.linear(inputs, prod(code))
        self.norm = recipe.vector_norm(prod(code))
        self.activation = recipe.activation()
        self.code = code

    def forward(self, values: Tensor) -> Tensor:
        """Map N x inputs to N x C x H x W."""
        code: Tensor = self.activation(self.norm(self.linear(values))).unflatten(1, self.code)
        return code


class VectorEncoder(nn.Module):
    """An encoder and one fully connected layer: images to N x outputs values, in full precision.

    `shape` is the code's shape before that layer, which is where a decoder may begin.
    """

    def __init__(self, *, encoder: Encoder, outputs: int) -> None:
        super().__init__()
        self.encoder, self.shape = encoder, encoder.shape
        self.head = nn.Linear(prod(encoder.shape), outputs)

    def forward(self, images: Tensor) -> Tensor:
        """Map images to values."""
        code, _ = self.encoder(images)
        values: Tensor = self.head(code.flatten(1))
        return values.float()  # exponentials and samples are made of them


class VectorDecoder(nn.Module):
    """A projection and a decoder: N x inputs values to images in [-1, 1]."""

    def __init__(self, *, projection: Projection, decoder: Decoder) -> None:
        super().__init__()
        self.projection, self.decoder = projection, decoder

    def forward(self, values: Tensor) -> Tensor:
        """Map values to images."""
        return self.decoder(self.projection(values))
