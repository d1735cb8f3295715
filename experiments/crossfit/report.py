"""What sharing training faces adds to judged success: table and numbers.

Of one run, the difference between two judges is also what makes one of them milder. Over both halves of a seed that
cancels out: each judge is once the run's own and once the other's.
"""

import csv
import io
import statistics
from collections.abc import Mapping, Sequence
from pathlib import Path

from experiments.crossfit.measuring import Figures
from experiments.crossfit.plan import HALVES, Job
from experiments.intervals import Interval, interval
from facegan.evaluation.asking import DIRECTIONS
from facegan.files import write_whole

KINDS = {"": "as judged", "_corrected": "corrected for the judges' errors"}
ALL = "all"


class Results:
    """Figures by half and seed. jobs: all that were planned, failed ones too."""

    def __init__(self, jobs: Sequence[Job], figures: Mapping[Job, Figures]) -> None:
        found = {(job.half, job.seed): values for job, values in figures.items()}
        self.planned, self.failed = len(jobs), len(jobs) - len(figures)
        self.seeds = [s for s in dict.fromkeys(job.seed for job in jobs) if all((h, s) in found for h in HALVES)]
        self.attributes = jobs[0].scale.attributes
        self._found = found

    @property
    def rows(self) -> list[str]:
        """Attribute and direction, as keys of figures."""
        return [f"{name}/{direction}" for name in self.attributes for direction in DIRECTIONS]

    def values(self, row: str, who: str) -> list[float]:
        """A figure for each seed: the mean over both halves. Seeds of which a run failed have none."""
        return [statistics.fmean(self._found[half, seed][f"{row}/{who}"] for half in HALVES) for seed in self.seeds]

    def sharing(self, row: str, kind: str = "") -> list[float]:
        """What the judge that shares training faces adds, a figure for each seed; ALL: the mean over all rows."""
        if row == ALL:
            each = [self.sharing(one, kind) for one in self.rows]
            return [statistics.fmean(values) for values in zip(*each, strict=True)]
        pairs = zip(self.values(row, f"own{kind}"), self.values(row, f"other{kind}"), strict=True)
        return [own - other for own, other in pairs]


def write_all(results: Results, folder: Path) -> None:
    """table.md and results.csv."""
    write_whole(folder / "results.csv", as_csv(results).encode())
    write_whole(folder / "table.md", as_markdown(results).encode())


def as_csv(results: Results) -> str:
    """Every figure with its interval and the value of each seed."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["row", "figure", "mean", "half_width", "values"])
    for row in results.rows:
        found = {who + kind: results.values(row, who + kind) for who in ("own", "other") for kind in KINDS}
        found |= {"sharing" + kind: results.sharing(row, kind) for kind in KINDS}
        for name, values in found.items():
            _write(writer, row, name, values)
    for kind in KINDS:
        _write(writer, ALL, "sharing" + kind, results.sharing(ALL, kind))
    return out.getvalue()


def as_markdown(results: Results) -> str:
    """An attribute and direction a row; a difference stands in bold where it is told from 0."""
    heads = ["judge shares the run's training faces", "judge does not", "difference", "difference, corrected"]
    lines = [f"| judged success, % | {' | '.join(heads)} |", f"|---|{'---|' * len(heads)}"]
    for row in results.rows:
        name, direction = row.split("/")
        found = [results.values(row, who) for who in ("own", "other")]
        shares = [_points(interval(values), ".1f") if values else "–" for values in found]
        lines.append(f"| {direction} {name} | {' | '.join([*shares, *_differences(results, row)])} |")
    lines += [f"| **mean of all** | | | {' | '.join(_differences(results, ALL))} |", ""]
    lines.append(f"Failed runs: {results.failed} of {results.planned}. Seeds: {len(results.seeds)}.")
    return "\n".join([*lines, "", *_accuracies(results), ""])


def _differences(results: Results, row: str) -> list[str]:
    """In percentage points."""
    found = [interval(values) for kind in KINDS if (values := results.sharing(row, kind))]
    return [f"**{_points(one, '+.1f')}**" if one.told else _points(one, "+.1f") for one in found] or ["–"] * len(KINDS)


def _accuracies(results: Results) -> list[str]:
    if not results.seeds:
        return []
    told = [
        f"{name} {_points(interval(results.values(f'{name}/accuracy', 'own')), '.1f')}" for name in results.attributes
    ]
    return [f"Balanced accuracy of the judges on the test split, %: {', '.join(told)}."]


def _points(found: Interval, spec: str) -> str:
    return f"{Interval(100 * found.mean, 100 * found.half):{spec}}"


def _write(writer: "csv._writer", row: str, name: str, values: Sequence[float]) -> None:  # type: ignore[name-defined]
    if values:
        found, each = interval(values), " ".join(f"{value:.4f}" for value in values)
        writer.writerow([row, name, f"{found.mean:.4f}", f"{found.half:.4f}", each])
