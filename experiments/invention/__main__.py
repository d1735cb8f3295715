"""Trains, measures and reports: `python -m experiments.invention [scale=small] [jobs=2] [runs=runs/invention]`."""

import sys
from functools import partial
from pathlib import Path

from experiments.command import results_folder, run_experiment
from experiments.invention.measuring import Bench, measured
from experiments.invention.picture import pictures
from experiments.invention.plan import SCALES, games, means
from experiments.invention.report import write_all
from experiments.measuring import measure_all
from experiments.runs import finished


def main(argv: list[str]) -> int:
    """What is finished is not done again; 0 when all went well."""
    return run_experiment(
        argv,
        name="invention",
        about="How much may a GAN invent, and is it true? Trains, measures and reports.",
        scales=SCALES,
        run=run,
    )


def run(*, scale: str, jobs: str, runs: str) -> None:
    """The whole experiment at one scale; the committed results are those of scale=small."""
    root, wish = Path(runs) / scale, SCALES[scale]
    first = finished(means(wish, root), beside=int(jobs), root=root)
    planned = games(wish, root)
    there = finished([job for job in planned if job.mean in first], beside=int(jobs), root=root)
    bench = Bench(wish)
    figures = measure_all(there, partial(measured, bench=bench), threads=int(jobs))
    folder = results_folder(scale, root, __file__)
    write_all(figures, planned, folder)
    for task, picture in pictures(there, bench).items():
        picture.save(folder / f"{task}.jpg", quality=80, optimize=True)
    print(f"table, numbers, chart and pictures: {folder}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
