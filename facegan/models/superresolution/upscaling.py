"""What every super-resolution system shares, and the one that learns nothing.

Legend: large faces y, N x 3 x S x S; small ones x = degradation(y), N x 3 x l x l, where S = scale * l; all in [-1, 1].
"""

from abc import abstractmethod
from typing import ClassVar

from torch import Tensor

from facegan.data.batch import FaceBatch
from facegan.data.degradations import Degradation, Separable, enlarged
from facegan.errors import UserError
from facegan.models.base import Factory, Model, Weights, verb
from facegan.networks.contracts import Upscaler


class Upscaling(Model):
    """A model that makes faces `scale` times as large. Small faces come from its own degradation, in training too.

    At scale 1 a face is not enlarged but freed of what the degradation did to it, rain for example. Raises UserError
    where the scale does not divide the image size, and at scale 1 for a degradation that would do nothing.
    """

    degrees: ClassVar[bool] = False

    def __init__(
        self, *, image_size: int, attributes: tuple[str, ...], degradation: Factory, weights: Weights, scale: int
    ) -> None:
        super().__init__(image_size=image_size, attributes=attributes, weights=weights)
        if not 1 <= scale < image_size or image_size % scale:
            raise UserError(
                f"{type(self).__name__}: scale={scale} must be 1 or more and divide the image size {image_size}; "
                "set model.scale=4."
            )
        self.scale, self.low = scale, image_size // scale
        self.degradation: Degradation = degradation(scale=scale)
        if scale == 1 and isinstance(self.degradation, Separable):
            raise UserError(
                f"{type(self).__name__}: at scale=1 {type(self.degradation).__name__} leaves a face as it is; set "
                "model.scale=4 or degradation=rain."
            )

    @property
    def local(self) -> bool:
        """Whether what it makes of a place depends on what lies near it alone, so that small images of any size do.

        A model that does not takes those of the side `low`.
        """
        return all(part.local for part in self.parts.values() if isinstance(part, Upscaler))

    @abstractmethod
    def answer(self, low: Tensor) -> Tensor:
        """The large faces, not yet cut to [-1, 1]."""

    @property
    def shrunk_by(self) -> str:
        """The degradation, with its numbers."""
        return str(self.degradation)

    def shrunk(self, images: Tensor) -> Tensor:
        """Faces as small as `upscale` takes them, by the degradation of the training."""
        return self.degradation(images)

    def small(self, faces: FaceBatch) -> Tensor:
        """The small faces of a batch: those that came with it, as of a data set of pairs, else by the degradation."""
        return self.shrunk(faces.images) if faces.low is None else faces.low

    @verb
    def upscale(self, low: Tensor) -> Tensor:
        """Large faces N x 3 x S x S of small ones, N x 3 x l x l, all in [-1, 1]; of any size where it is `local`."""
        return self.answer(low).clamp(-1.0, 1.0)

    @verb
    def reconstruct(self, images: Tensor) -> Tensor:
        """The faces again, shrunk and made large: N x 3 x S x S in [-1, 1]."""
        return self.answer(self.shrunk(images)).clamp(-1.0, 1.0)


class Bicubic(Upscaling):
    """Interpolation by Keys' cubic kernel as MATLAB has it: the line below which no system should be. Has no part."""

    paper: ClassVar[str] = "bicubic interpolation (Keys, 1981)"
    verb_parts: ClassVar[tuple[str, ...]] = ()

    def answer(self, low: Tensor) -> Tensor:
        """The enlarged faces."""
        return enlarged(low, self.scale)
