"""A few faces of the first seed as every choice of terms restores them."""

from collections.abc import Sequence

from PIL import Image

from experiments.pan.measuring import Bench, given, opened, restored
from experiments.pan.plan import Job
from experiments.pan.report import worded
from facegan.evaluation.pictures import Column, grid

SHOWN = 5


def pictures(jobs: Sequence[Job], bench: Bench) -> dict[str, Image.Image]:
    """By task."""
    return {task: _picture([job for job in jobs if job.task == task], bench) for task in {job.task for job in jobs}}


def _picture(jobs: Sequence[Job], bench: Bench) -> Image.Image:
    seed = min(job.seed for job in jobs)
    models = {job.cell: opened(job) for job in jobs if job.seed == seed}
    first = next(iter(models.values()))
    shown = [Column("GIVEN", given(first, bench)[:SHOWN]), Column("truth", bench.faces[:SHOWN])]
    answers = [
        Column(worded(cell).replace(" + ", "\n+ "), restored(model, bench)[:SHOWN]) for cell, model in models.items()
    ]
    return grid([shown, answers])
