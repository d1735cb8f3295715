"""Which faces a draw can show, what each of them counts, and in which order a pass shows them."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from facegan.attributes import position, positions
from facegan.data.counter import permutation
from facegan.data.decorrelation import Floats, Numbers, cells, check_names, normalised, product_weights, weighted_pass
from facegan.data.draw import Draw
from facegan.data.errors import DataError
from facegan.data.source import FaceSource

Key = tuple[tuple[str, int], ...]


class Pools:
    """The pools of one data set's draws.

    independent: attributes that are independent of each other in what is drawn, their marginals kept.
    weighed: attributes that weights make so instead, in losses that take them; each pass shows every face once.
    Where a draw fixes some of these attributes, faces are weighed as if it did not, among all that match it otherwise;
    so faces with glasses and faces without, drawn apart, show as many men each if glasses and sex are independent.
    Raises UnknownAttributeError, and DataError for lists that cannot be made independent.
    """

    def __init__(self, source: FaceSource, *, independent: Sequence[str] = (), weighed: Sequence[str] = ()) -> None:
        check_names(independent, where="decorrelate.draws")
        check_names(weighed, where="decorrelate.weights")
        if independent and weighed:
            raise DataError("decorrelate.draws and decorrelate.weights would weigh faces twice; choose one of them.")
        self._source, self._thins, self._names = source, bool(independent), tuple(independent or weighed)
        self._labels = source.labels[:, positions(self._names, source.attributes)].contiguous()
        self._groups = cells(self._labels)
        self._pools: dict[Key, Numbers] = {}
        self._weights: dict[Key, Floats] = {}

    def pool(self, draw: Draw) -> Numbers:
        """The numbers of the faces that a draw can show, ascending.

        A face whose value is unknown matches neither 0 nor 1, and is not drawn where that attribute is decorrelated.
        Raises UnknownAttributeError, and DataError where there is no such face.
        """
        key = draw.key()
        if key not in self._pools:
            pool = self._match(draw)
            self._pools[key] = pool[self._weigh(draw)[pool] > 0] if self._thins else pool
        return self._pools[key]

    def order(self, key: int, draw: Draw) -> Numbers:
        """The places in its pool that a pass shows, as many as the pool has faces."""
        pool = self.pool(draw)
        if not self._thins:
            return permutation(key, len(pool))
        return weighted_pass(key, self._weigh(draw)[pool], self._groups[pool])

    def weights(self, draw: Draw, numbers: Tensor) -> Tensor | None:
        """What these faces count in a loss, float32, of mean 1 over a pass; None where all count 1.

        A face counts 0 where one of the decorrelated attributes is unknown.
        """
        if self._thins or not self._names:
            return None
        return torch.from_numpy(self._weigh(draw)[numbers]).float()

    def _weigh(self, draw: Draw) -> Floats:
        key = draw.key()
        if key not in self._weights:
            self._weights[key] = self._weights_of(draw)
        return self._weights[key]

    def _weights_of(self, draw: Draw) -> Floats:
        """Every face's weight, of mean 1 over the labelled faces that match; 0 for all others."""
        pool = self._match(draw)
        others = self._match(Draw(has={name: value for name, value in draw.has.items() if name not in self._names}))
        raw, weights = np.zeros(len(self._source)), np.zeros(len(self._source))
        raw[others] = product_weights(self._labels[others])
        weights[pool] = normalised(raw[pool])
        if not weights.any():
            raise DataError(
                f"no face of {self._source.name!r} that matches the draw ({draw}) is labelled with all of "
                f"{', '.join(self._names)}, so none can be decorrelated."
            )
        return weights

    def _match(self, draw: Draw) -> Numbers:
        labels, names = self._source.labels, self._source.attributes
        matches = torch.ones(len(labels), dtype=torch.bool)
        for name, value in draw.has.items():
            matches &= labels[:, position(name, names)] == value
        if not matches.any():
            counts = ", ".join(f"{n}={v}: {int((labels[:, position(n, names)] == v).sum())}" for n, v in draw.key())
            raise DataError(
                f"no face of {self._source.name!r} matches the draw ({draw}): {len(labels)} faces"
                + (f", of which {counts}." if counts else ".")
            )
        return np.flatnonzero(matches.numpy())
