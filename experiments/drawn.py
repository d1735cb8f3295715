"""Drawn faces as true answers, and how near and how like them a model's answers are."""

from functools import cached_property

from torch import Tensor

from facegan.data.twinfaces import TwinFaces
from facegan.evaluation.cases import any_faces
from facegan.evaluation.judges import Judge
from facegan.evaluation.measures.realism import kid
from facegan.evaluation.measures.reconstruction import psnr, ssim
from facegan.evaluation.wear import eight_bits
from facegan.evaluation.witnesses import find_panel


class DrawnFaces:
    """The first `count` TwinFaces of the test split, and the panel; each made when it is first asked for."""

    def __init__(self, *, image_size: int, count: int) -> None:
        self.image_size, self.count = image_size, count

    def split(self, name: str) -> TwinFaces:
        """The faces of a split."""
        return TwinFaces(image_size=self.image_size, split=name, size=self.count)

    @cached_property
    def panel(self) -> Judge:
        """Who looks at them."""
        return find_panel(self.split, ())

    @cached_property
    def faces(self) -> Tensor:
        """N x 3 x S x S in [-1, 1]."""
        return any_faces(self.split("test"), (), self.count)[0]

    @cached_property
    def crowd(self) -> Tensor:
        """What the panel sees in them, N x D."""
        return self.panel.look(self.faces)[1]

    def figures(self, answer: Tensor) -> dict[str, float]:
        """psnr, ssim; kid, as 8 bits, on the panel's features. answer: N x 3 x S x S in [-1, 1], in their order."""
        return {
            "psnr": psnr(answer, self.faces).pooled,
            "ssim": ssim(answer, self.faces).pooled,
            "kid": kid(self.panel.look(eight_bits(answer))[1], self.crowd, made_of_it=True),
        }
