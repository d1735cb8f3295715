"""Conditional CycleGAN's hallmark: attributes as asked, even against the small face, and yet that face."""

from collections.abc import Sequence

from PIL import Image
from torch import Tensor
from torch.nn import functional as F

from facegan.evaluation.asking import DIRECTIONS, VALUE, Direction
from facegan.evaluation.measures.low import low_error
from facegan.evaluation.measures.ratio import Ratio
from facegan.evaluation.measures.success import judged_success
from facegan.evaluation.pictures import Column, grid
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
        case = subject.cases(self.attribute, direction, self.faces)
        low = self._small(case)
        lines = {
            "model": self._enlarged(subject, case),
            "true twin": case.twin,
            "bilinear": F.interpolate(low, size=subject.image_size, mode="bilinear"),
        }
        judge = subject.judge(self.attribute)
        shown = {
            name: judged_success(judge.logits(faces, self.attribute), VALUE[direction]) for name, faces in lines.items()
        }
        error, bound = low_error(lines["model"], low), low_error(case.twin, low)
        return [
            Measured(
                name=f"against_{direction}", unit="share", value=shown["model"].pooled, count=self.faces,
                means=f"{direction}: judged success against what the small face shows",
                lines={name: shown[name].pooled for name in ("true twin", "bilinear")},
            ),
            Measured(
                name=f"low_error_{direction}", value=_where(shown["model"], error) / bound.pooled, count=self.faces,
                means=f"{direction}: error at low resolution of faces that show it, over that of the true twins",
                lines={"all faces": error.pooled / bound.pooled},
            ),
        ]  # fmt: skip

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
            own = subject.verb("upscale")(low, case.labels)
            groups.append(
                [
                    Column("given", F.interpolate(low, size=subject.image_size)),
                    Column("own\nattributes", own),
                    Column("against\nthem", self._enlarged(subject, case)),
                    Column("TRUE TWIN", case.twin),
                ]
            )
        return grid(groups, title=f"{self.attribute}: adding, removing, from {self.low} pixels")


def _where(shown: Ratio, error: Ratio) -> float:
    """The mean error of faces that show what was asked; NaN where fewer than half of them do."""
    return float((shown.above * error.each).sum() / shown.above.sum()) if shown.pooled >= 0.5 else float("nan")
