"""A trained run as a person uses it: photos, paths and attribute names in, photos out.

A photo is cut as the run's training photos were, edited as a square, and pasted back where it came from.
"""

import math
from collections.abc import Mapping, Sequence
from functools import partial
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
from facegan.data.align import Framing
from facegan.data.counter import stream_key
from facegan.data.sampling import to_network
from facegan.errors import UserError
from facegan.evaluation.pictures import to_picture
from facegan.training.run_folder import RunFolder

Photos = Photo | Sequence[Photo]
# To a type checker a path as text is a sequence of texts as well, hence the marks at the overloads below.
Landmarks = npt.ArrayLike | None
"""Five points of one photo, 5 x 2, as in `facegan.data.align`; None where nobody knows them."""
Points = npt.NDArray[np.float64] | None
UPSCALE, STYLIZE = "upscale", "stylize"
LONGEST, LEAST = 1024, 8  # of the sides of a photo that is stylized, in pixels


class Editor:
    """What `facegan.load` returns. `model` has the tensor verbs, `attributes` and `verbs` say what can be asked for.

    What takes photos takes one (PIL image, path, or H x W x 3 array of uint8) or a list of them, and returns one PIL
    image or a list. landmarks: 5 x 2 (for a list of photos: a list), used where the run's training photos were aligned.
    paste: the whole photo with the edited square in its place; else the square alone, at the model's size.

    Raises MissingVerbError for what the model's paper does not do, UnknownAttributeError, and UserError for photos,
    values and run folders of no use.
    """

    def __init__(self, run: str | Path, *, device: str = "cpu", plugins: Sequence[str] = ()) -> None:
        self.folder, self.device = RunFolder(run), _device(device)
        self.model, self.config, facts = open_model(self.folder, self.device, plugins=plugins)
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
        target, degree = self.target(request), self._degree("edit", strength)

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
        name, degree = self.worn_attribute(attribute), self._degree("transfer", strength)
        worn = to_network(self._stacked(exemplars, exemplar_landmarks))

        def change(faces: Tensor) -> Tensor:
            return self._verb("transfer", faces, _for_each(worn, faces), name, strength=degree)

        return self._through(photos, change, landmarks=landmarks, paste=paste)

    def worn_attribute(self, name: str | None) -> str:
        """What `transfer` takes from an exemplar: what is named, or the only thing there is. Raises UserError."""
        known = self.model.transferable
        if name is None and len(known) > 1:
            raise UserError(f"which attribute? name one of: {', '.join(known)}.")
        return known[0] if name is None else known[position(name, known)]

    def generate(
        self, count: int, request: Mapping[str, float] | None = None, *, seed: int = 0, start: int = 0
    ) -> list[Image.Image]:
        """New faces, numbers start .. start + count - 1 of a seed, at the model's size; each depends on nothing else.

        request: what they all shall show, such as {"Smiling": 1}, by the names in `model.controls`: the attributes, or
        the codes of a model without labels. The rest is left to chance.
        """
        self.model.require("generate")
        wish = self.wish(request or {})[None].to(self.device)
        if count < 1:
            raise UserError(f"count={count}: at least 1 face is wanted.")
        seeds = (stream_key(seed, "generate", number) for number in range(start, start + count))
        return [to_picture(self._verb("generate", wish, seed=one)[0]) for one in seeds]

    def wish(self, request: Mapping[str, float]) -> Tensor:
        """A request as a value for each of `model.controls`, NaN where it is left open. Raises UserError."""
        controls = self.model.controls
        if controls == self.attributes:
            return target_vector(request, controls)
        values = torch.full((len(controls),), math.nan)
        for name, value in request.items():
            values[position(name, controls)] = _finite(value, name)
        return values

    @overload
    def upscale(  # type: ignore[overload-overlap]
        self, photos: Photo, request: Mapping[str, float] | None = ..., *, like: Photos | None = ...,
        landmarks: Any = ..., like_landmarks: Any = ...,
    ) -> Image.Image: ...  # fmt: skip

    @overload
    def upscale(
        self, photos: Sequence[Photo], request: Mapping[str, float] | None = ..., *, like: Photos | None = ...,
        landmarks: Any = ..., like_landmarks: Any = ...,
    ) -> list[Image.Image]: ...  # fmt: skip

    def upscale(
        self,
        photos: Photos,
        request: Mapping[str, float] | None = None,
        *,
        like: Photos | None = None,
        landmarks: Any = None,
        like_landmarks: Any = None,
    ) -> Image.Image | list[Image.Image]:
        """Small faces as large ones: the square alone, at the model's size.

        A photo of the model's low side, `model.low`, is taken as it is; any other is cut as the run's training photos
        were, and shrunk as its low-resolution faces were. request: attributes that the answer shall show, what is not
        named being left to the face. like: whose face it shall be, where the model is guided by a person; one exemplar
        serves all photos.
        """
        self.model.require("upscale")
        guides = self.guides(request or {}, like, like_landmarks)
        small = [self._small(photo, five) for photo, five in self._opened(photos, landmarks)]
        faces = torch.stack(small).to(self.device)
        large = [to_picture(face) for face in self._verb("upscale", faces, *(_for_each(g, faces) for g in guides))]
        return large if _is_list(photos) else large[0]

    def guides(self, request: Mapping[str, float], like: Photos | None, like_landmarks: Any = None) -> list[Tensor]:
        """What `upscale` is told beside the small faces, a row for all or one for each. Raises UserError."""
        model, takes = type(self.model).__name__, partial(self.model.takes, UPSCALE)
        if like is None and takes("exemplars"):
            raise UserError(f"{model} upscales a face to a person's: like=PHOTO says whose.")
        if like is not None and not takes("exemplars"):
            raise UserError(f"{model} upscales by no other face; leave like=PHOTO out.")
        if request and not takes("attributes"):
            raise UserError(f"{model} upscales by no attributes; leave {', '.join(request)} out.")
        if like is not None:
            return [to_network(self._stacked(like, like_landmarks))]
        return [target_vector(request, self.attributes)[None]] if takes("attributes") else []

    @overload
    def stylize(self, photos: Photo, *, longest: int = ...) -> Image.Image: ...  # type: ignore[overload-overlap]

    @overload
    def stylize(self, photos: Sequence[Photo], *, longest: int = ...) -> list[Image.Image]: ...

    def stylize(self, photos: Photos, *, longest: int = LONGEST) -> Image.Image | list[Image.Image]:
        """Whole photos in the style that the run has learnt.

        longest: pixels of the longer side, to which larger photos are brought first; memory grows with its square.
        """
        self.model.require(STYLIZE)
        self.check_longest(longest)
        painted = [self._painted(photo, longest) for photo, _ in self._opened(photos, None)]
        return painted if _is_list(photos) else painted[0]

    def check_longest(self, longest: int) -> None:
        """Raises UserError for a photo's side of too few pixels."""
        if longest < LEAST:
            raise UserError(f"longest={longest}: a photo has at least {LEAST} pixels a side.")

    def _painted(self, photo: Image.Image, longest: int) -> Image.Image:
        if max(photo.size) > longest:
            width, height = (max(1, round(side * longest / max(photo.size))) for side in photo.size)
            photo = photo.resize((width, height), Image.Resampling.LANCZOS)
        if min(photo.size) < LEAST:
            raise UserError(f"{photo.width} x {photo.height} pixels leave nothing to paint on.")
        return to_picture(self._verb(STYLIZE, to_network(_pixels(photo)[None]).to(self.device))[0])

    def _small(self, photo: Image.Image, five: Points) -> Tensor:
        """A low-resolution face, 3 x l x l in [-1, 1]."""
        side = self.model.low
        if photo.size == (side, side):
            return to_network(_pixels(photo)[None])[0]
        square, _ = self.framing.cut(photo, five)
        face = to_network(_pixels(square)[None])
        if square.size == (side, side):  # what is to be taken off a photo is there already
            return face[0]
        with torch.random.fork_rng():  # noise that training draws anew for each face is the same in every call here
            torch.manual_seed(0)
            return self.model.shrunk(face)[0]

    def _verb(self, name: str, *tensors: Any, **settings: Any) -> Tensor:
        """The verb's answer, told what it takes: a seed says nothing to a model that knows one look."""
        taken = {key: value for key, value in settings.items() if self.model.takes(name, key)}
        result: Tensor = getattr(self.model, name)(*tensors, **taken)
        return result

    def _degree(self, verb: str, strength: float) -> float:
        """The strength, where the verb knows degrees. Raises UserError for another than 1 where it does not."""
        if strength != 1 and not self.model.takes(verb, "strength"):
            raise UserError(
                f"strength={strength}: {type(self.model).__name__} knows no degrees of {verb}; leave it out."
            )
        return _finite(strength)

    def _opened(self, photos: Photos, landmarks: Any) -> list[tuple[Image.Image, Points]]:
        """Each photo, upright, and its five points."""
        many = [as_photo(photo) for photo in photos] if _is_list(photos) else [as_photo(photos)]  # type: ignore[union-attr, arg-type]
        points = landmarks if _is_list(photos) and landmarks is not None else [landmarks] * len(many)
        if len(points) != len(many) or not many:
            raise UserError(
                f"{len(many)} photos and landmarks for {len(points)}: one 5 x 2 (or None) for each is wanted."
            )
        return [(photo, _points(five)) for photo, five in zip(many, points, strict=True)]

    def _stacked(self, photos: Photos, landmarks: Any) -> Tensor:
        """Each photo's square, N x 3 x S x S uint8."""
        return torch.stack(
            [_pixels(self.framing.cut(photo, five)[0]) for photo, five in self._opened(photos, landmarks)]
        )

    def _through(self, photos: Photos, change: Any, *, landmarks: Any, paste: bool) -> Image.Image | list[Image.Image]:
        opened = self._opened(photos, landmarks)
        squares, places = zip(*(self.framing.cut(*one) for one in opened), strict=True)
        faces = to_network(torch.stack([_pixels(square) for square in squares])).to(self.device)
        edited = [to_picture(face) for face in change(faces)]
        if paste:
            originals = [photo for photo, _ in opened]
            edited = [self.framing.paste(*three) for three in zip(originals, edited, places, strict=True)]
        return edited if _is_list(photos) else edited[0]


def _device(name: str) -> torch.device:
    try:
        return torch.empty(0, device=name).device
    except (RuntimeError, AssertionError) as error:
        raise UserError(f"device={name}: {str(error).splitlines()[0]}") from error


def _finite(value: float, name: str = "strength") -> float:
    if not math.isfinite(value):
        raise UserError(f"{name}={value}: a number such as 0.5, 1 or 1.5 is wanted.")
    return float(value)


def _for_each(guides: Tensor, faces: Tensor) -> Tensor:
    """One row for each face, on its device."""
    if len(guides) not in (1, len(faces)):
        raise UserError(f"{len(faces)} photos take 1 or {len(faces)} exemplars, not {len(guides)}.")
    return guides.to(faces.device).expand(len(faces), *guides.shape[1:])


def _is_list(photos: Photos) -> bool:
    return isinstance(photos, Sequence) and not isinstance(photos, str)


def _points(values: Landmarks) -> Points:
    try:
        return None if values is None else np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise UserError(f"landmarks are five points of x and y for each photo, not {values!r}.") from error


def _pixels(square: Image.Image) -> Tensor:
    return torch.from_numpy(np.array(square)).permute(2, 0, 1)
