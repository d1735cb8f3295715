"""Trains, measures, reports: `python -m experiments.superresolution [scale=small] [jobs=2] [runs=FOLDER]`."""

import sys
from collections.abc import Sequence
from pathlib import Path

from experiments.command import results_folder, run_experiment
from experiments.measuring import measure_all
from experiments.runs import finished
from experiments.superresolution.faces import write_strips
from experiments.superresolution.measuring import benches, figures_of, measured
from experiments.superresolution.plan import SCALES, SYSTEMS, Run, all_runs
from experiments.superresolution.report import write_all
from experiments.superresolution.results import Results


def main(argv: list[str]) -> int:
    """What is finished is not done again; 0 when all went well."""
    return run_experiment(
        argv,
        name="superresolution",
        about="All systems of super-resolution on photographs. Trains, measures and reports.",
        scales=SCALES,
        run=run,
    )


def run(*, scale: str, jobs: str, runs: str) -> None:
    """The whole experiment at one scale; the committed results are those of scale=small."""
    root = Path(runs) / scale
    planned = all_runs(SCALES[scale], root)
    there = trained_in_turn(planned, beside=int(jobs), root=root)
    folder = results_folder(scale, root, __file__)
    asked = benches(planned)
    figures = measure_all(there, lambda run: measured(run, asked[run.task]), threads=int(jobs))
    bicubic = {task: figures_of(bench.bicubic(), bench) for task, bench in asked.items()}
    write_all(Results(planned=planned, figures=figures, bicubic=bicubic), folder)
    write_strips(there, list(asked.values()), root / "faces.jpg")
    print(f"tables, numbers and chart: {folder}\nfaces: {root / 'faces.jpg'}")


def trained_in_turn(planned: Sequence[Run], *, beside: int, root: Path) -> list[Run]:
    """Those that came to their end: first the regressions, with which the others go on."""
    first = [run for run in planned if SYSTEMS[run.system].aim == "pixels"]
    rest = [run for run in planned if run not in first]
    return [run for part in (first, rest) if part for run in finished(part, beside=beside, root=root)]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
