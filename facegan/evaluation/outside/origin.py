"""What every judge's origin can do, and this project's own."""

from abc import ABC, abstractmethod

from facegan.evaluation.judge_cache import find_judge
from facegan.evaluation.judge_data import Splits
from facegan.evaluation.judges import Judge


class Origin(ABC):
    """Where a judge that reports comes from."""

    @abstractmethod
    def find(self, splits: Splits, attributes: tuple[str, ...]) -> Judge:
        """The judge of these attributes, calibrated and examined on this data set. Raises UserError where it cannot."""


class OwnJudge(Origin):
    """The project's own: from the cache, or trained now."""

    def find(self, splits: Splits, attributes: tuple[str, ...]) -> Judge:
        """The judge, as every evaluation has it unless told otherwise."""
        return find_judge(splits, attributes, "report")
