"""A trained run as a person uses it: photos, paths and attribute names in, photos out.

A photo is cut as the run's training photos were, edited as a square, and pasted back where it came from.
"""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, overload

import numpy as np
import numpy.typing as npt
import torch
from PIL import Image
from torch import Tensor

from facegan.apps.photo import Photo, as_photo
from facegan.assemble import open_model
from facegan.attributes import position, target_vector
from facegan.data.align import Framing, Placement
from facegan.data.sampling import to_network
from facegan.errors import UserError
from facegan.evaluation.pictures import to_picture
from facegan.training.run_folder import RunFolder

Photos = Photo | Sequence[Photo]
# To a type checker a path as text is a sequence of texts as well, hence the marks at the overloads below.
Landmarks = npt.ArrayLike | None
"""Five points of one photo, 5 x 2, as in `facegan.data.align`; None where nobody knows them."""


class Editor:
    """What `facegan.load` returns. `model` has the tensor verbs, `attributes` and `verbs` say what can be asked for.

    Every method takes one photo (PIL image, path, or H x W x 3 array of uint8) or a list of them, and returns one PIL
    image or a list. landmarks: 5 x 2 (for a list of photos: a list), used where the run's training photos were aligned.
    paste: the whole photo with the edited square in its place; else the square alone, at the model's size.

    Raises MissingVerbError for what the model's paper does not do, UnknownAttributeError, and UserError for photos,
    values and run folders of no use.
    """

    def __init__(self, run: str | Path, *, device: str = "cpu") -> None:
        self.folder, self.device = RunFolder(run), _device(device)
        self.model, self.config, facts = open_model(self.folder, self.device)
        self.image_size = int(facts["image_size"])
        self.framing = Framing.from_dict(facts.get("crop") or {}, image_size=self.image_size)

    @property
    def attributes(self) -> tuple[str, ...]:
        """The attributes that this run was trained on."""
        return self.model.attributes

    @property
    def verbs(self) -> tuple[str, ...]:
        """What this model can do."""
        return self.model.verbs

    def target(self, request: Mapping[str, float]) -> Tensor:
        """A request such as {"Smiling": 1} as K values in {0, 1}, NaN keeps. Raises UserError for an empty one."""
        if not request:
            raise UserError(f"no attribute to edit is named; known here: {', '.join(self.attributes)}.")
        return target_vector(request, self.attributes)

    @overload
    def edit(  # type: ignore[overload-overlap]
        self, photos: Photo, request: Mapping[str, float], *, strength: float = ..., landmarks: Any = ...,
        seed: int = ..., paste: bool = ...,
    ) -> Image.Image: ...  # fmt: skip

    @overload
    def edit(
        self, photos: Sequence[Photo], request: Mapping[str, float], *, strength: float = ..., landmarks: Any = ...,
        seed: int = ..., paste: bool = ...,
    ) -> list[Image.Image]: ...  # fmt: skip

    def edit(
        self,
        photos: Photos,
        request: Mapping[str, float],
        *,
        strength: float = 1.0,
        landmarks: Any = None,
        seed: int = 0,
        paste: bool = True,
    ) -> Image.Image | list[Image.Image]:
        """The photos with attributes switched on (1) or off (0); strength 0 asks for nothing, above 1 overdoes it.

        seed: which of the attribute's looks is taken, where the model knows several.
        """
        self.model.require("edit")
        target, degree = self.target(request), _finite(strength)

        def change(faces: Tensor) -> Tensor:
            wanted = target.to(faces).expand(len(faces), -1)
            return self._verb("edit", faces, wanted, strength=degree, seed=seed)

        return self._through(photos, change, landmarks=landmarks, paste=paste)

    @overload
    def reconstruct(  # type: ignore[overload-overlap]
        self, photos: Photo, *, landmarks: Any = ..., paste: bool = ...
    ) -> Image.Image: ...

    @overload
    def reconstruct(self, photos: Sequence[Photo], *, landmarks: Any = ..., paste: bool = ...) -> list[Image.Image]: ...

    def reconstruct(
        self, photos: Photos, *, landmarks: Any = None, paste: bool = True
    ) -> Image.Image | list[Image.Image]:
        """The photos as the model sees them, unedited: what an edit can be expected to keep."""
        self.model.require("reconstruct")
        return self._through(photos, lambda x: self._verb("reconstruct", x), landmarks=landmarks, paste=paste)

    @overload
    def transfer(  # type: ignore[overload-overlap]
        self, photos: Photo, exemplars: Photos, attribute: str | None = ..., *, strength: float = ...,
        landmarks: Any = ..., exemplar_landmarks: Any = ..., paste: bool = ...,
    ) -> Image.Image: ...  # fmt: skip

    @overload
    def transfer(
        self, photos: Sequence[Photo], exemplars: Photos, attribute: str | None = ..., *, strength: float = ...,
        landmarks: Any = ..., exemplar_landmarks: Any = ..., paste: bool = ...,
    ) -> list[Image.Image]: ...  # fmt: skip

    def transfer(
        self,
        photos: Photos,
        exemplars: Photos,
        attribute: str | None = None,
        *,
        strength: float = 1.0,
        landmarks: Any = None,
        exemplar_landmarks: Any = None,
        paste: bool = True,
    ) -> Image.Image | list[Image.Image]:
        """The photos wearing the exemplars' own attribute; one exemplar serves all photos.

        attribute: may be left out where the run has only one.
        """
        self.model.require("transfer")
        name, degree = self.worn_attribute(attribute), _finite(strength)
        worn = torch.stack([square for square, _ in self._squares(exemplars, exemplar_landmarks)[0]])

        def change(faces: Tensor) -> Tensor:
            if len(worn) not in (1, len(faces)):
                raise UserError(f"{len(faces)} photos take 1 or {len(faces)} exemplars, not {len(worn)}.")
            givers = to_network(worn).to(faces.device).expand(len(faces), -1, -1, -1)
            return self._verb("transfer", faces, givers, name, strength=degree)

        return self._through(photos, change, landmarks=landmarks, paste=paste)

    def worn_attribute(self, name: str | None) -> str:
        """What `transfer` takes from an exemplar: what is named, or the only thing there is. Raises UserError."""
        known = self.model.transferable
        if name is None and len(known) > 1:
            raise UserError(f"which attribute? name one of: {', '.join(known)}.")
        return known[0] if name is None else known[position(name, known)]

    def _verb(self, name: str, *tensors: Any, **settings: Any) -> Tensor:
        result: Tensor = getattr(self.model, name)(*tensors, **settings)
        return result

    def _squares(self, photos: Photos, landmarks: Any) -> tuple[list[tuple[Tensor, Placement]], list[Image.Image]]:
        """Each photo's square, 3 x S x S uint8, with its place, and the photos themselves."""
        many = [as_photo(photo) for photo in photos] if _is_list(photos) else [as_photo(photos)]  # type: ignore[union-attr, arg-type]
        points = landmarks if _is_list(photos) and landmarks is not None else [landmarks] * len(many)
        if len(points) != len(many) or not many:
            raise UserError(
                f"{len(many)} photos and landmarks for {len(points)}: one 5 x 2 (or None) for each is wanted."
            )
        cuts = [self.framing.cut(photo, _points(five)) for photo, five in zip(many, points, strict=True)]
        return [(_pixels(square), placement) for square, placement in cuts], many

    def _through(self, photos: Photos, change: Any, *, landmarks: Any, paste: bool) -> Image.Image | list[Image.Image]:
        squares, originals = self._squares(photos, landmarks)
        faces = to_network(torch.stack([square for square, _ in squares])).to(self.device)
        edited = [to_picture(face) for face in change(faces)]
        if paste:
            places = [placement for _, placement in squares]
            edited = [self.framing.paste(*three) for three in zip(originals, edited, places, strict=True)]
        return edited if _is_list(photos) else edited[0]


def _device(name: str) -> torch.device:
    try:
        return torch.empty(0, device=name).device
    except (RuntimeError, AssertionError) as error:
        raise UserError(f"device={name}: {str(error).splitlines()[0]}") from error


def _finite(strength: float) -> float:
    if not math.isfinite(strength):
        raise UserError(f"strength={strength}: a number such as 0.5, 1 or 1.5 is wanted.")
    return float(strength)


def _is_list(photos: Photos) -> bool:
    return isinstance(photos, Sequence) and not isinstance(photos, str)


def _points(values: Landmarks) -> npt.NDArray[np.float64] | None:
    try:
        return None if values is None else np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise UserError(f"landmarks are five points of x and y for each photo, not {values!r}.") from error


def _pixels(square: Image.Image) -> Tensor:
    return torch.from_numpy(np.array(square)).permute(2, 0, 1)
