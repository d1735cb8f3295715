"""Trains on photographs, measures, compares: `python -m experiments.agreement [scale=small] [jobs=2]`."""

import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import torch

from experiments.agreement.agreement import agreements
from experiments.agreement.plan import SCALES
from experiments.agreement.report import table, write_all
from experiments.command import results_folder, run_experiment
from experiments.examiner import Examiner
from experiments.leaderboard.plan import Run, Scale, all_runs
from experiments.runs import finished
from facegan.assemble import make_source
from facegan.cli.standings import read_standings, results_in
from facegan.config import read_yaml
from facegan.errors import UserError
from facegan.evaluation.leaderboard.standing import Standing
from facegan.evaluation.progress import Steps
from facegan.evaluation.protocols import PROTOCOLS

ON_PHOTOGRAPHS = ("phototwins", "photos")


def main(argv: list[str]) -> int:
    """What is finished is not done again; 0 when all went well."""
    return run_experiment(
        argv,
        name="agreement",
        about="Does the order of systems on drawn faces say what it is on photographs? After experiments.leaderboard.",
        scales=SCALES,
        run=run,
        more={"drawn": "runs/leaderboard"},
    )


def run(*, scale: str, jobs: str, runs: str, drawn: str) -> None:
    """The whole experiment at one scale; the committed results are those of scale=small."""
    root, chosen = Path(runs) / scale, SCALES[scale]
    planned = all_runs(chosen, root)
    known = drawn_standings(Path(drawn) / scale, planned)
    there = finished(planned, beside=int(jobs), root=root)
    measure(there, chosen, threads=int(jobs))
    folders = [str(job.folder.root) for job in there]
    found = agreements({"twinfaces": known} | {name: read_standings(folders, name) for name in ON_PHOTOGRAPHS})
    folder = results_folder(scale, root, __file__)
    about = f"{len(known)} runs on drawn faces, {len(there)} on photographs, {chosen.images:,} images each."
    write_all(found, folder, about)
    print(table(found))


def drawn_standings(root: Path, planned: Sequence[Run]) -> list[Standing]:
    """The leaderboard's runs of these names. Raises UserError where one has not been measured."""
    folders = [root / job.name for job in planned]
    missing = [folder for folder in folders if not folder.is_dir() or "twinfaces" not in results_in(folder)]
    if missing:
        raise UserError(f"{missing[0]} was not measured by twinfaces yet: python -m experiments.leaderboard does it.")
    return read_standings([str(folder) for folder in folders], "twinfaces")


def measure(jobs: Sequence[Run], scale: Scale, *, threads: int) -> None:
    """By both protocols of photographs, on the test split of the runs' own."""
    torch.set_num_threads(threads)
    data = read_yaml(jobs[0].folder.config)["data"]
    splits = cache(lambda name: make_source({"data": data, "plugins": ()}, name))
    for name in ON_PHOTOGRAPHS:
        examiner = Examiner.of(
            image_size=scale.image_size,
            faces=scale.faces,
            line_faces=scale.line_faces,
            quick=scale.quick,
            protocol=PROTOCOLS[name],
            splits=splits,
        )
        with Steps(f"measuring by {name}") as steps:
            examiner.all(jobs, lambda done, steps=steps: steps(done, len(jobs)))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
