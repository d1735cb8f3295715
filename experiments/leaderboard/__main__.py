"""Trains, measures, tabulates: `python -m experiments.leaderboard [scale=small] [jobs=2] [runs=runs/leaderboard]`."""

import sys
from collections.abc import Sequence
from pathlib import Path

import torch

from experiments.command import results_folder, run_experiment
from experiments.examiner import Examiner
from experiments.leaderboard.plan import SCALES, Run, Scale, all_runs
from experiments.leaderboard.tables import write_tables
from experiments.runs import finished
from facegan.evaluation.progress import Steps


def main(argv: list[str]) -> int:
    """What is finished is not done again; 0 when all went well."""
    return run_experiment(
        argv,
        name="leaderboard",
        about="All editing systems under one protocol. Trains, measures and tabulates.",
        scales=SCALES,
        run=run,
    )


def run(*, scale: str, jobs: str, runs: str) -> None:
    """The whole experiment at one scale; the committed results are those of scale=small."""
    root, chosen = Path(runs) / scale, SCALES[scale]
    planned = all_runs(chosen, root)
    examine(finished(planned, beside=int(jobs), root=root), chosen, threads=int(jobs))
    folder = results_folder(scale, root, __file__)
    write_tables(planned, folder)
    print(f"table.md, table.csv and table.html: {folder}")


def examine(there: Sequence[Run], scale: Scale, *, threads: int) -> None:
    """Measures the runs that were trained to their end."""
    torch.set_num_threads(threads)
    examiner = Examiner.of(
        image_size=scale.image_size, faces=scale.faces, line_faces=scale.line_faces, quick=scale.quick
    )
    with Steps("measuring") as steps:
        examiner.all(there, lambda done: steps(done, len(there)))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
