"""How well the runs enlarge small faces of one camera, and of bicubic shrinking: the same faces for all of them."""

from collections.abc import Callable, Mapping
from functools import cache, partial
from typing import Any

import torch
from torch import Tensor

from experiments.drawn import DrawnFaces
from experiments.kept import kept
from experiments.pairs.plan import TESTS, Job, Scale
from facegan.assemble import open_model
from facegan.data.degradations import Bicubic, Camera, Degradation, enlarged
from facegan.training.run_folder import cpu_seconds

FORMAT, SEED, TIMES, CHUNK = 3, 20_170_531, 4, 16
MADE: Mapping[str, Callable[..., Degradation]] = {"camera": Camera, "bicubic": Bicubic}
Figures = Mapping[str, float]


class Bench(DrawnFaces):
    """The large faces, and the small ones of each test."""

    def __init__(self, scale: Scale) -> None:
        super().__init__(image_size=scale.image_size, count=scale.faces)
        self.small: Callable[[str], Tensor] = cache(self._small)

    def enlarging(self, upscale: Callable[[Tensor], Tensor]) -> dict[str, float]:
        """The figures of large faces made from small ones, for each test: camera/psnr."""
        found = {test: self.figures(upscale(self.small(test)).clamp(-1.0, 1.0)) for test in TESTS}
        return {f"{test}/{name}": value for test, figures in found.items() for name, value in figures.items()}

    def _small(self, test: str) -> Tensor:
        """Some faces at a time: the camera has another setting for each such batch, as in training."""
        with torch.random.fork_rng():
            torch.manual_seed(SEED)
            return torch.cat([MADE[test](scale=TIMES)(part) for part in self.faces.split(CHUNK)])


def measured(job: Job, bench: Bench) -> Figures:
    """The figures of a run; what was measured before under the same wish is not measured again."""
    found: Figures = kept(job.folder.evaluation / "pairs.json", _asked(job), partial(_measured, job, bench))
    return found


def interpolated(bench: Bench) -> Figures:
    """The line to read them against: bicubic interpolation."""
    return bench.enlarging(lambda low: enlarged(low, TIMES))


def _measured(job: Job, bench: Bench) -> Figures:
    model = open_model(job.folder)[0]
    return {**bench.enlarging(getattr(model, "upscale")), "cpu_seconds": cpu_seconds(job.folder)}  # noqa: B009


def _asked(job: Job) -> dict[str, Any]:
    return {"format": FORMAT, "images": job.images, "faces": job.scale.faces}
