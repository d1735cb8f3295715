"""How well the runs enlarge small faces of one camera, and of bicubic shrinking: the same faces for all of them."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from typing import Any

import torch
from torch import Tensor

from experiments.kept import kept
from experiments.pairs.plan import TESTS, Job, Scale
from facegan.assemble import open_model
from facegan.data.degradations import Bicubic, Camera, Degradation, enlarged
from facegan.data.twinfaces import TwinFaces
from facegan.evaluation.cases import any_faces
from facegan.evaluation.judges import Judge
from facegan.evaluation.measures.realism import kid
from facegan.evaluation.measures.reconstruction import psnr, ssim
from facegan.evaluation.witnesses import find_panel
from facegan.training.run_folder import read_lines

FORMAT, SEED, TIMES, CHUNK = 1, 20_170_531, 4, 16
MADE: Mapping[str, Callable[..., Degradation]] = {"camera": Camera, "bicubic": Bicubic}
Figures = Mapping[str, float]


class Bench:
    """The faces, small and large, and those who look at them; each made when it is first asked for."""

    def __init__(self, scale: Scale) -> None:
        self.scale = scale
        self.panel: Callable[[], Judge] = cache(lambda: find_panel(self._split, ()))
        self.faces: Callable[[], Tensor] = cache(self._faces)
        self.small: Callable[[str], Tensor] = cache(self._small)
        self.real: Callable[[], Tensor] = cache(lambda: self.panel().look(self.faces())[1])

    def figures(self, upscale: Callable[[Tensor], Tensor]) -> dict[str, float]:
        """psnr, ssim and kid of large faces made from small ones, a figure for each test: camera/psnr."""
        found = {}
        for test in TESTS:
            made = upscale(self.small(test)).clamp(-1.0, 1.0)
            found[f"{test}/psnr"] = psnr(made, self.faces()).pooled
            found[f"{test}/ssim"] = ssim(made, self.faces()).pooled
            found[f"{test}/kid"] = kid(self.panel().look(made)[1], self.real())
        return found

    def _split(self, name: str) -> TwinFaces:
        return TwinFaces(image_size=self.scale.image_size, split=name, size=1)

    def _faces(self) -> Tensor:
        source = TwinFaces(image_size=self.scale.image_size, split="test", size=self.scale.faces)
        return any_faces(source, (), self.scale.faces)[0]

    def _small(self, test: str) -> Tensor:
        """Some faces at a time: the camera has another setting for each such batch, as in training."""
        with torch.random.fork_rng():
            torch.manual_seed(SEED)
            return torch.cat([MADE[test](scale=TIMES)(part) for part in self.faces().split(CHUNK)])


def measure_all(jobs: Sequence[Job], bench: Bench, tick: Callable[[], None]) -> dict[Job, Figures]:
    """The figures of all runs; what was measured before under the same wish is not measured again."""
    result: dict[Job, Figures] = {}
    for job in jobs:
        result[job] = kept(job.folder.evaluation / "pairs.json", _asked(job), partial(_measured, job, bench))
        tick()
    return result


def interpolated(bench: Bench) -> Figures:
    """The line to read them against: bicubic interpolation."""
    return bench.figures(lambda low: enlarged(low, TIMES))


def _measured(job: Job, bench: Bench) -> Figures:
    model = open_model(job.folder)[0]
    spent = [line["cpu_seconds"] for line in read_lines(job.folder.timing) if "cpu_seconds" in line]
    return {**bench.figures(getattr(model, "upscale")), "cpu_seconds": sum(spent)}  # noqa: B009


def _asked(job: Job) -> dict[str, Any]:
    return {"format": FORMAT, "images": job.images, "faces": job.scale.faces}
