"""TwinFaces as a data set: faces by number, drawn once and kept."""

from collections.abc import Mapping
from pathlib import Path

import torch
from torch import Tensor

from facegan.data.source import FaceSource
from facegan.data.twinfaces.alignment import ALIGNMENT
from facegan.data.twinfaces.degrade import degraded
from facegan.data.twinfaces.factors import Faces, sample
from facegan.data.twinfaces.frozen import FrozenStyles, checked_frozen
from facegan.data.twinfaces.renderer import checked_size, render
from facegan.data.twinfaces.store import Images, open_store, settings_key
from facegan.data.twinfaces.styles import ATTRIBUTES
from facegan.data.twinfaces.version import VERSION, pictures
from facegan.errors import UserError
from facegan.files import cache_folder


class TwinFaces(FaceSource):
    """Drawn faces. The splits `train`, `validation` and `test` are streams of their own; styles held out of the former
    two come up in `test`.

    image_size: S in pixels. size: how many faces. phi: correlations such as {"Male-Mustache": 0.5}. marginals: shares
    of faces with an attribute. frozen_styles: quantiles at which factors of styles stand, such as {"Eyeglasses":
    {"size": 0.5}}; all other factors stay as they were. eyes_aligned: whether all faces are upright, of one size,
    and their eyes in the same two places. blur: standard deviation in pixels. noise: standard deviation in [-1, 1].
    jpeg: quality from 1 to 100. cache: the folder of rendered sets; $FACEGAN_CACHE or ~/.cache/facegan without it.
    """

    name = "twinfaces"
    attributes = ATTRIBUTES

    def __init__(
        self,
        *,
        image_size: int = 64,
        size: int = 20_000,
        split: str = "train",
        seed: int = 0,
        phi: Mapping[str, float] | None = None,
        marginals: Mapping[str, float] | None = None,
        frozen_styles: FrozenStyles | None = None,
        eyes_aligned: bool = False,
        blur: float = 0.0,
        noise: float = 0.0,
        jpeg: int | None = None,
        cache: str | None = None,
    ) -> None:
        self.image_size = checked_size(image_size)
        _check(size=size, blur=blur, noise=noise, jpeg=jpeg)
        self.size, self.split, self.seed, self.cache = size, split, seed, cache
        self.phi, self.marginals = dict(phi or {}), dict(marginals or {})
        self.frozen_styles = checked_frozen(frozen_styles)
        if not isinstance(eyes_aligned, bool):
            raise UserError(f"eyes_aligned={eyes_aligned!r}: true or false.")
        self.eyes_aligned = eyes_aligned
        self.blur, self.noise, self.jpeg = float(blur), float(noise), jpeg
        self.identities = torch.arange(size)
        self.labels = self.faces(self.identities).labels
        self._store: Images | None = None

    def faces(self, index: Tensor) -> Faces:
        """The factors of the faces of these numbers."""
        self._check_index(index)
        return sample(
            index,
            seed=self.seed,
            split=self.split,
            phi=self.phi,
            marginals=self.marginals,
            frozen=self.frozen_styles,
            eyes_aligned=self.eyes_aligned,
        )

    def render(self, faces: Faces) -> Tensor:
        """Faces (twins too) as this data set shows them, degradation included: N x 3 x S x S float in [-1, 1]."""
        images = render(faces, image_size=self.image_size)
        return degraded(images, faces.index, blur=self.blur, noise=self.noise, jpeg=self.jpeg, seed=self.seed)

    def images(self, index: Tensor) -> Tensor:
        """The faces of these numbers, len(index) x 3 x S x S, uint8 in [0, 255]."""
        self._check_index(index)
        if self._store is None:
            self._store = self._open()
        return torch.from_numpy(self._store[index.numpy()])

    def settings(self) -> dict[str, object]:
        """All that the pictures depend on."""
        own = ["image_size", "size", "split", "seed", "phi", "marginals", "blur", "noise", "jpeg"]
        own += ["frozen_styles"] if self.frozen_styles else []  # a store without any keeps its name
        aligned = {"eyes_aligned": ALIGNMENT} if self.eyes_aligned else {}
        return {"version": VERSION, "pictures": pictures(), **{name: getattr(self, name) for name in own}, **aligned}

    def _check_index(self, index: Tensor) -> None:
        if len(index) and not 0 <= int(index.min()) <= int(index.max()) < self.size:
            low, high = int(index.min()), int(index.max())
            raise UserError(f"index: numbers from 0 to {self.size - 1} are here; got {low} to {high}.")

    def _open(self) -> Images:
        shape = (self.size, 3, self.image_size, self.image_size)
        folder = Path(self.cache) if self.cache else cache_folder(self.name)
        return open_store(folder, settings_key(self.settings()), shape, self._draw)

    def _draw(self, low: int, high: int) -> Tensor:
        return to_bytes(self.render(self.faces(torch.arange(low, high))))


def to_bytes(images: Tensor) -> Tensor:
    """Images in [-1, 1] as uint8 in [0, 255], halves rounded up."""
    return ((images + 1.0) * 127.5 + 0.5).floor().clamp(0, 255).to(torch.uint8)


def _check(*, size: int, blur: float, noise: float, jpeg: int | None) -> None:
    if size < 1:
        raise UserError(f"size={size}: at least 1 face is needed.")
    if not 0 <= blur <= 16:
        raise UserError(f"blur={blur}: a standard deviation of 0 to 16 pixels fits.")
    if not 0 <= noise <= 1:
        raise UserError(f"noise={noise}: a standard deviation of 0 to 1 fits.")
    if jpeg is not None and not 1 <= jpeg <= 100:
        raise UserError(f"jpeg={jpeg}: a quality of 1 to 100, or null, fits.")
