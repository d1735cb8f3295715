"""Conditional CycleGAN's hallmark: attributes as asked, even against the small face, and yet that face."""

from collections.abc import Sequence

from PIL import Image
from torch import Tensor
from torch.nn import functional as F

from facegan.evaluation.asking import DIRECTIONS, VALUE, Direction
from facegan.evaluation.measures.low import low_error
from facegan.evaluation.measures.ratio import Ratio
from facegan.evaluation.measures.success import judged_success
from facegan.evaluation.pictures import Column, coarse, grid
from facegan.evaluation.twin_cases import TwinCase
from facegan.hallmarks.base import Hallmark, Measured, Subject

ROWS = 4


class ConditionalCycleGANHallmark(Hallmark):
    """attribute: asked for against what the small face shows. low: its side. faces: in each direction."""

    def __init__(self, *, attribute: str = "Eyeglasses", low: int = 8, faces: int = 256) -> None:
        self.attribute, self.low, self.faces = attribute, low, faces

    def measure(self, subject: Subject) -> Sequence[Measured]:
        """What is shown, and what the answer is when it is shrunk again, beside the true twin."""
        return [figure for direction in DIRECTIONS for figure in self._against(subject, direction)]

    def _against(self, subject: Subject, direction: Direction) -> list[Measured]:
        case, judge = subject.cases(self.attribute, direction, self.faces), subject.judge(self.attribute)
        low, answer = self._small(case), self._enlarged(subject, case)

        def turned(asked: Tensor, own: Tensor) -> Ratio:
            """1 where the one shows what is asked, and the other does not: an answer that listens."""
            shown = (judged_success(judge.logits(x, self.attribute), VALUE[direction]).above for x in (asked, own))
            return Ratio.of(next(shown) * (1 - next(shown)))

        shown = turned(answer, self._own(subject, case))
        error, bound = low_error(answer, low), low_error(case.twin, low)
        return [
            Measured(
                name=f"against_{direction}", unit="share", value=shown.pooled, count=self.faces,
                means=f"{direction}: the judge sees it against the small face, and only where it is asked",
                lines={"true twins": turned(case.twin, case.source).pooled},
            ),
            Measured(
                name=f"low_error_{direction}", value=_where(shown, error) / bound.pooled, count=self.faces,
                means=f"{direction}: error at low resolution of such faces, over that of the true twins",
                lines={"all faces": error.pooled / bound.pooled},
            ),
        ]  # fmt: skip

    def _own(self, subject: Subject, case: TwinCase) -> Tensor:
        """With the faces' own attributes."""
        return subject.verb("upscale")(self._small(case), case.labels).clamp(-1.0, 1.0)

    def _small(self, case: TwinCase) -> Tensor:
        return F.adaptive_avg_pool2d(case.source, self.low)

    def _enlarged(self, subject: Subject, case: TwinCase) -> Tensor:
        """With the faces' own attributes, but for the one in question."""
        wanted = case.labels.clone()
        wanted[:, subject.asked(self.attribute).place] = VALUE[case.direction]
        return subject.verb("upscale")(self._small(case), wanted).clamp(-1.0, 1.0)

    def picture(self, subject: Subject) -> Image.Image:
        """Small faces, as they are and against what they show, in both directions."""
        groups = []
        for direction in DIRECTIONS:
            case = subject.cases(self.attribute, direction, ROWS)
            low = self._small(case)
            groups.append(
                [
                    Column("given", coarse(low, subject.image_size)),
                    Column("own\nattributes", self._own(subject, case)),
                    Column("against\nthem", self._enlarged(subject, case)),
                    Column("TRUE TWIN", case.twin),
                ]
            )
        return grid(groups, title=f"{self.attribute}: adding, removing, from {self.low} pixels")


def _where(shown: Ratio, error: Ratio) -> float:
    """The mean error of faces that show what was asked; NaN where fewer than half of them do."""
    return float((shown.above * error.each).sum() / shown.above.sum()) if shown.pooled >= 0.5 else float("nan")
