"""Trains, measures and reports: `python -m experiments.losses [scale=small] [jobs=2] [runs=runs/losses]`."""

import sys
from functools import partial
from pathlib import Path

from experiments.command import results_folder, run_experiment
from experiments.losses.choosing import Results
from experiments.losses.measuring import Bench, bounds, measured
from experiments.losses.plan import SCALES, all_jobs, exists
from experiments.losses.report import write_all
from experiments.measuring import measure_all
from experiments.runs import finished


def main(argv: list[str]) -> int:
    """What is finished is not done again; 0 when all went well."""
    return run_experiment(
        argv,
        name="losses",
        about="Which loss suits which GAN, and does editing need an image adversary? Trains, measures and reports.",
        scales=SCALES,
        run=run,
    )


def run(*, scale: str, jobs: str, runs: str) -> None:
    """The whole experiment at one scale; the committed results are those of scale=small."""
    root, wish = Path(runs) / scale, SCALES[scale]
    for missing in (kind for kind in wish.reconstructions if not exists(kind)):
        print(f"losses: there is no loss/reconstruction={missing}; its cells are left out.", file=sys.stderr)
    planned = all_jobs(wish, root)
    there = finished(planned, beside=int(jobs), root=root)
    bench = Bench(wish)
    figures = measure_all(there, partial(measured, bench=bench), threads=int(jobs))
    folder = results_folder(scale, root, __file__)
    write_all(Results(planned, figures, wish), bounds(bench), folder)
    print(f"tables, numbers and chart: {folder}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
