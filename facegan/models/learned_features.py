"""A network that looks at faces for others, and learns what to look for where nobody trained it."""

from torch import Tensor

from facegan.data.batch import FaceBatch
from facegan.data.draw import Draw
from facegan.errors import UserError
from facegan.losses.features import FeatureReconstruction
from facegan.losses.recognition import BinaryRecognition
from facegan.models.base import Factory, Losses, Model
from facegan.models.phases import Phase
from facegan.networks.contracts import Encoder
from facegan.networks.errors import PartError


class LearnedFeatures(Model):
    """Parts: extractor; head, where the extractor is to be trained.

    Without a head the extractor's numbers come from elsewhere: pretrained, or by `init_from`. With one, phase
    `features` trains it to tell the attributes. `look_by` is to be called once, in `__init__`.
    """

    extractor: Encoder

    def look_by(self, extractor: Factory, head: Factory | None) -> None:
        """Builds the parts. Raises UserError for a head without attributes."""
        self.extractor = extractor(image_size=self.image_size)
        if head is not None:
            if not self.attributes:
                raise UserError(f"{type(self).__name__}: its extractor learns attributes; set attributes=[Smiling].")
            self.head = head(code=self.extractor.shape, outputs=len(self.attributes))
            self.recognition = BinaryRecognition()

    def compare_by(self, perceptual: FeatureReconstruction) -> None:
        """Takes up the distance of features. Raises PartError where the extractor has no such map."""
        self.perceptual, count = perceptual, len(self.extractor.skips) + 1
        if not -count <= perceptual.layer < count:
            name = type(self.extractor).__name__
            raise PartError(f"{name}: perceptual.layer is {perceptual.layer}; -{count} to {count - 1} would fit")

    def features_phase(self, *, why: str, stop: int | None = None) -> tuple[Phase, ...]:
        """The phase of the extractor, up to round `stop`; none without a head."""
        if not hasattr(self, "head"):
            return ()
        phase = Phase(
            name="features",
            trains=("extractor", "head"),
            terms=("recognition",),
            draws={"faces": Draw()},
            stop=stop,
            why=why,
        )
        return (phase,)

    def features_losses(self, faces: FaceBatch) -> Losses:
        """Attributes from the deepest map."""
        return {"recognition": self.recognition(self.head(self.extractor(faces.images)[0]), faces.attributes)}

    def seen(self, images: Tensor) -> tuple[Tensor, ...]:
        """The extractor's maps of images N x 3 x S x S in [-1, 1], shallow first."""
        code, skips = self.extractor(images)
        return (*skips, code)
