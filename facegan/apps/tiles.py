"""A picture made large piece by piece, so that its size does not matter, and without seams between the pieces.

Pieces overlap. What a network says near a piece's edge, beyond which it saw nothing, is thrown away (`margin`); then
one piece fades into the next (`ramp`). Rows come out as soon as no further piece touches them, so that no more than one
row of pieces is in memory.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True, slots=True, kw_only=True)
class Tiling:
    """In pixels of the small picture: the side of a piece, what is thrown away at each inner edge, what fades.

    Raises ValueError where a piece has nothing left between its edges.
    """

    side: int
    margin: int
    ramp: int

    def __post_init__(self) -> None:
        if self.side <= self.overlap or self.ramp < 1:
            raise ValueError(f"pieces of {self.side} pixels that share {self.overlap} never come to an end.")

    @property
    def overlap(self) -> int:
        """What neighbours share at least."""
        return 2 * self.margin + self.ramp

    def starts(self, length: int) -> list[int]:
        """Where the pieces of an axis begin, evenly; one piece where it is long enough."""
        if length <= self.side:
            return [0]
        steps = -(-(length - self.side) // (self.side - self.overlap))
        return [round(step * (length - self.side) / steps) for step in range(steps + 1)]

    def weights(self, length: int, scale: int) -> Tensor:
        """What each piece counts along the enlarged axis: pieces x (length * scale), columns sum to 1."""
        starts, places = self.starts(length), (torch.arange(length * scale) + 0.5) / scale
        rows = []
        for start in starts:
            end = min(start + self.side, length)
            row = ((places >= start) & (places < end)).float()
            if start > 0:
                row = row * ((places - start - self.margin) / self.ramp).clamp(0, 1)
            if end < length:
                row = row * ((end - places - self.margin) / self.ramp).clamp(0, 1)
            rows.append(row)
        stacked = torch.stack(rows)
        return stacked / stacked.sum(0)


def tiling_of(side: int) -> Tiling:
    """The overlap that suits pieces of a side: an eighth is thrown away at each edge, half of that fades."""
    return Tiling(side=side, margin=side // 8, ramp=max(side // 16, min(4, side // 4)))


def bands(
    small: Tensor,
    enlarge: Callable[[Tensor], Tensor],
    *,
    scale: int,
    tiling: Tiling,
    tick: Callable[[int, int], None] = lambda done, total: None,
) -> Iterator[Tensor]:
    """The large picture, ... x H*scale x W*scale, in bands of whole rows from the top.

    small: ... x H x W; enlarge: makes a piece of it, ... x h x w, `scale` times as large, with any dimensions before.
    tick: told how many pieces of how many are done.
    """
    height, width = small.shape[-2:]
    tops, lefts = tiling.starts(height), tiling.starts(width)
    down, across = tiling.weights(height, scale), tiling.weights(width, scale)
    rest: Tensor | None = None  # rows that an earlier row of pieces began
    for row, top in enumerate(tops):
        bottom = min(top + tiling.side, height)
        whole: Tensor | None = None
        for column, left in enumerate(lefts):
            right = min(left + tiling.side, width)
            piece = enlarge(small[..., top:bottom, left:right])
            if whole is None:
                whole = piece.new_zeros(*piece.shape[:-1], width * scale)
            span = slice(left * scale, right * scale)
            whole[..., span] += piece * across[column, span].to(piece)
            tick(row * len(lefts) + column + 1, len(tops) * len(lefts))
        assert whole is not None
        whole *= down[row, top * scale : bottom * scale, None].to(whole)
        if rest is not None:
            whole[..., : rest.shape[-2], :] += rest
        done = (tops[row + 1] - top) * scale if row + 1 < len(tops) else whole.shape[-2]
        yield whole[..., :done, :]
        rest = whole[..., done:, :]
