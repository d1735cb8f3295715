"""A network that looks at faces for a loss, and learns beforehand what to look for where nobody trained it."""

from torch import Tensor

from facegan.data.batch import FaceBatch
from facegan.data.draw import Draw
from facegan.errors import UserError
from facegan.losses.features import FeatureReconstruction
from facegan.losses.recognition import BinaryRecognition
from facegan.models.base import Factory, Losses
from facegan.models.phases import Phase
from facegan.models.superresolution.inventive import Inventive
from facegan.networks.contracts import Encoder
from facegan.networks.errors import PartError


class Seeing(Inventive):
    """Parts: those of `Inventive`; extractor; head, where the extractor is to be trained.

    Without a head the extractor's numbers come from elsewhere: pretrained, or by `init_from`. With one, phase
    `features` trains it to tell the attributes, in the first rounds and never again.
    """

    extractor: Encoder

    def look_with(
        self, extractor: Factory, head: Factory | None, perceptual: FeatureReconstruction, features_rounds: int
    ) -> None:
        """Builds the parts, once. Raises UserError for a head without attributes, PartError for a missing map."""
        self.extractor, self.perceptual = extractor(image_size=self.image_size), perceptual
        self.features_rounds = features_rounds if head is not None else 0
        count = len(self.extractor.skips) + 1
        if not -count <= perceptual.layer < count:
            name = type(self.extractor).__name__
            raise PartError(f"{name}: perceptual.layer is {perceptual.layer}; -{count} to {count - 1} would fit")
        if head is not None:
            if not self.attributes:
                raise UserError(f"{type(self).__name__}: its extractor learns attributes; set attributes=[Smiling].")
            self.head = head(code=self.extractor.shape, outputs=len(self.attributes))
            self.recognition = BinaryRecognition()

    def features_phase(self) -> tuple[Phase, ...]:
        """The phase of the extractor, none without a head."""
        if not hasattr(self, "head"):
            return ()
        return (
            Phase(
                name="features",
                trains=("extractor", "head"),
                terms=("recognition",),
                draws={"faces": Draw()},
                stop=self.features_rounds,
                why="what tells attributes apart is worth looking at",
            ),
        )

    @property
    def first_round(self) -> int:
        """The round in which the paper's own phases begin."""
        return max(self.pretrain_rounds, self.features_rounds)

    def features_losses(self, faces: FaceBatch) -> Losses:
        """Attributes from the deepest map."""
        return {"recognition": self.recognition(self.head(self.extractor(faces.images)[0]), faces.attributes)}

    def seen(self, images: Tensor) -> tuple[Tensor, ...]:
        """The extractor's maps, shallow first."""
        code, skips = self.extractor(images)
        return (*skips, code)
