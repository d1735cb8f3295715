"""What is in a data set: counts, labels, persons, parts, sizes and what had to be left out."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np

from facegan.data.combinations import Absent, absent
from facegan.data.photos import Photos
from facegan.data.splits import PARTS, shared_persons


@dataclass(frozen=True, slots=True, kw_only=True)
class Marginal:
    """How many faces have an attribute, lack it, or are not labelled."""

    present: int
    absent: int
    unknown: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DataReport:
    """The state of a data set.

    faces: in the split asked for. identities: known persons among them. without_identity: faces of unknown persons.
    splits: faces in each part of the whole set. shared_persons: persons in more than one part, which should be 0.
    shorter_side: smallest, median and largest shorter side of the photographs, in pixels. enlarged: how many are
    cut from fewer pixels than the images made of them; None for aligned faces. left_out: unusable files, with reasons.
    absent: values and pairs of values that no face of the split has.
    """

    name: str
    split: str
    faces: int
    image_size: int
    attributes: Mapping[str, Marginal]
    identities: int
    without_identity: int
    splits: Mapping[str, int]
    shared_persons: int
    shorter_side: tuple[int, int, int]
    enlarged: int | None
    left_out: Mapping[str, str]
    absent: Sequence[Absent]

    def to_dict(self) -> dict[str, object]:
        """Plain data, for JSON."""
        return asdict(self)

    def __str__(self) -> str:
        enlarged = "" if self.enlarged is None else f"; {self.enlarged:,} are enlarged"
        sides = " / ".join(str(side) for side in self.shorter_side)
        parts = ", ".join(f"{part} {count:,}" for part, count in self.splits.items())
        lines = [
            f"{self.name}, split {self.split}: {self.faces:,} faces at {self.image_size} pixels",
            f"splits: {parts}; persons in more than one: {self.shared_persons}",
            f"persons: {self.identities:,} known; {self.without_identity:,} faces of unknown persons",
            f"shorter side of the photographs: {sides} pixels (least, median, most){enlarged}",
            *(_marginal_line(name, marginal) for name, marginal in self.attributes.items()),
            *absent_lines(self.absent),
            f"left out: {len(self.left_out):,}",
            *(f"  {count:,} x {reason}" for reason, count in Counter(self.left_out.values()).most_common(8)),
        ]
        return "\n".join(lines)


def check(source: Photos) -> DataReport:
    """Looks through a data set; with split=all, through all of it."""
    known = source.identities >= 0
    sides = source.sizes.min(axis=1)
    marginals = {name: _marginal(source, column) for column, name in enumerate(source.attributes)}
    return DataReport(
        name=source.name,
        split=source.split,
        faces=len(source),
        image_size=source.image_size,
        attributes=marginals,
        identities=len(np.unique(source.identities[known].numpy())),
        without_identity=int((~known).sum()),
        splits={part: int((source.parts == number).sum()) for number, part in enumerate(PARTS)},
        shared_persons=shared_persons(source.all_identities, source.parts),
        shorter_side=(int(sides.min()), int(np.median(sides)), int(sides.max())),
        enlarged=source.enlarged(),
        left_out=dict(source.left_out),
        absent=absent(source.labels, source.attributes),
    )


def absent_lines(found: Sequence[Absent], *, limit: int = 20) -> list[str]:
    """A line for each combination that does not occur, the first few of many."""
    rest = len(found) - limit
    return [*(f"warning: {one}" for one in found[:limit]), *([f"warning: and {rest:,} more"] if rest > 0 else [])]


def _marginal(source: Photos, column: int) -> Marginal:
    values = source.labels[:, column]
    present, absent = int((values == 1).sum()), int((values == 0).sum())
    return Marginal(present=present, absent=absent, unknown=len(values) - present - absent)


def _marginal_line(name: str, marginal: Marginal) -> str:
    known = max(1, marginal.present + marginal.absent)
    unknown = f", {marginal.unknown:,} unknown" if marginal.unknown else ""
    return f"  {name}: {marginal.present:,} of {known:,} ({marginal.present / known:.1%}){unknown}"
