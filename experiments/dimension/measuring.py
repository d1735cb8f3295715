"""Remove, disturb, add again: how near the face comes to itself, and whether it gets its own glasses."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from experiments.dimension.cases import Cases, make_cases
from experiments.dimension.plan import ATTRIBUTE, Job
from experiments.kept import kept, read_kept
from facegan.assemble import open_model
from facegan.evaluation.asking import Asked
from facegan.evaluation.measures.retrieval import retrieval
from facegan.evaluation.measures.twin import twin_error
from facegan.models.base import Model

FORMAT = 1
LEVEL = 2 / 255  # one grey level of images in [-1, 1]
ROUNDED = "8 bits"
NOISES = ("0", ROUNDED, "1", "2", "4", "8", "16", "32")
NOISE_SEED = 91


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of one run: `route` and `noise` are empty where they do not apply."""

    measure: str
    route: str
    noise: str
    value: float


def measured(job: Job) -> list[Figure] | None:
    """What was measured before of this run at this scale, None where nothing was."""
    found = read_kept(_path(job), _asked(job))
    return None if found is None else [Figure(**row) for row in found]


def measure(job: Job, cases: Cases) -> list[Figure]:
    """Measures a trained run and keeps the figures in its folder."""
    rows = kept(
        _path(job), _asked(job), lambda: [asdict(each) for each in figures_of(open_model(job.folder)[0], cases)]
    )
    return [Figure(**row) for row in rows]


def _path(job: Job) -> Path:
    return job.folder.evaluation / "dimension.json"


def measure_all(jobs: list[Job], tick: Callable[[Job], None]) -> dict[Job, list[Figure]]:
    """The figures of all runs; the faces of a number of free factors are drawn once, and only where they are needed."""
    result: dict[Job, list[Figure]] = {}
    for free in sorted({job.free for job in jobs}):
        cases: Cases | None = None
        for job in (job for job in jobs if job.free == free):
            found = measured(job)
            if found is None:
                cases = cases or make_cases(job.scale, free)
                found = measure(job, cases)
            result[job] = found
            tick(job)
    return result


def figures_of(model: Model, cases: Cases) -> list[Figure]:
    """All figures of one model."""
    asked = Asked(model, ATTRIBUTE)
    bare, other = removed(asked, cases.wearing), removed(asked, cases.twins[:, 1])
    result = [
        Figure("removal error", "", "", twin_error(bare, cases.bare, cases.wearing, cases.changed).pooled),
        Figure("trace", "", "", _levels(bare - other, cases.may)),
        *_scores(cases, _median(cases), "median", ""),
        *_scores(cases, cases.twins[:, 1], "random", ""),
    ]
    for route, (start, exemplars) in routes(asked, cases, bare).items():
        for noise in NOISES:
            result += _scores(cases, added(asked, disturbed(start, noise), exemplars), route, noise)
    return result


def disturbed(images: Tensor, noise: str) -> Tensor:
    """Images N x 3 x S x S in [-1, 1] with noise of so many grey levels (one of NOISES), the same at every call."""
    if noise == ROUNDED:
        return ((images + 1) / LEVEL).round() * LEVEL - 1
    generator = torch.Generator().manual_seed(NOISE_SEED)
    return (images + float(noise) * LEVEL * torch.randn(images.shape, generator=generator)).clamp(-1, 1)


def routes(asked: Asked, cases: Cases, bare: Tensor) -> Mapping[str, tuple[Tensor, Tensor]]:
    """By route: the face to which glasses are added, and the exemplars, at which some models do not look."""
    found = {"own": (bare, cases.wearing), "true": (cases.bare, cases.wearing)}
    if asked.uses_exemplars("adding"):
        found |= {"same": (bare, cases.same), "other": (bare, cases.other)}
    return found


def _scores(cases: Cases, restored: Tensor, route: str, noise: str) -> list[Figure]:
    error = twin_error(restored, cases.wearing, cases.bare, cases.changed).pooled
    found = retrieval(restored, cases.twins.unbind(1), cases.may).pooled
    return [Figure("error", route, noise, error), Figure("own style found", route, noise, found)]


def removed(asked: Asked, images: Tensor) -> Tensor:
    """The faces without their glasses, N x 3 x S x S."""
    return asked.change("removing", images, torch.ones(len(images), 1), images)


def added(asked: Asked, images: Tensor, exemplars: Tensor) -> Tensor:
    """The faces with glasses, the exemplars' where the model looks at them, N x 3 x S x S."""
    return asked.change("adding", images, torch.zeros(len(images), 1), exemplars)


def _median(cases: Cases) -> Tensor:
    return cases.twins[:, 1:].median(dim=1).values


def _levels(difference: Tensor, where: Tensor) -> float:
    """Root mean square in grey levels inside a region, N x S x S."""
    inside = where[:, None].expand_as(difference)
    return float(difference[inside].square().mean().sqrt() / LEVEL)


def _asked(job: Job) -> dict[str, Any]:
    return {"format": FORMAT, "images": job.scale.images, "faces": job.scale.faces}
