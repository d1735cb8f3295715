"""Labels of the wanted frequencies and correlations, from uniform numbers.

A correlated pair is drawn from its exact 2 x 2 table; pairs may share attributes as long as they form no loop.
"""

import math
from collections.abc import Mapping

import torch
from torch import Tensor

from facegan.attributes import position
from facegan.data.twinfaces.styles import ATTRIBUTES
from facegan.errors import UserError

MARGINALS: Mapping[str, float] = {
    "Eyeglasses": 0.5, "Smiling": 0.5, "Mouth_Slightly_Open": 0.45, "Bangs": 0.35, "Blond_Hair": 0.35, "Mustache": 0.3,
    "Goatee": 0.3, "No_Beard": 0.7, "Male": 0.5, "Young": 0.6, "Wearing_Hat": 0.25, "Bushy_Eyebrows": 0.4,
    "Wearing_Lipstick": 0.4, "Pale_Skin": 0.3,
}  # fmt: skip

# A phi this close outside its bound is taken as the bound, so that the printed bounds can be typed back.
_SLACK = 1e-3


def all_marginals(marginals: Mapping[str, float] | None) -> dict[str, float]:
    """The share of faces that have each attribute, given ones over the defaults. ValueError outside [0, 1]."""
    result = dict(MARGINALS)
    for name, share in (marginals or {}).items():
        position(name, ATTRIBUTES)
        if not 0.0 <= share <= 1.0:
            raise UserError(f"marginals: {name}={share} is no share; it must lie between 0 and 1.")
        result[name] = float(share)
    return result


def phi_range(first: float, second: float) -> tuple[float, float]:
    """The least and the greatest phi that two marginals allow; at these one cell of the table is empty."""
    width = math.sqrt(first * (1 - first) * second * (1 - second))
    if width == 0.0:
        return 0.0, 0.0
    low = max(0.0, first + second - 1.0)
    high = min(first, second)
    return (low - first * second) / width, (high - first * second) / width


def joint(first: float, second: float, phi: float) -> Tensor:
    """The 2 x 2 table of probabilities [value of first][value of second], with both marginals held."""
    low, high = phi_range(first, second)
    phi = min(max(phi, low), high)
    both = first * second + phi * math.sqrt(first * (1 - first) * second * (1 - second))
    both = min(max(both, max(0.0, first + second - 1.0)), min(first, second))
    cells = [[1.0 - first - second + both, second - both], [first - both, both]]
    # A cell that is empty up to rounding is empty.
    return torch.tensor([[0.0 if c < 1e-9 else c for c in row] for row in cells], dtype=torch.float64)


def parse_pairs(phi: Mapping[str, float] | None, marginals: Mapping[str, float]) -> list[tuple[int, int, float]]:
    """Checked pairs (parent, child, phi), parents before their children. ValueError names what does not fit."""
    edges = [_edge(key, value, marginals) for key, value in (phi or {}).items()]
    done: set[int] = set()
    ordered: list[tuple[int, int, float]] = []
    while edges:
        touching = [e for e in edges if e[0] in done or e[1] in done] or edges[:1]
        parent, child, value = touching[0]
        edges.remove(touching[0])
        if child in done and parent in done:
            raise UserError(
                f"phi: {ATTRIBUTES[parent]}-{ATTRIBUTES[child]} closes a loop of pairs; leave one pair out."
            )
        if child in done:
            parent, child = child, parent
        done |= {parent, child}
        ordered.append((parent, child, value))
    return ordered


def _edge(key: str, value: float, marginals: Mapping[str, float]) -> tuple[int, int, float]:
    names = key.split("-")
    if len(names) != 2 or names[0] == names[1]:
        raise UserError(f"phi: {key!r} names no pair; write it as 'Male-Mustache'.")
    first, second = (position(name, ATTRIBUTES) for name in names)
    low, high = phi_range(marginals[names[0]], marginals[names[1]])
    if not low - _SLACK <= value <= high + _SLACK:
        raise UserError(
            f"phi: {key}={value} cannot be had with marginals {marginals[names[0]]} and {marginals[names[1]]}; "
            f"between {low:.3f} and {high:.3f} fits."
        )
    return first, second, float(value)


def draw_labels(
    numbers: Tensor, *, phi: Mapping[str, float] | None = None, marginals: Mapping[str, float] | None = None
) -> Tensor:
    """Labels N x 14 in {0, 1} from uniform numbers N x 14, a number per attribute."""
    shares = all_marginals(marginals)
    labels = (numbers < numbers.new_tensor([shares[name] for name in ATTRIBUTES])).to(torch.float32)
    for parent, child, value in parse_pairs(phi, shares):
        table = joint(shares[ATTRIBUTES[parent]], shares[ATTRIBUTES[child]], value)
        chance = table[:, 1] / table.sum(dim=1).clamp(min=1e-12)
        labels[:, child] = (numbers[:, child] < chance[labels[:, parent].long()]).to(torch.float32)
    return labels
