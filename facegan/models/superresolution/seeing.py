"""Super-resolution that is judged by what a network sees in faces."""

from facegan.losses.features import FeatureReconstruction
from facegan.models.base import Factory
from facegan.models.learned_features import LearnedFeatures
from facegan.models.phases import Phase
from facegan.models.superresolution.inventive import Inventive


class Seeing(LearnedFeatures, Inventive):
    """Parts: those of `Inventive` and `LearnedFeatures`; an extractor with a head learns in the first rounds alone."""

    features_rounds: int = 0

    def look_with(
        self, extractor: Factory, head: Factory | None, perceptual: FeatureReconstruction, features_rounds: int
    ) -> None:
        """Builds the parts, once. Raises UserError for a head without attributes, PartError for a missing map."""
        self.look_by(extractor, head)
        self.compare_by(perceptual)
        self.features_rounds = features_rounds if head is not None else 0

    def first_phases(self) -> tuple[Phase, ...]:
        """What comes before the paper's own phases."""
        looking = self.features_phase(why="what tells attributes apart is worth looking at", stop=self.features_rounds)
        return (*looking, self.regression_phase())

    @property
    def first_round(self) -> int:
        """The round in which the paper's own phases begin."""
        return max(self.pretrain_rounds, self.features_rounds)
