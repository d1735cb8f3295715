"""Trains, measures and reports: `python -m experiments.crossfit [scale=small] [jobs=2] [runs=runs/crossfit]`."""

import os
import sys
from functools import partial
from pathlib import Path

from experiments.command import results_folder, run_experiment
from experiments.crossfit.measuring import Bench, measured
from experiments.crossfit.plan import SCALES, all_jobs
from experiments.crossfit.report import Results, write_all
from experiments.measuring import measure_all
from experiments.runs import finished
from facegan.errors import UserError

MISSING = (
    "this needs CelebA's aligned photographs: put img_align_celeba, list_attr_celeba.txt, list_eval_partition.txt and "
    "identity_CelebA.txt into one folder, and set FACEGAN_CELEBA to it. docs/data.md says more."
)


def main(argv: list[str]) -> int:
    """What is finished is not done again; 0 when all went well."""
    return run_experiment(
        argv,
        name="crossfit",
        about="Do photo judges favour models with which they share training faces? Trains, measures and reports.",
        scales=SCALES,
        run=run,
    )


def run(*, scale: str, jobs: str, runs: str) -> None:
    """The whole experiment at one scale; the committed results are those of scale=small."""
    if not Path(os.environ.get("FACEGAN_CELEBA") or "-").expanduser().is_dir():
        raise UserError(MISSING)
    root, wish = Path(runs) / scale, SCALES[scale]
    planned = all_jobs(wish, root)
    there = finished(planned, beside=int(jobs), root=root)
    figures = measure_all(there, partial(measured, bench=Bench(wish)), threads=int(jobs))
    folder = results_folder(scale, root, __file__)
    write_all(Results(planned, figures), folder)
    print(f"table and numbers: {folder}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
