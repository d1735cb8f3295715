"""How near a run's restored faces are, and how like faces, on small or wet faces that are the same for all runs."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import torch
from torch import Tensor

from experiments.drawn import DrawnFaces
from experiments.kept import kept
from experiments.pan.plan import Job, Scale
from facegan.assemble import open_model
from facegan.data.degradations import enlarged
from facegan.models.superresolution.upscaling import Upscaling
from facegan.training.run_folder import cpu_seconds

FORMAT = 2
RAIN_SEED = 2_611  # of the rain that falls on measured faces
CHUNK = 250
NOTHING = "nothing done"
Figures = Mapping[str, float]


class Bench(DrawnFaces):
    """The true faces, and what models are given of them."""

    def __init__(self, scale: Scale) -> None:
        super().__init__(image_size=scale.image_size, count=scale.faces)

    def spoilt(self, model: Upscaling) -> Tensor:
        """What the model is given, the same for all models of a task."""
        with torch.random.fork_rng(devices=()):
            torch.manual_seed(RAIN_SEED)
            return model.shrunk(self.faces)


def measured(job: Job, bench: Bench) -> Figures:
    """The figures of a run; what was measured before under the same wish is not measured again."""
    found: Figures = kept(job.folder.evaluation / "pan.json", _asked(job), partial(_measured, job, bench))
    return found


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
    return {**bench.figures(restored(opened(job), bench)), "cpu_seconds": cpu_seconds(job.folder)}
