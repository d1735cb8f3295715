"""Trains, measures and reports: `python -m experiments.invention [scale=small] [jobs=2] [runs=runs/invention]`."""

import os
import sys
from pathlib import Path

import torch

from experiments.command import run_command
from experiments.invention.measuring import Bench, measure_all
from experiments.invention.picture import pictures
from experiments.invention.plan import SCALES, games, means
from experiments.invention.report import write_all
from experiments.runs import finished
from facegan.evaluation.progress import Steps

DEFAULTS = {"scale": "small", "jobs": "2", "runs": "runs/invention"}


def main(argv: list[str]) -> int:
    """What is finished is not done again; 0 when all went well."""
    return run_command(
        argv,
        name="invention",
        about="How much may a GAN invent, and is it true? Trains, measures and reports.",
        defaults=DEFAULTS,
        choices={"scale": list(SCALES)},
        run=run,
    )


def run(*, scale: str, jobs: str, runs: str) -> None:
    """The whole experiment at one scale; the committed results are those of scale=small."""
    root, wish = Path(runs) / scale, SCALES[scale]
    first = finished(means(wish, root), beside=int(jobs), root=root)
    planned = games(wish, root)
    there = finished([job for job in planned if job.mean in first], beside=int(jobs), root=root)
    torch.set_num_threads(min(int(jobs), os.cpu_count() or 1))
    bench, done = Bench(wish), iter(range(1, len(there) + 1))
    with Steps("measuring") as steps:
        figures = measure_all(there, bench, lambda: steps(next(done), len(there)))
    folder = Path(__file__).parent if scale == "small" else root
    write_all(figures, planned, folder)
    for task, picture in pictures(there, bench).items():
        picture.save(folder / f"{task}.jpg", quality=80, optimize=True)
    print(f"table, numbers, chart and pictures: {folder}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
