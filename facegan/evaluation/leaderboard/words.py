"""What a leaderboard says, whatever it is written in."""

import math
from collections.abc import Iterable, Mapping

from facegan.evaluation.leaderboard.board import APART, Board, Cell, Section
from facegan.evaluation.leaderboard.mixing import LPIPS, faces_of
from facegan.evaluation.measures import ABOUT
from facegan.evaluation.result import Result
from facegan.evaluation.tables import ARROWS, DIGITS, SHARES, size_line, weak_mark

STATED = ("training_data", "budget", "ran_by", "notes")  # of an entry from elsewhere
PICTURES = "What came of the first faces"
HOW_TO_READ = (
    "Brackets: 95 % intervals, by a bootstrap over training seeds and faces. Bold: the paired difference to every "
    "other system of the column excludes 0; without bold no system is surely the best. Rows are sorted by the first "
    "column. A dash: the measure does not apply to the system."
)


def heading(board: Board) -> str:
    """What all rows share."""
    one = board.shared
    if one is None:
        return "No run has a result."
    eyes = [f"judge {one.judge} (v{one.judge_version})"] if one.judge else []
    eyes += [f"panel {features_of(one)}"] if features_of(one) else []
    eyes += [f"identity by {one.details['embedder']['name']}"] if "embedder" in one.details else []
    eyes += dict.fromkeys(LPIPS.format(**found) for found in _perceptual(board))
    where = f"{one.data}, {size_line(one)}, protocol {one.protocol} v{one.version}"
    return ", ".join([where, f"{faces_of(one)} (seed {one.seed})", *eyes])


def _perceptual(board: Board) -> list[Mapping[str, str]]:
    """What LPIPS was measured by: the same wherever it was, which need not be everywhere."""
    results = [result for system in board.systems for result in system.results]
    return [result.details["lpips"] for result in results if "lpips" in result.details]


def features_of(result: Result | None) -> str:
    """The key of the panel on whose features crowds of faces are compared; empty where none looked."""
    panel = result.details.get("panel", {}) if result else {}
    return str(panel.get("key", ""))


def title_of(section: Section) -> str:
    """Such as Adding Eyeglasses."""
    return f"{section.direction.capitalize()} {section.attribute}"


def column_title(measure: str, section: Section, shared: Result | None) -> str:
    """A measure with the way that is better, the features that it is on, and a mark where its judge is weak."""
    arrow = ARROWS[ABOUT[measure].better]
    mark = weak_mark(shared, measure, section.attribute) if shared else ""
    panel = f"panel {features_of(shared)}" if features_of(shared) else "the panel"
    return f"{ABOUT[measure].title.replace('the panel', panel)} {arrow}{mark}"


def number(measure: str, value: float) -> str:
    """A figure without its unit; a dash where there is none."""
    if not math.isfinite(value):
        return "–"
    if measure in SHARES:
        return f"{100 * value:.1f} %"
    return f"{value:.{DIGITS.get(measure, 3)}f}"


def shown(measure: str, cell: Cell) -> str:
    """The figure, with a mark where it means something else than the others of its column."""
    return number(measure, cell.interval.value) + (APART if cell.apart else "")


def bounds(measure: str, cell: Cell) -> str:
    """The interval; empty where nothing can be said."""
    low, high = (number(measure, value) for value in (cell.interval.low, cell.interval.high))
    return "" if "–" in (low, high) else f"[{low.removesuffix(' %')}, {high.removesuffix(' %')}]"


def runs_of(board: Board) -> Iterable[tuple[str, str, str, str]]:
    """A row for each system: name, runs that count, training images, and what failed or who says so."""
    for system in board.systems:
        count, all_ = len(system.runs), len(system.runs) + len(system.failed)
        remarks = [f"{run.folder}: {run.failure}" for run in system.failed]
        stated = system.results[0].training if system.results else {}
        remarks += [f"{key.replace('_', ' ')}: {stated[key]}" for key in STATED if stated.get(key)]
        yield system.name, str(count) if count == all_ else f"{count} of {all_}", system.trained(), "; ".join(remarks)
