"""How near a run's restored faces are, and how like faces, on small or wet faces that are the same for all runs."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

import torch
from torch import Tensor

from experiments.kept import kept
from experiments.pan.plan import Job, Scale
from facegan.assemble import open_model
from facegan.data.degradations import enlarged
from facegan.data.twinfaces import TwinFaces
from facegan.evaluation.judges import Judge
from facegan.evaluation.measures.realism import kid
from facegan.evaluation.measures.reconstruction import psnr, ssim
from facegan.evaluation.wear import eight_bits
from facegan.evaluation.witnesses import find_panel
from facegan.models.superresolution.upscaling import Upscaling
from facegan.training.run_folder import read_lines

FORMAT = 1
RAIN_SEED = 2_611  # of the rain that falls on measured faces
CHUNK = 250
NOTHING = "nothing done"
Figures = Mapping[str, float]


class Bench:
    """The true faces and the panel, made when they are needed first."""

    def __init__(self, scale: Scale) -> None:
        self.scale = scale
        self.panel: Callable[[], Judge] = cache(lambda: find_panel(self._split, ()))
        self.faces: Callable[[], Tensor] = cache(self._faces)
        self._features: Callable[[], Tensor] = cache(lambda: self.panel().look(self.faces())[1])

    def _split(self, name: str) -> TwinFaces:
        return TwinFaces(image_size=self.scale.image_size, split=name, size=max(self.scale.faces, 1_000))

    def _faces(self) -> Tensor:
        return self._split("test").images(torch.arange(self.scale.faces)).float() / 127.5 - 1

    def spoilt(self, model: Upscaling) -> Tensor:
        """What the model is given, the same for all models of a task."""
        with torch.random.fork_rng(devices=()):
            torch.manual_seed(RAIN_SEED)
            return model.shrunk(self.faces())

    def figures(self, answer: Tensor) -> Figures:
        """psnr, ssim; kid on the panel's features; answer: N x 3 x S x S in [-1, 1]."""
        truth, seen = self.faces(), self.panel().look(eight_bits(answer))[1]
        return {
            "psnr": psnr(answer, truth).pooled,
            "ssim": ssim(answer, truth).pooled,
            "kid": kid(seen, self._features()),
        }


def measure_all(jobs: Sequence[Job], bench: Bench, tick: Callable[[], None]) -> dict[Job, Figures]:
    """The figures of all runs; what was measured before under the same wish is not measured again."""
    result: dict[Job, Figures] = {}
    for job in jobs:
        result[job] = kept(job.folder.evaluation / "pan.json", _asked(job), lambda job=job: _measured(job, bench))
        tick()
    return result


def nothing(jobs: Sequence[Job], bench: Bench) -> dict[str, Figures]:
    """By task, the figures of faces that are enlarged bicubically, or wet as they are."""
    first = {job.task: job for job in reversed(jobs)}
    return {task: bench.figures(given(opened(job), bench)) for task, job in first.items()}


def given(model: Upscaling, bench: Bench) -> Tensor:
    """What a model is given, as large as its answer."""
    return enlarged(bench.spoilt(model), model.scale).clamp(-1.0, 1.0)


def restored(model: Upscaling, bench: Bench) -> Tensor:
    """The model's answers, N x 3 x S x S in [-1, 1]."""
    return torch.cat([model.upscale(part) for part in bench.spoilt(model).split(CHUNK)])


def opened(job: Job) -> Upscaling:
    """The run's model."""
    model = open_model(job.folder)[0]
    assert isinstance(model, Upscaling)
    return model


def _asked(job: Job) -> dict[str, Any]:
    return {"format": FORMAT, "images": [job.beginning.images, job.images], "faces": job.scale.faces}


def _measured(job: Job, bench: Bench) -> Figures:
    seconds = sum(line.get("cpu_seconds", 0.0) for line in read_lines(job.folder.timing))
    return {**bench.figures(restored(opened(job), bench)), "cpu_seconds": seconds}
