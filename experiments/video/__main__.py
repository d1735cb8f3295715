"""Trains, measures and reports: `python -m experiments.video [scale=small] [jobs=2] [runs=runs/video]`."""

import sys
from functools import partial
from pathlib import Path

from experiments.by_seed import BySeed
from experiments.command import results_folder, run_experiment
from experiments.measuring import measure_all
from experiments.runs import finished
from experiments.video.measuring import Bench, measured, nothing
from experiments.video.plan import SCALES, all_jobs
from experiments.video.report import write_all


def main(argv: list[str]) -> int:
    """What is finished is not done again; 0 when all went well."""
    return run_experiment(
        argv,
        name="video",
        about="Do a video's neighbouring frames help super-resolution? Trains, measures and reports.",
        scales=SCALES,
        run=run,
    )


def run(*, scale: str, jobs: str, runs: str) -> None:
    """The whole experiment at one scale; the committed results are those of scale=small."""
    root, wish = Path(runs) / scale, SCALES[scale]
    planned = all_jobs(wish, root)
    there = finished(planned, beside=int(jobs), root=root)
    bench = Bench(wish)
    figures = measure_all(there, partial(measured, bench=bench), threads=int(jobs))
    folder = results_folder(scale, root, __file__)
    write_all(BySeed(planned, figures, nothing(bench)), folder)
    print(f"table, numbers and chart: {folder}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
