"""A model that can keep a recognizer of its own, which tells its verbs the labels of a user's own photo."""

from torch import Tensor

from facegan.data.batch import FaceBatch
from facegan.data.draw import Draw
from facegan.errors import UserError
from facegan.losses.recognition import BinaryRecognition
from facegan.models.base import Factory, Losses, Model
from facegan.models.phases import Phase
from facegan.models.requests import own, towards


class RecognizingModel(Model):
    """A model with a part `recognizer` where one is given. It learns beside the others and judges nothing."""

    def keep_recognizer(self, recognizer: Factory | None) -> None:
        """Builds the part; to be called once, in `__init__`."""
        self.recognition = BinaryRecognition()
        if recognizer is not None:
            self.recognizer = recognizer(image_size=self.image_size, outputs=len(self.attributes))

    @property
    def recognizer_phases(self) -> tuple[Phase, ...]:
        """The phase in which it learns; none without the part."""
        phase = Phase(
            name="recognizer",
            trains=("recognizer",),
            terms=("recognition",),
            draws={"faces": Draw()},
            every=4,
            why="source labels of a user's own photo; it moves nothing else and judges nothing",
        )
        return (phase,) if "recognizer" in self.parts else ()

    def recognizer_losses(self, faces: FaceBatch) -> Losses:
        """Attributes from pixels."""
        return {"recognition": self.recognition(self.recognizer(faces.images), faces.attributes, faces.weights)}

    def known(self, images: Tensor, source: Tensor | None) -> Tensor:
        """The source labels N x K; where they are unknown (NaN, None), what the recognizer makes of the images.

        Without the part unknown labels stay unknown. Raises UserError where there are neither labels nor the part.
        """
        if "recognizer" in self.parts:
            return own(source, lambda: self.recognizer(images))
        if source is None:
            raise UserError(
                f"this {type(self).__name__} keeps no recognizer; give the faces' own attributes as `source`."
            )
        return source

    def values(self, images: Tensor, target: Tensor, source: Tensor | None, strength: float) -> Tensor:
        """What an edit asks for, by `requests.towards`; source labels are looked for where they are wanted or cheap."""
        if source is not None or "recognizer" in self.parts or bool(target.isnan().any()):
            source = self.known(images, source)
        return towards(target, source, strength)
