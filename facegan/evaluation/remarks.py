"""What photographs cannot tell, said beside the figures: attributes that no woman has, and shares of few faces."""

from collections.abc import Sequence

from facegan.attributes import position
from facegan.data.phototwins import WORN
from facegan.data.source import FaceSource
from facegan.data.twinfaces import ATTRIBUTES
from facegan.evaluation.result import Figure
from facegan.evaluation.statistics.interval import share_interval

MALE = "Male"
BEARDS = ("Mustache", "Goatee")
FEW = 300  # faces, below which a share is told with its interval
WHY = (
    f"{' and '.join(BEARDS)} are not asked about on photographs: of CelebA's women hardly one has them, so that nobody "
    f"can tell them from {MALE} there. Measure them by protocol=twinfaces, and Mustache by protocol=phototwins too."
)


def one_sided(source: FaceSource, known: Sequence[str], figures: Sequence[Figure] = ()) -> tuple[str, ...]:
    """The attributes that men alone have among these faces, where anybody says who is a man."""
    if MALE not in source.attributes:
        return ()
    women = source.labels[source.labels[:, position(MALE, source.attributes)] == 0]
    lacking = [
        name
        for name in known
        if name != MALE and len(women) and not bool((women[:, position(name, source.attributes)] == 1).any())
    ]
    return tuple(
        f"No woman among these photographs has {name}, so it cannot be told from {MALE} here{_elsewhere(name)}."
        for name in lacking
    )


def _elsewhere(name: str) -> str:
    """Where women have it too."""
    drawn = [protocol for protocol, known in (("twinfaces", ATTRIBUTES), ("phototwins", WORN)) if name in known]
    return f": what its edits drag along is better measured by protocol={' or '.join(drawn)}" if drawn else ""


def headline(source: FaceSource, known: Sequence[str], figures: Sequence[Figure]) -> tuple[str, ...]:
    """Why beards are left out, where a model knows them, and the intervals of what few faces say."""
    return (*((WHY,) if {*BEARDS} & {*known} else ()), *_intervals(figures))


def _intervals(figures: Sequence[Figure]) -> list[str]:
    found = []
    for figure in figures:
        if (figure.measure, figure.line) == ("judged_success", "model") and figure.count < FEW:
            share = share_interval(round(figure.value * figure.count), figure.count)
            found.append(
                f"{figure.direction} {figure.attribute} is asked of {figure.count} faces only: judged success "
                f"{100 * share.value:.1f} %, 95 % interval {100 * share.low:.1f} to {100 * share.high:.1f} %."
            )
    return found
