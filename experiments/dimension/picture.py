"""A few faces on their way: glasses taken off and put on again, by every model and route."""

from collections.abc import Sequence
from dataclasses import replace

from PIL import Image
from torch import Tensor

from experiments.dimension.cases import Cases, make_cases
from experiments.dimension.measuring import added, disturbed, removed, routes
from experiments.dimension.plan import ATTRIBUTE, NAMES, Job
from facegan.assemble import open_model
from facegan.evaluation.asking import Asked
from facegan.evaluation.pictures import Column, grid

FACES = 5
# (route, noise, caption)
STEPS = (
    ("own", "0", "on again"),
    ("own", "8", "noise 8,\non again"),
    ("same", "0", "as another\nwears it"),
    ("other", "0", "in another\nstyle"),
    ("true", "0", "on the true\nbare face"),
)


def picture(jobs: Sequence[Job]) -> Image.Image:
    """The first seed's models, where most factors are free."""
    most = max(job.free for job in jobs)
    shown = [job for job in jobs if job.free == most and job.seed == jobs[0].seed]
    cases = make_cases(replace(jobs[0].scale, faces=FACES), most)
    given = [Column("the face", cases.wearing), Column("bare twin", cases.bare)]
    return grid([given, *([*_columns(job, cases)] for job in shown)])


def _columns(job: Job, cases: Cases) -> list[Column]:
    asked = Asked(open_model(job.folder)[0], ATTRIBUTE)
    bare = removed(asked, cases.wearing)
    there = routes(asked, cases, bare)
    steps: list[tuple[str, Tensor]] = [
        (caption, added(asked, disturbed(there[route][0], noise), there[route][1]))
        for route, noise, caption in STEPS
        if route in there
    ]
    name = NAMES[job.model].upper()
    return [Column(f"{name}\noff", bare), *(Column(caption, faces) for caption, faces in steps)]
