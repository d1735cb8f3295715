"""Rank agreement: `python -m experiments.agreement RUNS... [out=FOLDER] [again=true] [KEY=VALUE]`.

Other KEY=VALUE go to `facegan evaluate`.
"""

import csv
import io
import sys
from collections.abc import Sequence
from pathlib import Path

from experiments.agreement.agreement import Agreement, agreements
from facegan.cli.evaluate import evaluate
from facegan.cli.standings import read_standings, results_in
from facegan.errors import UserError
from facegan.evaluation.protocols import PROTOCOLS
from facegan.files import write_text

OWN = {"out": "agreement", "again": "false"}
HEAD = ("measure", "attribute", "direction", "first", "second", "systems", "tau", "low", "high", "words")


def main(argv: Sequence[str]) -> int:
    """Measures what is not measured yet, compares, and writes; 0 when all went well."""
    if {"--help", "-h"} & set(argv):
        print(__doc__)
        return 0
    try:
        given = dict(word.partition("=")[::2] for word in argv if "=" in word)
        own = OWN | {name: value for name, value in given.items() if name in OWN}
        runs = [word for word in argv if "=" not in word]
        rest = [f"{name}={value}" for name, value in given.items() if name not in OWN]
        measure_all(runs, rest, again=own["again"] == "true")
        found = agreements({protocol: read_standings(runs, protocol) for protocol in PROTOCOLS})
        write_all(found, Path(own["out"]), runs)
    except UserError as error:
        print(f"agreement: {error}", file=sys.stderr)
        return 1
    return 0


def measure_all(runs: Sequence[str], overrides: Sequence[str], *, again: bool) -> None:
    """Each run by each protocol whose result its folder has not, or by all. Raises UserError without a run."""
    if not runs:
        raise UserError("which runs? Name their folders.")
    for run in runs:
        done = [] if again else results_in(Path(run))
        for protocol in PROTOCOLS:
            if protocol not in done:
                evaluate([f"run={run}", f"protocol={protocol}", *overrides])


def write_all(found: Sequence[Agreement], folder: Path, runs: Sequence[str]) -> None:
    """table.md and results.csv, and the table on the screen."""
    folder.mkdir(parents=True, exist_ok=True)
    text = f"Runs: {', '.join(Path(run).name for run in runs)}.\n\n{table(found)}"
    write_text(folder / "table.md", text)
    write_text(folder / "results.csv", rows(found))
    print(text)


def table(found: Sequence[Agreement]) -> str:
    """As Markdown, with what may be concluded."""
    if not found:
        return "No measure was taken by two protocols.\n"
    head = ("measure", "attribute", "between", "systems", "tau", "what it says")
    lines = [f"| {' | '.join(head)} |", "| --- " * len(head) + "|"]
    lines += [
        f"| `{one.measure}` | {one.direction} {one.attribute} | {one.first}, {one.second} | {one.systems} | "
        f"{one.tau.value:.2f} [{one.tau.low:.2f}, {one.tau.high:.2f}] | {one.words()} |"
        for one in found
    ]
    return "\n".join(lines).replace("nan", "–") + "\n"


def rows(found: Sequence[Agreement]) -> str:
    """The same as CSV."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEAD)
    for one in found:
        facts = (one.measure, one.attribute, one.direction, one.first, one.second, one.systems)
        writer.writerow((*facts, one.tau.value, one.tau.low, one.tau.high, one.words()))
    return text.getvalue()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
