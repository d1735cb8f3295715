"""Draws in which attributes that go together no longer do.

The weight of a face is p(a) p(b) ... / p(a, b, ...): where the attributes are independent it is 1, and a sample drawn
by it has the product of the marginals as its joint distribution, with each marginal as it was. Importance weighting, as
in Horvitz and Thompson 1952. A combination that no face has stays absent: `combinations` reports it.

Legend: N faces, J attributes that are to become independent.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from torch import Tensor

from facegan.data.counter import permutation, random_bits
from facegan.data.errors import DataError

Numbers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

MOST = 16


def check_names(names: Sequence[str], *, where: str) -> None:
    """Raises DataError unless between 2 and 16 attributes are named, each once. where: what to call the list."""
    if len(set(names)) != len(names) or not (names == () or 2 <= len(names) <= MOST):
        raise DataError(f"{where}={list(names)}: name 2 to {MOST} attributes, each once, that are to be independent.")


def cells(labels: Tensor) -> Numbers:
    """The number of every face's combination, N: bit j is attribute j; -1 where one is unknown. labels: N x J."""
    values = labels.numpy()
    known = ~np.isnan(values).any(axis=1)
    numbers = np.full(len(values), -1, dtype=np.int64)
    numbers[known] = values[known].astype(np.int64) @ (1 << np.arange(values.shape[1], dtype=np.int64))
    return numbers


def product_weights(labels: Tensor) -> Floats:
    """The weight of every face, N, of mean 1 over the faces whose J labels are all known; 0 for the others.

    labels: N x J in {0, 1}, NaN where unknown. An unknown label is never guessed: the marginals are those of the faces
    that are labelled throughout.
    """
    numbers = cells(labels)
    weights, known = np.zeros(len(numbers)), numbers >= 0
    values = labels.numpy()[known].astype(np.float64)
    shares = values.mean(axis=0) if len(values) else np.zeros(labels.shape[1])
    product = np.where(values == 1, shares, 1 - shares).prod(axis=1)
    _, inverse, counts = np.unique(numbers[known], return_inverse=True, return_counts=True)
    weights[known] = product * len(values) / counts[inverse]
    return normalised(weights)


def normalised(weights: Floats) -> Floats:
    """The same weights, of mean 1 over those that are not 0."""
    scaled: Floats = weights * (np.count_nonzero(weights) / max(weights.sum(), np.finfo(np.float64).tiny))
    return scaled


def weighted_pass(key: int, weights: Floats, groups: Numbers) -> Numbers:
    """One pass over n weighted faces: n numbers out of 0 .. n-1, in random order, face i w_i times on average.

    weights: n, positive, of mean 1. groups: n; faces of one group have one weight.
    A systematic sample: in every pass a face comes floor(w_i) or ceil(w_i) times and a group its share, to within 1;
    which faces of a group come once more is chosen anew in each pass. With equal weights every face comes once.
    """
    count = len(weights)
    shuffled = permutation(key, count)
    order = shuffled[np.argsort(groups[shuffled], kind="stable")]
    ends = np.cumsum(weights[order])
    start = float(random_bits(key, np.array([count]))[0] >> np.uint64(32)) / 2**32
    picks = np.searchsorted(ends / ends[-1] * count, np.arange(count) + start, side="right")
    return order[picks][permutation(key ^ 1, count)]
