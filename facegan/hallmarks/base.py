"""What a hallmark is: figures of a trained model that its paper lives by, and a picture that shows them.

Legend: N faces, K attributes of the model, S pixels.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from PIL import Image
from torch import Tensor

from facegan.data.twinfaces import TwinFaces
from facegan.evaluation.asking import Asked, Direction
from facegan.evaluation.judge_cache import find_judge
from facegan.evaluation.judges import Judge
from facegan.evaluation.twin_cases import TwinCase, fresh_cases
from facegan.models.base import Model


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One figure of a hallmark.

    name: the key of its threshold. means: what it says, in a line. value: NaN where there was nothing to measure.
    count: of how many faces. unit: shares, 0 to 1, are printed as percent. lines: reference figures by name, such as
    the style-blind median, the true twin, the judge on real faces; doing nothing is added by the framework.
    """

    name: str
    means: str
    value: float
    count: int
    unit: Literal["share", "number"] = "number"
    lines: Mapping[str, float] = field(default_factory=dict)


class Subject:
    """A model under examination, and the faces and judges that it is examined with.

    seed: of the TwinFaces streams, from which no run is trained. Faces come rendered clean at the model's own size.
    """

    def __init__(self, model: Model, *, seed: int) -> None:
        self.model, self.seed, self.image_size = model, seed, model.image_size
        self.judges: dict[tuple[str, ...], Judge] = {}

    def asked(self, attribute: str) -> Asked:
        """The model, asked through whichever verbs it has. Raises UnknownAttributeError."""
        return Asked(self.model, attribute, seed=self.seed)

    def verb(self, name: str) -> Callable[..., Tensor]:
        """A verb of the model, to be called directly. Raises MissingVerbError."""
        self.model.require(name)
        method: Callable[..., Tensor] = getattr(self.model, name)
        return method

    def cases(self, attribute: str, direction: Direction, count: int) -> TwinCase:
        """Fresh faces of the test split, their exemplars and true twins; labels in the model's order."""
        return fresh_cases(
            attribute=attribute, direction=direction, attributes=self.model.attributes, count=count,
            image_size=self.image_size, seed=self.seed,
        ).at(slice(0, count))  # fmt: skip

    def judge(self, *attributes: str) -> Judge:
        """The report judge of these attributes at the model's size; trained where it is not in the cache yet."""
        if attributes not in self.judges:
            size = self.image_size
            self.judges[attributes] = find_judge(
                lambda split: TwinFaces(image_size=size, split=split, size=1), attributes, "report"
            )
        return self.judges[attributes]


class Hallmark(ABC):
    """A paper's claim as figures. A subclass has keyword-only settings, which conf/hallmark/<model>.yaml gives.

    It asks the model through verbs alone, so that it can be tried on an editor that is perfect, broken or idle, and
    its figures compare with what the model did at all, so that an editor that does nothing passes none of them.
    """

    @abstractmethod
    def measure(self, subject: Subject) -> Sequence[Measured]:
        """The figures, always of the same names. Called without gradients, with random numbers seeded."""

    @abstractmethod
    def picture(self, subject: Subject) -> Image.Image:
        """A small sheet that shows what is claimed, of the first faces that come, never chosen ones."""
