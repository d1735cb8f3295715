"""Unlabelled latent codes of a generator: what there are, and how they are drawn.

As a vector a set of codes is N x width: the categorical ones as one-hot groups, then the continuous ones.
As numbers it is N x count: each categorical code by the number of its value, then the continuous ones.
"""

from collections.abc import Sequence
from typing import Literal

import torch
from torch import Tensor
from torch.nn import functional as F

from facegan.errors import UserError


class Codes:
    """`categorical` codes of these sizes, uniform, and `continuous` ones of a prior: 'uniform' on [-1, 1], or 'normal'.

    Raises UserError for a code of fewer than two values, a negative count and another prior.
    """

    def __init__(
        self, *, categorical: Sequence[int], continuous: int, prior: Literal["uniform", "normal"] = "uniform"
    ) -> None:
        if any(size < 2 for size in categorical) or continuous < 0 or prior not in ("uniform", "normal"):
            raise UserError(
                f"latent codes: categorical={list(categorical)} (sizes from 2 on), continuous={continuous} (0 or "
                f"more), prior={prior} (uniform or normal)."
            )
        self.categorical, self.continuous, self.prior = tuple(categorical), continuous, prior
        self.width = sum(self.categorical) + continuous

    @property
    def names(self) -> tuple[str, ...]:
        """A name for every code, the categorical ones first."""
        named = [f"category{number}" for number in range(len(self.categorical))]
        return (*named, *(f"continuous{number}" for number in range(self.continuous)))

    def sample(self, count: int, generator: torch.Generator | None = None) -> Tensor:
        """`count` draws from the prior as vectors, on the CPU; generator: torch's global one where none is given."""
        return self.vectors(self.numbers(count, generator))

    def numbers(self, count: int, generator: torch.Generator | None = None) -> Tensor:
        """The same as numbers."""
        values = [torch.randint(size, (count, 1), generator=generator).float() for size in self.categorical]
        if self.prior == "normal":
            return torch.cat([*values, torch.randn(count, self.continuous, generator=generator)], dim=1)
        return torch.cat([*values, 2 * torch.rand(count, self.continuous, generator=generator) - 1], dim=1)

    def filled(self, wished: Tensor, drawn: Tensor) -> Tensor:
        """Wished numbers N x count, and drawn ones where a wish is NaN. Raises UserError for another count."""
        if wished.shape != drawn.shape:
            raise UserError(self._count_wanted(wished))
        return torch.where(wished.isnan(), drawn, wished)

    def vectors(self, numbers: Tensor) -> Tensor:
        """Numbers N x count as vectors. Raises UserError for another count, and for a category that does not exist."""
        if numbers.ndim != 2 or numbers.shape[1] != len(self.names):
            raise UserError(self._count_wanted(numbers))
        categories, values = numbers.split([len(self.categorical), self.continuous], dim=1)
        return torch.cat([*map(self._one_hot, categories.T, self.categorical), values], dim=1)

    def _count_wanted(self, numbers: Tensor) -> str:
        return f"{len(self.names)} codes are wanted ({', '.join(self.names)}), not values {tuple(numbers.shape)}."

    @staticmethod
    def _one_hot(category: Tensor, size: int) -> Tensor:
        if bool((category < 0).any()) or bool((category >= size).any()) or bool((category % 1).any()):
            raise UserError(f"a category is a whole number from 0 to {size - 1}, not {category.tolist()}.")
        return F.one_hot(category.long(), size).to(category.dtype)

    def relaxed(self, logits: Tensor) -> Tensor:
        """A draw of the categorical codes under logits N x sum(categorical), one-hot, with a gradient to the logits.

        The straight-through Gumbel-softmax of Jang et al. 2017 (arXiv 1611.01144), from torch's global generator.
        """
        groups = logits.split(list(self.categorical), dim=1)
        return torch.cat([logits[:, :0], *(F.gumbel_softmax(group, hard=True) for group in groups)], dim=1)

    def likeliest(self, logits: Tensor) -> Tensor:
        """The categorical codes that are likeliest under logits N x sum(categorical), one-hot."""
        groups = logits.split(list(self.categorical), dim=1)
        best = [F.one_hot(group.argmax(1), group.shape[1]).to(logits.dtype) for group in groups]
        return torch.cat([logits[:, :0], *best], dim=1)
