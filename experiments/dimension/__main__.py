"""Trains, measures and reports: `python -m experiments.dimension [scale=small] [jobs=2] [runs=runs/dimension]`."""

import signal
import sys
from pathlib import Path

from experiments.dimension.measuring import measure_all
from experiments.dimension.picture import picture
from experiments.dimension.plan import SCALES, all_jobs
from experiments.dimension.report import write_all
from experiments.dimension.training import train_all
from facegan.errors import UserError
from facegan.evaluation.progress import Steps

DEFAULTS = {"scale": "small", "jobs": "2", "runs": "runs/dimension"}


def main(argv: list[str]) -> int:
    """What is finished is not done again; 0 when all went well."""
    before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the runs are ended, too
    try:
        run(**wishes(argv))
    except KeyboardInterrupt:
        print("dimension: stopped; the same command goes on from here.", file=sys.stderr)
        return 130
    except UserError as error:
        print(f"dimension: {error}", file=sys.stderr)
        return 1
    finally:
        signal.signal(signal.SIGTERM, before)
    return 0


def wishes(argv: list[str]) -> dict[str, str]:
    """KEY=VALUE over the defaults. Raises UserError for what there is not."""
    given = dict(argument.partition("=")[::2] for argument in argv)
    if unknown := set(given) - set(DEFAULTS):
        raise UserError(f"{sorted(unknown)[0]}: there are {', '.join(f'{k}={v}' for k, v in DEFAULTS.items())}.")
    chosen = {**DEFAULTS, **given}
    if chosen["scale"] not in SCALES:
        raise UserError(f"scale={chosen['scale']}: there are {', '.join(SCALES)}.")
    if not chosen["jobs"].isdigit() or int(chosen["jobs"]) < 1:
        raise UserError(f"jobs={chosen['jobs']}: how many runs are trained side by side, at least 1.")
    return chosen


def run(*, scale: str, jobs: str, runs: str) -> None:
    """The whole experiment at one scale; the committed results are those of scale=small."""
    root = Path(runs) / scale
    planned = all_jobs(SCALES[scale], root)
    train_all(planned, beside=int(jobs), root=root)
    with Steps("measuring") as steps:
        figures = measure_all(planned, lambda job: steps(planned.index(job) + 1, len(planned)))
    folder = Path(__file__).parent if scale == "small" else root
    write_all(figures, folder)
    picture(planned).save(folder / "faces.jpg", quality=80, optimize=True)
    print(f"table, numbers, chart and faces: {folder}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
