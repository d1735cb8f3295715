"""Which combinations of attribute values do not occur: what a model cannot learn there, no weighting can mend."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from torch import Tensor

from facegan.attributes import positions
from facegan.data.decorrelation import cells, product_weights
from facegan.data.source import FaceSource

HEAVY = 10.0
MOST_LINES = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Absent:
    """A combination that no face has, though every smaller one inside it occurs.

    values: attribute -> 0 or 1. counts: how many faces have each of the values. faces: those with all labels known.
    """

    values: Mapping[str, int]
    counts: Mapping[str, int]
    faces: int

    def __str__(self) -> str:
        wanted = ", ".join(f"{name}={value}" for name, value in self.values.items())
        singly = ", ".join(f"{name}={value}: {self.counts[name]:,}" for name, value in self.values.items())
        return f"no face has {wanted} ({singly} of {self.faces:,} labelled faces)"


def absent(labels: Tensor, names: Sequence[str], *, sizes: Sequence[int] = (1, 2)) -> list[Absent]:
    """The combinations of these many attributes that do not occur. labels: N x K, NaN where unknown; names: the K.

    Faces with an unknown label among a combination's attributes do not count for it.
    """
    return [
        found
        for size in sizes
        for columns in combinations(range(len(names)), size)
        for found in _empty_cells(labels[:, list(columns)], [names[column] for column in columns])
    ]


def _empty_cells(labels: Tensor, names: Sequence[str]) -> Iterator[Absent]:
    numbers = cells(labels)
    table = np.bincount(numbers[numbers >= 0], minlength=1 << len(names)).reshape((2,) * len(names)).T
    for cell in np.argwhere(table == 0) if table.any() else ():
        if all(table.sum(axis=axis)[tuple(np.delete(cell, axis))] for axis in range(len(names))):
            counts = {name: int(table.take(cell[axis], axis=axis).sum()) for axis, name in enumerate(names)}
            values = {name: int(value) for name, value in zip(names, cell, strict=True)}
            yield Absent(values=values, counts=counts, faces=int(table.sum()))


def warnings(source: FaceSource, attributes: Sequence[str], independent: Sequence[str] = ()) -> list[str]:
    """What should be known before a training on these attributes begins, a line each.

    independent: the attributes that decorrelation makes independent; of these, combinations of up to three are looked
    at, of the others pairs.
    """
    labels = source.labels[:, positions(attributes, source.attributes)]
    chosen = source.labels[:, positions(independent, source.attributes)]
    missing = [str(found) for found in absent(labels, attributes)]
    missing += [str(found) for found in absent(chosen, independent, sizes=range(1, min(len(independent), 3) + 1))]
    missing = list(dict.fromkeys(missing))
    lines = [f"{source.name}: {line}; no weighting can mend that." for line in missing[:MOST_LINES]]
    if len(missing) > MOST_LINES:
        lines.append(f"{source.name}: {len(missing) - MOST_LINES:,} more combinations that no face has.")
    return lines + (_strain(chosen, independent) if independent else [])


def _strain(labels: Tensor, names: Sequence[str]) -> list[str]:
    """What decorrelation costs: faces that cannot be used, and faces that stand for many."""
    weights, numbers = product_weights(labels), cells(labels)
    lines, heaviest = [], int(weights.argmax())
    if unknown := int((numbers < 0).sum()):
        lines.append(
            f"{unknown:,} faces have no known value of one of {', '.join(names)}; decorrelation leaves them out."
        )
    if weights[heaviest] >= HEAVY:
        cell = ", ".join(f"{name}={int(value)}" for name, value in zip(names, labels[heaviest], strict=True))
        count = int((numbers == numbers[heaviest]).sum())
        lines.append(f"decorrelation: each of the {count:,} faces with {cell} counts {weights[heaviest]:.1f} times.")
    return lines
