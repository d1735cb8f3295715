"""One folder of a leaderboard, and the folders that are seeds of one system."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from facegan.errors import UserError
from facegan.evaluation.result import Result
from facegan.evaluation.values import Values


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One training run, or one entry from elsewhere.

    folder: as it was named. name: of its system, in tables. system: equal for the seeds of one system. failure: why it
    does not count; empty where it does, and then result and values are there. images: training faces; None where
    nobody knows. picture: its edits of the first faces.
    """

    folder: str
    name: str
    system: str
    seed: int
    failure: str = ""
    result: Result | None = None
    values: Values | None = None
    images: int | None = None
    picture: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class System:
    """Seeds of one system. runs: those that count, failed: those that do not."""

    name: str
    runs: tuple[Standing, ...]
    failed: tuple[Standing, ...]

    @property
    def results(self) -> list[Result]:
        """The results of the runs that count."""
        return [run.result for run in self.runs if run.result is not None]

    def trained(self) -> str:
        """The number of training faces, as it is printed: of all its runs alike, or from the least to the most."""
        known = sorted({run.images for run in self.runs if run.images is not None})
        return f"{known[0]:,}" + (f" to {known[-1]:,}" if len(known) > 1 else "") if known else "as stated"


def systems_of(standings: Sequence[Standing]) -> tuple[System, ...]:
    """The systems in the order of their names. Raises UserError where a system has the same seed twice."""
    groups: dict[str, list[Standing]] = {}
    for standing in standings:
        groups.setdefault(standing.system, []).append(standing)
    names = [group[0].name for group in groups.values()]
    found = []
    for key, group in groups.items():
        _check_seeds(group)
        name = group[0].name if names.count(group[0].name) == 1 else f"{group[0].name} ({key[-6:]})"
        found.append(
            System(
                name=name,
                runs=tuple(run for run in group if not run.failure),
                failed=tuple(run for run in group if run.failure),
            )
        )
    return tuple(sorted(found, key=lambda system: system.name))


def _check_seeds(group: Sequence[Standing]) -> None:
    seen: dict[int, str] = {}
    for run in group:
        if run.seed in seen:
            both = f"{seen[run.seed]} and {run.folder}"
            raise UserError(f"{both} are the same system with the same seed {run.seed}; name one of them.")
        seen[run.seed] = run.folder
