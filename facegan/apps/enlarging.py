"""Pictures and films of any size, made large by a super-resolution model."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional as F

from facegan.apps.layers import Layers
from facegan.apps.png import PngFile
from facegan.apps.tiles import Tiling, bands, tiling_of
from facegan.data.degradations import enlarged
from facegan.data.sampling import to_network
from facegan.errors import UserError
from facegan.models.superresolution.upscaling import Upscaling

Pixels = npt.NDArray[np.uint8]
Tick = Callable[[int, int], None]
SIDE, LEAST_SIDE = 128, 16
WHITE = 0.5
"""What is white in a map of what was invented, in [-1, 1]: a quarter of the range, or more."""


def silent(done: int, total: int) -> None:
    """Tells nobody how many pieces are done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """Rows of a large picture, R x W x channels, and of its map, R x W x 1, where one is made."""

    rows: Pixels
    invented: Pixels | None


class Enlarger:
    """Makes pictures `model.scale` times as large, in pieces of `side` small pixels.

    A network that looks at whole faces only gets pieces of the size of its training faces, whatever `side` is.
    invention: the dial, None for the system's answer as it is. mapped: whether to say where something was invented,
    with the dial at 1 where it is not set. Raises UserError for a model without a dial, and a side too small.
    """

    def __init__(
        self,
        model: Upscaling,
        *,
        device: torch.device | str = "cpu",
        invention: float | None = None,
        mapped: bool = False,
        side: int = SIDE,
    ) -> None:
        self.model, self.device, self.mapped = model, device, mapped
        self.invention = 1.0 if mapped and invention is None else invention
        if side < LEAST_SIDE:
            raise UserError(f"tile={side}: a piece has at least {LEAST_SIDE} pixels a side.")
        if self.invention is not None and not model.takes("upscale", "invention"):
            raise UserError(f"{type(model).__name__} invents nothing that a dial could turn; leave it and the map out.")
        self.tiling: Tiling = tiling_of(side if model.local else model.low)
        self._answer(torch.zeros(1, 3, model.low, model.low, dtype=torch.uint8), 0, 0)  # refuses what it cannot do

    @property
    def reach(self) -> int:
        """How many frames before and after one the model looks at."""
        return (self.model.frames or 1) // 2

    def bands(
        self, frames: Sequence[Layers], *, before: int = 0, after: int = 0, tick: Tick = silent
    ) -> Iterator[list[Band]]:
        """The large frames, band by band from the top, all at once; before, after: frames that are context alone.

        The frames are of one size, and one after the other where the model knows of time.
        """
        wanted = frames[before : len(frames) - after]
        colours = self._tiled(
            torch.stack([each.colour for each in frames]), lambda piece: self._answer(piece, before, after), tick
        )
        opaque = torch.full((1, *wanted[0].size), 255, dtype=torch.uint8)
        alphas = torch.stack([opaque if each.alpha is None else each.alpha for each in wanted])
        if all(each.alpha is None for each in wanted):
            yield from ([_band(*pair, None) for pair in zip(band, wanted, strict=True)] for band in colours)
            return
        for band, alpha in zip(colours, self._tiled(alphas, self._smooth, silent), strict=True):
            yield [_band(*three) for three in zip(band, wanted, alpha, strict=True)]

    def save(
        self, frames: Sequence[Layers], targets: Sequence[Path], *, before: int = 0, after: int = 0, tick: Tick = silent
    ) -> None:
        """The large frames as PNG files, and `map_of` each where they are mapped; each is there whole or not at all."""
        wanted = frames[before : len(frames) - after]
        with ExitStack() as stack:
            files = [stack.enter_context(self._file(*pair)) for pair in zip(targets, wanted, strict=True)]
            maps = [
                stack.enter_context(self._file(map_of(target), each, channels=1))
                for target, each in zip(targets, wanted, strict=True)
                if self.mapped
            ]
            for band in self.bands(frames, before=before, after=after, tick=tick):
                for file, part in zip(files, band, strict=True):
                    file.write(part.rows)
                for file, part in zip(maps, band, strict=self.mapped):
                    assert part.invented is not None
                    file.write(part.invented)

    def _file(self, path: Path, layers: Layers, *, channels: int | None = None) -> PngFile:
        height, width = (side * self.model.scale for side in layers.size)
        return PngFile(path, width=width, height=height, channels=channels or layers.channels)

    def _tiled(self, pixels: Tensor, enlarge: Callable[[Tensor], Tensor], tick: Tick) -> Iterator[Tensor]:
        return bands(pixels, enlarge, scale=self.model.scale, tiling=self.tiling, tick=tick)

    def _answer(self, pixels: Tensor, before: int, after: int) -> Tensor:
        """What the model makes of a piece, n x 3 x h x w uint8: 3 channels, and a fourth for the map."""
        small = to_network(pixels).to(self.device)
        padded = small if self.model.local else _at_least(small, self.model.low)
        made = self._asked(padded)[..., : small.shape[-2] * self.model.scale, : small.shape[-1] * self.model.scale]
        return made[before : len(made) - after].float().cpu()

    def _asked(self, small: Tensor) -> Tensor:
        upscale: Callable[..., Tensor] = self.model.upscale
        if self.model.frames:
            return upscale(small[None])[0]
        if self.invention is None:
            return upscale(small)
        large = upscale(small, invention=self.invention)
        if not self.mapped:
            return large
        invented: Callable[..., Tensor] = getattr(self.model, "invented")  # noqa: B009  whoever has the dial has it
        return torch.cat([large, invented(small, self.invention)], dim=1)

    def _smooth(self, pixels: Tensor) -> Tensor:
        """Transparency is no face: it is interpolated."""
        return enlarged(to_network(pixels.expand(-1, 3, -1, -1))[:, :1], self.model.scale).clamp(-1.0, 1.0)


def map_of(target: Path) -> Path:
    """Where the map of what was invented in a picture lies."""
    return target.with_name(f"{target.stem}-map.png")


def _at_least(small: Tensor, side: int) -> Tensor:
    """Images of at least so many pixels a side, the last ones repeated."""
    height, width = small.shape[-2:]
    return F.pad(small, (0, max(0, side - width), 0, max(0, side - height)), mode="replicate")


def _band(made: Tensor, layers: Layers, alpha: Tensor | None) -> Band:
    colour = made[:3].mean(0, keepdim=True) if layers.grey else made[:3]
    planes = [colour] if layers.alpha is None or alpha is None else [colour, alpha]
    invented = _bytes(made[3:] / WHITE * 2 - 1) if len(made) > 3 else None
    return Band(rows=_bytes(torch.cat(planes)), invented=invented)


def _bytes(planes: Tensor) -> Pixels:
    """Planes C x R x W in [-1, 1] as R x W x C bytes."""
    pixels = ((planes + 1) * 127.5).round().clamp(0, 255).to(torch.uint8)
    return pixels.permute(1, 2, 0).contiguous().numpy()
