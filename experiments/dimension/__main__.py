"""Trains, measures and reports: `python -m experiments.dimension [scale=small] [jobs=2] [runs=runs/dimension]`."""

import sys
from pathlib import Path

from experiments.command import results_folder, run_experiment
from experiments.dimension.measuring import measure_all
from experiments.dimension.picture import picture
from experiments.dimension.plan import SCALES, all_jobs
from experiments.dimension.report import write_all
from experiments.runs import log_of, train_all
from facegan.errors import UserError
from facegan.evaluation.progress import Steps


def main(argv: list[str]) -> int:
    """What is finished is not done again; 0 when all went well."""
    return run_experiment(
        argv,
        name="dimension",
        about="Can a cycle carry glasses? Trains, measures and reports.",
        scales=SCALES,
        run=run,
    )


def run(*, scale: str, jobs: str, runs: str) -> None:
    """The whole experiment at one scale; the committed results are those of scale=small."""
    root = Path(runs) / scale
    planned = all_jobs(SCALES[scale], root)
    if failed := train_all(planned, beside=int(jobs), root=root):
        raise UserError(f"run {failed[0].name} failed; its log: {log_of(failed[0], root)}")
    with Steps("measuring") as steps:
        figures = measure_all(planned, lambda job: steps(planned.index(job) + 1, len(planned)))
    folder = results_folder(scale, root, __file__)
    write_all(figures, folder)
    picture(planned).save(folder / "faces.jpg", quality=80, optimize=True)
    print(f"table, numbers, chart and faces: {folder}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
