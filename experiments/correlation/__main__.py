"""Trains, measures and reports: `python -m experiments.correlation [scale=small] [jobs=2] [runs=runs/correlation]`."""

import sys
from functools import partial
from pathlib import Path

from experiments.command import results_folder, run_experiment
from experiments.correlation.measuring import exams, measured
from experiments.correlation.plan import SCALES, all_runs
from experiments.correlation.report import Table, write_all
from experiments.measuring import measure_all
from experiments.runs import finished


def main(argv: list[str]) -> int:
    """What is finished is not done again; 0 when all went well."""
    return run_experiment(
        argv,
        name="correlation",
        about="Does an edit drag its neighbours along? Trains, measures and reports.",
        scales=SCALES,
        run=run,
    )


def run(*, scale: str, jobs: str, runs: str) -> None:
    """The whole experiment at one scale; the committed results are those of scale=small."""
    root = Path(runs) / scale
    planned = all_runs(SCALES[scale], root)
    there = finished(planned, beside=int(jobs), root=root)
    figures = measure_all(there, partial(measured, exam=exams(SCALES[scale])), threads=int(jobs))
    folder = results_folder(scale, root, __file__)
    write_all(Table(figures, [job for job in planned if job not in there]), folder)
    print(f"table, numbers and chart: {folder}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
