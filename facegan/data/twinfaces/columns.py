"""A factor is stored as its quantile in [0, 1]; a column says which value that quantile means.

Uniform quantiles then give the wanted long tail, every point of the unit cube is valid, and gradients flow.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from torch import Tensor


@dataclass(frozen=True, slots=True)
class Column:
    """A named factor and its piecewise linear quantile function, as (quantile, value) knots of rising quantile."""

    name: str
    knots: tuple[tuple[float, float], ...]


def span(name: str, low: float, high: float) -> Column:
    """A factor spread evenly from low to high."""
    return Column(name, ((0.0, low), (1.0, high)))


def curve(name: str, *knots: tuple[float, float]) -> Column:
    """A factor by the knots of its quantile function."""
    return Column(name, knots)


def decode(quantiles: Tensor, columns: Sequence[Column]) -> Tensor:
    """Values of N x C quantiles, N x C. Only exactly rounded operations, so that batches cannot change a bit."""
    most = max(len(column.knots) for column in columns)
    padded = [column.knots + ((column.knots[-1][0] + 1.0, column.knots[-1][1]),) * (most - len(column.knots))
              for column in columns]  # fmt: skip
    knots = quantiles.new_tensor(padded)
    place, value = knots[..., 0], knots[..., 1]
    result = value[:, 0].expand_as(quantiles)
    for k in range(most - 1):
        width = (place[:, k + 1] - place[:, k]).clamp(min=1e-6)
        part = ((quantiles - place[:, k]) / width).clamp(0.0, 1.0)
        result = result + part * (value[:, k + 1] - value[:, k])
    return result
