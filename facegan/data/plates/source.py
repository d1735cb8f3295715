"""Licence plates as a data set: pictures by number, drawn once and kept, with the text that each of them shows."""

from pathlib import Path

import torch
from torch import Tensor

from facegan.data.plates.glyphs import ALPHABET
from facegan.data.plates.layout import Layout
from facegan.data.plates.paint import FACTORS, Looks, paint
from facegan.data.source import FaceSource
from facegan.data.twinfaces.degrade import degraded
from facegan.data.twinfaces.hashing import SPLITS, keys, uniforms
from facegan.data.twinfaces.source import to_bytes
from facegan.data.twinfaces.store import Images, open_store, settings_key
from facegan.errors import UserError
from facegan.files import cache_folder

VERSION = 1  # of the pictures: a change of what is drawn is a change of this number
_STREAM = 100  # plates and faces of one seed share no random number
_CHUNK = 32


class Plates(FaceSource):
    """Drawn licence plates: lit, tilted a little, worn. They have no attributes; each is an identity of its own.

    Letters are drawn evenly from ALPHABET, so that no letter can be guessed from its neighbours. Plate i of a split
    depends on (seed, split, i) and the settings alone.

    image_size: S. size: how many. rows, columns: of letters; one row of six is an ordinary plate, two rows of three
    fill the square. wear: 0 to 1. blur, noise, jpeg, cache: as in TwinFaces. Raises UserError for what cannot be drawn.
    """

    name = "plates"
    attributes = ()

    def __init__(
        self,
        *,
        image_size: int = 64,
        size: int = 10_000,
        split: str = "train",
        seed: int = 0,
        rows: int = 2,
        columns: int = 3,
        wear: float = 1.0,
        blur: float = 0.0,
        noise: float = 0.01,
        jpeg: int | None = None,
        cache: str | None = None,
    ) -> None:
        _check(image_size=image_size, size=size, split=split, rows=rows, columns=columns, wear=wear)
        self.image_size, self.size, self.split, self.seed = image_size, size, split, seed
        self.layout, self.wear = Layout(rows, columns), float(wear)
        self.blur, self.noise, self.jpeg, self.cache = float(blur), float(noise), jpeg, cache
        self.labels, self.identities = torch.zeros(size, 0), torch.arange(size)
        self._store: Images | None = None

    def looks(self, index: Tensor) -> Looks:
        """Letters and factors of the plates of these numbers. Raises UserError for a number that is not here."""
        if len(index) and not 0 <= int(index.min()) <= int(index.max()) < self.size:
            raise UserError(f"index: numbers from 0 to {self.size - 1} are here; got {index.min()} to {index.max()}.")
        key = keys(index, seed=self.seed, stream=_STREAM + SPLITS.index(self.split))
        letters = (uniforms(key, self.layout.letters, first=1000) * len(ALPHABET)).long()
        return Looks(letters, uniforms(key, FACTORS))

    def texts(self, index: Tensor) -> list[str]:
        """What is written on the plates of these numbers, row by row."""
        return ["".join(ALPHABET[letter] for letter in row) for row in self.looks(index).letters.tolist()]

    def placements(self, index: Tensor) -> Tensor:
        """How these plates lie in their pictures, N x 3 x 3; see `layout.placements`."""
        return self.looks(index).placement(self.layout)

    def render(self, index: Tensor) -> Tensor:
        """The plates of these numbers, N x 3 x S x S float in [-1, 1]."""
        looks = self.looks(index)
        parts = [
            paint(looks[start : start + _CHUNK], self.layout, image_size=self.image_size, wear=self.wear)
            for start in range(0, len(index), _CHUNK)
        ]
        images = torch.cat(parts) if parts else torch.zeros(0, 3, self.image_size, self.image_size)
        return degraded(images, index, blur=self.blur, noise=self.noise, jpeg=self.jpeg, seed=self.seed)

    def images(self, index: Tensor) -> Tensor:
        """The plates of these numbers, len(index) x 3 x S x S, uint8 in [0, 255]."""
        if self._store is None:
            self._store = self._open()
        return torch.from_numpy(self._store[index.numpy()])

    def settings(self) -> dict[str, object]:
        """All that the pictures depend on."""
        own = ("image_size", "size", "split", "seed", "wear", "blur", "noise", "jpeg")
        places = {"rows": self.layout.rows, "columns": self.layout.columns}
        return {"version": VERSION, **places, **{name: getattr(self, name) for name in own}}

    def _open(self) -> Images:
        shape = (self.size, 3, self.image_size, self.image_size)
        folder = Path(self.cache) if self.cache else cache_folder(self.name)
        return open_store(folder, settings_key(self.settings()), shape, self._draw, what="plates")

    def _draw(self, low: int, high: int) -> Tensor:
        return to_bytes(self.render(torch.arange(low, high)))


def _check(*, image_size: int, size: int, split: str, rows: int, columns: int, wear: float) -> None:
    if not 8 <= image_size <= 1024:
        raise UserError(f"image_size={image_size}: plates are drawn at 8 to 1024 pixels.")
    if size < 1:
        raise UserError(f"size={size}: at least 1 plate is needed.")
    if split not in SPLITS:
        raise UserError(f"split={split!r}: there are {', '.join(SPLITS)}.")
    if not (1 <= rows <= 3 and 1 <= columns <= 10):
        raise UserError(f"rows={rows}, columns={columns}: 1 to 3 rows of 1 to 10 letters fit.")
    if not 0 <= wear <= 1:
        raise UserError(f"wear={wear}: 0 (new) to 1 (worn) fits.")
