"""Trains, measures and reports: `python -m experiments.pairs [scale=small] [jobs=2] [runs=runs/pairs]`."""

import os
import sys
from pathlib import Path

import torch

from experiments.command import run_command
from experiments.pairs.measuring import Bench, interpolated, measure_all
from experiments.pairs.plan import SCALES, all_jobs
from experiments.pairs.report import Results, write_all
from experiments.runs import finished
from facegan.evaluation.progress import Steps

DEFAULTS = {"scale": "small", "jobs": "2", "runs": "runs/pairs"}


def main(argv: list[str]) -> int:
    """What is finished is not done again; 0 when all went well."""
    return run_command(
        argv,
        name="pairs",
        about="Do hand-made pairs teach super-resolution for a camera? Trains, measures and reports.",
        defaults=DEFAULTS,
        choices={"scale": list(SCALES)},
        run=run,
    )


def run(*, scale: str, jobs: str, runs: str) -> None:
    """The whole experiment at one scale; the committed results are those of scale=small."""
    root, wish = Path(runs) / scale, SCALES[scale]
    planned = all_jobs(wish, root)
    there = finished(planned, beside=int(jobs), root=root)
    torch.set_num_threads(min(int(jobs), os.cpu_count() or 1))
    bench, done = Bench(wish), iter(range(1, len(there) + 1))
    with Steps("measuring") as steps:
        figures = measure_all(there, bench, lambda: steps(next(done), len(there)))
    folder = Path(__file__).parent if scale == "small" else root
    write_all(Results(planned, figures, interpolated(bench)), there, bench, folder)
    print(f"tables, numbers, chart and faces: {folder}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
