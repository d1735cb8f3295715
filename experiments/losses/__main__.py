"""Trains, measures and reports: `python -m experiments.losses [scale=small] [jobs=2] [runs=runs/losses]`."""

import os
import sys
from pathlib import Path

import torch

from experiments.command import run_command
from experiments.losses.choosing import Results
from experiments.losses.measuring import Bench, bounds, measure_all
from experiments.losses.plan import SCALES, all_jobs, exists
from experiments.losses.report import write_all
from experiments.runs import finished
from facegan.evaluation.progress import Steps

DEFAULTS = {"scale": "small", "jobs": "2", "runs": "runs/losses"}


def main(argv: list[str]) -> int:
    """What is finished is not done again; 0 when all went well."""
    return run_command(
        argv,
        name="losses",
        about="Which loss suits which GAN, and does editing need an image adversary? Trains, measures and reports.",
        defaults=DEFAULTS,
        choices={"scale": list(SCALES)},
        run=run,
    )


def run(*, scale: str, jobs: str, runs: str) -> None:
    """The whole experiment at one scale; the committed results are those of scale=small."""
    root, wish = Path(runs) / scale, SCALES[scale]
    for missing in (kind for kind in wish.reconstructions if not exists(kind)):
        print(f"losses: there is no loss/reconstruction={missing}; its cells are left out.", file=sys.stderr)
    planned = all_jobs(wish, root)
    there = finished(planned, beside=int(jobs), root=root)
    torch.set_num_threads(min(int(jobs), os.cpu_count() or 1))
    bench, done = Bench(wish), iter(range(1, len(there) + 1))
    with Steps("measuring") as steps:
        figures = measure_all(there, bench, lambda: steps(next(done), len(there)))
    folder = Path(__file__).parent if scale == "small" else root
    write_all(Results(planned, figures, wish), bounds(bench), folder)
    print(f"tables, numbers and chart: {folder}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
