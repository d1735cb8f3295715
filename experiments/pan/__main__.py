"""Trains, measures and reports: `python -m experiments.pan [scale=small] [jobs=2] [runs=runs/pan]`."""

import sys
from functools import partial
from pathlib import Path

from experiments.command import results_folder, run_experiment
from experiments.measuring import measure_all
from experiments.pan.measuring import Bench, measured, nothing
from experiments.pan.picture import pictures
from experiments.pan.plan import SCALES, all_jobs, beginnings
from experiments.pan.report import Results, write_all
from experiments.runs import finished


def main(argv: list[str]) -> int:
    """What is finished is not done again; 0 when all went well."""
    return run_experiment(
        argv,
        name="pan",
        about="Does a perceptual adversarial network help super-resolution? Trains, measures and reports.",
        scales=SCALES,
        run=run,
    )


def run(*, scale: str, jobs: str, runs: str) -> None:
    """The whole experiment at one scale; the committed results are those of scale=small."""
    root, wish = Path(runs) / scale, SCALES[scale]
    begun = finished(beginnings(wish, root), beside=int(jobs), root=root)
    planned = all_jobs(wish, root)
    there = finished([job for job in planned if job.beginning in begun], beside=int(jobs), root=root)
    bench = Bench(wish)
    figures = measure_all(there, partial(measured, bench=bench), threads=int(jobs))
    folder = results_folder(scale, root, __file__)
    write_all(Results(figures, nothing(there, bench), planned), folder)
    for task, picture in pictures(there, bench).items():
        picture.save(folder / f"{task}.jpg", quality=80, optimize=True)
    print(f"tables, numbers, chart and pictures: {folder}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
