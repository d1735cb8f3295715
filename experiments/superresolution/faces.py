"""A strip of faces: the small one, every system's answer, the face itself."""

from collections.abc import Sequence
from pathlib import Path

import torch

from experiments.superresolution.measuring import Bench, upscaling
from experiments.superresolution.plan import SYSTEMS, Run
from facegan.assemble import open_model
from facegan.evaluation.pictures import Column, coarse, grid, stack

SHOWN = (0, 3, 5, 8)  # of the test faces, chosen before any answer was seen


@torch.no_grad()
def strip(runs: Sequence[Run], bench: Bench) -> list[Column]:
    """runs: one of each system, of the bench's task. The first faces of the test split."""
    faces = bench.faces[0]
    faces = faces[[number for number in SHOWN if number < len(faces)]]
    bicubic = bench.bicubic()
    low = bicubic.shrunk(faces)
    small = coarse(low, faces.shape[-1])
    made = [Column(SYSTEMS[r.system].title, upscaling(open_model(r.folder)[0]).upscale(low)) for r in runs]
    return [Column("small", small), Column("bicubic", bicubic.upscale(low)), *made, Column("face", faces)]


def write_strips(runs: Sequence[Run], benches: Sequence[Bench], path: Path) -> None:
    """One strip a task, by the first seed, on one sheet."""
    first = min(run.seed for run in runs)
    sheets = []
    for bench in benches:
        there = [run for run in runs if (run.task, run.seed) == (bench.task, first)]
        sheets.append(grid([strip(there, bench)], title=bench.task.title))
    stack(sheets).save(path, quality=88, optimize=True)
