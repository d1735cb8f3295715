"""Draws faces from a data set: which ones, turned over or not, as the tensors that a network takes.

Draw number i of a stream and its augmentation depend on (seed, stream, i) alone: not on the batch size, the workers,
or what was drawn before. So a run can be resumed anywhere, and a bigger batch shows the same faces.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import torch
import torch.nn.functional as F
from torch import Tensor

from facegan.attributes import positions
from facegan.data.batch import FaceBatch
from facegan.data.counter import random_bits, stream_key
from facegan.data.decorrelation import Numbers
from facegan.data.draw import Draw
from facegan.data.pools import Pools
from facegan.data.source import FaceSource

Pixels = npt.NDArray[np.uint8]


class Sampler:
    """Draws from one data set.

    attributes: the K names, in the order of the batches' columns. flip: turn every second face over, by chance.
    independent, weighed: attributes to decorrelate, by what is drawn or by weight; see `Pools`.
    context: further attributes whose labels fill `FaceBatch.context`.
    Raises UnknownAttributeError for an attribute that the data set does not label, and as `Pools` does.
    """

    def __init__(
        self,
        source: FaceSource,
        *,
        attributes: Sequence[str],
        seed: int,
        flip: bool = True,
        independent: Sequence[str] = (),
        weighed: Sequence[str] = (),
        context: Sequence[str] = (),
    ) -> None:
        self._source, self._seed, self._flip = source, seed, flip
        self._labels = source.labels[:, positions(attributes, source.attributes)].contiguous()
        self._context = source.labels[:, positions(context, source.attributes)].contiguous() if context else None
        self._pools = Pools(source, independent=independent, weighed=weighed)
        self._orders: dict[tuple[object, ...], dict[int, Numbers]] = {}
        small = source.unpaired
        self._small = None if small is None else Sampler(small, attributes=attributes, seed=seed, flip=flip)

    def batch(self, stream: str, draw: Draw, start: int, count: int) -> FaceBatch:
        """Draws number start .. start+count-1 of a stream; each pass over the matching faces is a new permutation.

        A decorrelated pass is as long, and shows a face as often as its weight says, rounded up or down by chance.
        A face whose value is unknown matches neither 0 nor 1.
        Raises UnknownAttributeError, DataError where no face matches, ValueError where `low` exceeds the image size.
        """
        if draw.unpaired and self._small is not None:
            return self._small.batch(stream, draw, start, count)
        numbers = torch.from_numpy(self._numbers(stream, draw, start, count))
        images = self._source.images(numbers)
        flipped = self._flipped(stream, start, count)
        faces, own = to_network(images, flipped=flipped), self._source.lows(numbers)
        return FaceBatch(
            images=faces,
            attributes=self._labels[numbers],
            index=numbers,
            identity=self._source.identities[numbers],
            low=_low(faces, draw) if own is None else to_network(own, flipped=flipped),
            weights=self._pools.weights(draw, numbers),
            context=None if self._context is None else self._context[numbers],
        )

    def pool(self, draw: Draw) -> Numbers:
        """The numbers of the faces that a draw can show, ascending. Raises as `batch` does."""
        small = self._small if draw.unpaired else None
        return self._pools.pool(draw) if small is None else small.pool(draw)

    def _numbers(self, stream: str, draw: Draw, start: int, count: int) -> Numbers:
        pool = self.pool(draw)
        draws = np.arange(start, start + count)
        passes, places = draws // len(pool), draws % len(pool)
        orders = self._passes(stream, draw, np.unique(passes).tolist())
        return np.take(pool, np.concatenate([orders[p][places[passes == p]] for p in orders] or [draws]))

    def _passes(self, stream: str, draw: Draw, wanted: list[int]) -> dict[int, Numbers]:
        """The permutations of these passes; only the latest asked for are kept in memory."""
        kept = self._orders.get((stream, draw.key()), {})
        orders = {p: kept[p] if p in kept else self._pools.order(self._key(stream, "order", p), draw) for p in wanted}
        self._orders[stream, draw.key()] = orders
        return orders

    def _flipped(self, stream: str, start: int, count: int) -> Tensor | None:
        if not self._flip:
            return None
        bits = random_bits(self._key(stream, "flip"), np.arange(start, start + count))
        return torch.from_numpy((bits >> np.uint64(63)).astype(np.bool_))

    def _key(self, stream: str, *purpose: str | int) -> int:
        return stream_key(self._seed, stream, *purpose)


def _low(faces: Tensor, draw: Draw) -> Tensor | None:
    return None if draw.low is None else shrink(faces, side=draw.low)


def to_network(images: Tensor, *, flipped: Tensor | None = None) -> Tensor:
    """8-bit faces as a network takes them: N x 3 x H x W float32 in [-1, 1], channels last.

    images: N x 3 x H x W (clips: N x T x 3 x H x W) uint8, left as they are. flipped: N bool, the faces to turn over
    left to right.
    """
    if images.ndim == 5:
        turned = None if flipped is None else flipped.repeat_interleave(images.shape[1])
        clips: Tensor = to_network(images.flatten(0, 1), flipped=turned).unflatten(0, images.shape[:2])
        return clips
    pixels: Pixels = images.permute(0, 2, 3, 1).numpy()
    if flipped is not None:
        pixels = _turned_over(pixels, flipped.numpy())
    # By numpy, which keeps to one thread: torch's threads wait for each other where the network has all cores busy.
    faces = np.divide(pixels, np.float32(127.5), dtype=np.float32, order="C")
    faces -= np.float32(1)
    return torch.from_numpy(faces).permute(0, 3, 1, 2)


def _turned_over(pixels: Pixels, flipped: npt.NDArray[np.bool_]) -> Pixels:
    """A copy, N x H x W x 3, with the chosen faces mirrored: as 8-bit rows, a fifth of the cost of flipping floats."""
    count, height, width, channels = pixels.shape
    mirror = np.arange(width * channels).reshape(width, channels)[::-1].ravel()
    rows = np.array(pixels, order="C").reshape(count, height, width * channels)
    rows[flipped] = rows[flipped].take(mirror, axis=-1)
    return rows.reshape(pixels.shape)


def shrink(images: Tensor, *, side: int) -> Tensor:
    """Area-averaged images, N x 3 x side x side; clips frame by frame.

    Raises ValueError for a side above the images' own.
    """
    if side > images.shape[-1]:
        raise ValueError(f"low-resolution images of side {side} cannot be made from images of side {images.shape[-1]}.")
    frames = images.flatten(0, 1) if images.ndim == 5 else images
    small = F.interpolate(frames, size=(side, side), mode="area")
    return small.unflatten(0, images.shape[:2]) if images.ndim == 5 else small
