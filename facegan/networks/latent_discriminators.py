"""Latent discriminators: what can still be told from a code that should not tell it (Fader Networks, NIPS 2017)."""

from __future__ import annotations

from math import prod

from torch import Tensor, nn

from facegan.networks.contracts import Classifier, Shape
from facegan.networks.heads import head
from facegan.networks.layers import Layers
from facegan.networks.sizes import doubling, halvings
from facegan.networks.stacks import ConvStack


class LatentDiscriminator(Classifier):
    """Fader's: 4/2/1 convolutions down to 1x1, then two fully connected layers; N x outputs logits.

    Facts: `code`, `outputs`. The convolutions go on doubling the code's channels up to `max_width`, each with norm,
    activation and `dropout`; `hidden` is the width between the fully connected layers. The rest: see `Layers`.
    """

    def __init__(
        self,
        *,
        code: Shape,
        outputs: int,
        max_width: int = 512,
        hidden: int = 512,
        dropout: float = 0.3,
        norm: str = "batch",
        norm_momentum: float = 0.1,
        norm_eps: float = 1e-5,
        bias: bool | None = None,
        slope: float = 0.2,
        init: str = "default",
    ) -> None:
        super().__init__()
        recipe = Layers(
            part=type(self).__name__,
            norm=norm,
            norm_momentum=norm_momentum,
            norm_eps=norm_eps,
            bias=bias,
            slope=slope,
            init=init,
        )
        widths = doubling(2 * code[0], halvings(code[1], 1), max_width)
        self.stack = ConvStack(
            layers=recipe, channels=code[0], side=code[1], widths=widths, norm_first=True, dropout=dropout
        )
        features = prod(self.stack.shapes[-1] if widths else code)
        self.head = head(recipe, features, outputs, hidden=hidden)

    def forward(self, inputs: Tensor) -> Tensor:
        """Map codes to logits."""
        logits: Tensor = self.head((inputs, *self.stack(inputs))[-1])
        return logits


class MLPLatentDiscriminator(Classifier):
    """Fully connected layers on the flattened code; N x outputs logits.

    Facts: `code`, `outputs`. `layers` hidden layers of `width`, each with norm (not 'instance'), activation and
    `dropout`. standardized: each number of the code is brought to zero mean and unit spread first (batch norm without
    weights), so that an encoder cannot hide what it knows by whispering it.
    """

    def __init__(
        self,
        *,
        code: Shape,
        outputs: int,
        width: int = 512,
        layers: int = 2,
        standardized: bool = False,
        dropout: float = 0.3,
        norm: str = "none",
        norm_momentum: float = 0.1,
        norm_eps: float = 1e-5,
        slope: float = 0.2,
        init: str = "default",
    ) -> None:
        super().__init__()
        recipe = Layers(
            part=type(self).__name__,
            norm=norm,
            norm_momentum=norm_momentum,
            norm_eps=norm_eps,
            bias=None,
            slope=slope,
            init=init,
        )
        features = prod(code)
        steps: list[nn.Module] = [nn.Flatten()]
        steps += [nn.BatchNorm1d(features, affine=False, momentum=norm_momentum)] if standardized else []
        for _ in range(layers):
            steps += [recipe.linear(features, width), recipe.vector_norm(width)]
            steps += [recipe.activation(), nn.Dropout(dropout)]
            features = width
        self.layers = nn.Sequential(*steps, recipe.linear(features, outputs))

    def forward(self, inputs: Tensor) -> Tensor:
        """Map codes to logits."""
        logits: Tensor = self.layers(inputs)
        return logits
