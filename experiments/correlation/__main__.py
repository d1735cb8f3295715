"""Trains, measures and reports: `python -m experiments.correlation [scale=small] [jobs=2] [runs=runs/correlation]`."""

import sys
from pathlib import Path

import torch

from experiments.command import run_command
from experiments.correlation.measuring import measure_all
from experiments.correlation.plan import SCALES, all_runs
from experiments.correlation.report import Table, write_all
from experiments.runs import finished
from facegan.evaluation.progress import Steps

DEFAULTS = {"scale": "small", "jobs": "2", "runs": "runs/correlation"}


def main(argv: list[str]) -> int:
    """What is finished is not done again; 0 when all went well."""
    return run_command(
        argv,
        name="correlation",
        about="Does an edit drag its neighbours along? Trains, measures and reports.",
        defaults=DEFAULTS,
        choices={"scale": list(SCALES)},
        run=run,
    )


def run(*, scale: str, jobs: str, runs: str) -> None:
    """The whole experiment at one scale; the committed results are those of scale=small."""
    root = Path(runs) / scale
    planned = all_runs(SCALES[scale], root)
    there = finished(planned, beside=int(jobs), root=root)
    torch.set_num_threads(int(jobs))
    with Steps("measuring") as steps:
        figures = measure_all(there, lambda done: steps(done, len(there)))
    folder = Path(__file__).parent if scale == "small" else root
    write_all(Table(figures, [job for job in planned if job not in there]), folder)
    print(f"table, numbers and chart: {folder}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
