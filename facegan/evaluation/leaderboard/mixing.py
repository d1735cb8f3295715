"""What never shares a table: the odd one out is named, in one line."""

from collections import Counter
from collections.abc import Callable, Sequence

from facegan.errors import UserError
from facegan.evaluation.leaderboard.standing import Standing
from facegan.evaluation.result import Result

FACTS: dict[str, Callable[[Result], str]] = {
    "protocols": lambda r: r.protocol,
    "versions of a protocol": lambda r: f"{r.protocol} v{r.version}",
    "data sets": lambda r: r.data,
    "image sizes": lambda r: f"{r.image_size} pixels",
    "scales": lambda r: f"faces made {r.details['scale']} times as large" if "scale" in r.details else "faces edited",
    "degradations": lambda r: f"small faces by {r.details.get('degradation', 'nothing')}",
    "judges": lambda r: f"judge {r.judge} (v{r.judge_version})",
    "panels": lambda r: _witness(r, "panel"),
    "embedders": lambda r: _witness(r, "embedder"),
    "sets of faces": lambda r: f"{faces_of(r)} with seed {r.seed}",
}

LPIPS = "LPIPS by {backbone} ({checksum})"

# Results without such a witness have no figures of it, and so none that could be mixed.
OPTIONAL = {
    "second judges": ("second", "second judge {key}"),
    "weights of LPIPS": ("lpips", LPIPS),
}


def faces_of(result: Result) -> str:
    """How many faces were asked about."""
    return f"{result.faces} faces" + (" in each direction" if result.attributes else "")


def _witness(result: Result, kind: str) -> str:
    there = result.details.get(kind)
    return f"{kind} {there['key']}" if there else f"no {kind} (quick=true)"


def check_unmixed(standings: Sequence[Standing]) -> None:
    """Raises UserError where results differ in anything that a shared table must have in common."""
    counted = [(one, one.result) for one in standings if one.result is not None]
    for what, fact in FACTS.items():
        _check(what, [(one.folder, fact(result)) for one, result in counted])
    for what, (kind, words) in OPTIONAL.items():
        there = [(one.folder, result.details[kind]) for one, result in counted if kind in result.details]
        _check(what, [(folder, words.format(**facts)) for folder, facts in there])
    sections = sorted({name for one in standings if one.values for name in one.values.cases})
    for name in sections:
        found = [(one.folder, one.values.cases[name]) for one in standings if one.values and name in one.values.cases]
        _check("sets of faces", [(folder, f"the faces {print_} for {name}") for folder, print_ in found])
    for key in sorted({key for one in standings if one.values for key in one.values.each}):
        each = [(one.folder, one.values.each[key]) for one in standings if one.values and key in one.values.each]
        _check("numbers of faces", [(folder, f"{key[2]} of {len(ratio.above)} faces") for folder, ratio in each])


def _check(what: str, found: Sequence[tuple[str, str]]) -> None:
    """Raises UserError that names the folders with the rarest fact."""
    counts = Counter(fact for _, fact in found)
    if len(counts) < 2:
        return
    (common, many), (odd, _) = counts.most_common()[0], counts.most_common()[-1]
    folders = [folder for folder, fact in found if fact == odd]
    named = ", ".join(folders[:3]) + (f" and {len(folders) - 3} more" if len(folders) > 3 else "")
    others = next(folder for folder, fact in found if fact == common) if many == 1 else f"{many} others"
    has = "has" if len(folders) == 1 else "have"
    raise UserError(f"{named} {has} {odd}, {others}: {common}; different {what} never share a table.")
