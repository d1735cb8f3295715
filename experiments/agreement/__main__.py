"""Trains on photographs, measures, compares: `python -m experiments.agreement [scale=small] [jobs=2]`."""

import sys
from collections.abc import Sequence
from pathlib import Path

import torch

from experiments.agreement.agreement import agreements
from experiments.agreement.plan import SCALES
from experiments.agreement.report import table, write_all
from experiments.command import run_command
from experiments.leaderboard.plan import Run, Scale, all_runs
from experiments.runs import finished
from facegan.cli.evaluate import evaluate
from facegan.cli.standings import read_standings, results_in
from facegan.errors import UserError
from facegan.evaluation.leaderboard.standing import Standing

DEFAULTS = {"scale": "small", "jobs": "2", "runs": "runs/agreement", "drawn": "runs/leaderboard"}
ON_PHOTOGRAPHS = ("phototwins", "photos")


def main(argv: list[str]) -> int:
    """What is finished is not done again; 0 when all went well."""
    return run_command(
        argv,
        name="agreement",
        about="Does the order of systems on drawn faces say what it is on photographs? After experiments.leaderboard.",
        defaults=DEFAULTS,
        choices={"scale": list(SCALES)},
        run=run,
    )


def run(*, scale: str, jobs: str, runs: str, drawn: str) -> None:
    """The whole experiment at one scale; the committed results are those of scale=small."""
    root, chosen = Path(runs) / scale, SCALES[scale]
    planned = all_runs(chosen, root)
    known = drawn_standings(Path(drawn) / scale, planned)
    there = finished(planned, beside=int(jobs), root=root)
    torch.set_num_threads(int(jobs))
    measure_all(there, chosen)
    folders = [str(job.folder.root) for job in there]
    found = agreements({"twinfaces": known} | {name: read_standings(folders, name) for name in ON_PHOTOGRAPHS})
    folder = Path(__file__).parent if scale == "small" else root
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


def measure_all(jobs: Sequence[Run], scale: Scale) -> None:
    """By both protocols of photographs; a result that stands in a run's folder is not made again."""
    wishes = [f"faces={scale.faces}", f"line_faces={scale.line_faces}", f"quick={str(scale.quick).lower()}"]
    missing = [(job, name) for job in jobs for name in ON_PHOTOGRAPHS if name not in results_in(job.folder.root)]
    for number, (job, protocol) in enumerate(missing, 1):
        print(f"{number} of {len(missing)}")
        evaluate([f"run={job.folder.root}", f"protocol={protocol}", *wishes])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
