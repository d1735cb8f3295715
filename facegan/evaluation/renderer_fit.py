"""Success by renderer fit, for cases whose every factor but the attribute is known, and how often the fit itself errs.

Legend: N faces, S pixels, V copies of a picture.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import NamedTuple

import torch
from torch import Tensor

from facegan.data.twinfaces import style_library, with_attribute
from facegan.data.twinfaces.styles import STYLES
from facegan.evaluation.asking import VALUE
from facegan.evaluation.judges import accuracy_of
from facegan.evaluation.measures.fit import fit_margin
from facegan.evaluation.measures.success import judged_success
from facegan.evaluation.result import Details, Tally
from facegan.evaluation.twin_cases import TwinCase
from facegan.evaluation.wear import as_seen

FACES = 64  # the first of a direction: each is drawn again in all styles of both values
SEED = 615_907  # of the styles that are drawn: none of them is the source's, the exemplar's or a reference line's


class Exam(NamedTuple):
    """Faces whose value is known. margins: N x V, of the plain copy first; labels: N in {0, 1}."""

    attribute: str
    margins: Tensor
    labels: Tensor


def add_fit(case: TwinCase, tally: Tally, images: Mapping[str, Tensor], styles: int) -> None:
    """Adds a chunk's success by line, and what the fit says of true twins and of the untouched faces.

    Of the first FACES faces of a tally. styles: how many drawings of each value there are, one where a value has one
    look only.
    """
    room = FACES - len(tally.kept("fit").get("source", ()))
    if room <= 0:
        return
    lacking, having = (drawings(case, slice(room), value, styles) for value in (0, 1))

    def margins(image: Tensor) -> Tensor:
        return torch.stack([fit_margin(copy, having, lacking, case.may[:room]) for copy in as_seen(image[:room])])

    value = VALUE[case.direction]
    for line, image in images.items():
        tally.add("fit_success", line, judged_success(_decided(margins(image), value), value))
    for name, image in {"source": case.source, "twin": case.twin}.items():
        tally.keep("fit", name, margins(image).T)


def drawings(case: TwinCase, part: slice, value: int, styles: int) -> list[Tensor]:
    """Some of a case's faces with this value of its attribute in many styles, each N x 3 x S x S in [-1, 1]."""
    many = styles if STYLES.get((case.attribute, value)) else 1
    library = style_library(case.attribute, value, many, seed=SEED)
    return [case.draw(with_attribute(case.faces[part], case.attribute, value, style)) for style in library]


def exam_of(tally: Tally) -> list[Exam]:
    """The fit's own exam in one direction, as a list of one; of none where it was not asked."""
    kept, value = tally.kept("fit"), VALUE[tally.direction]
    if not kept:
        return []
    labels = [torch.full((len(kept[name]),), wanted) for name, wanted in (("source", 1 - value), ("twin", value))]
    return [Exam(tally.attribute, torch.cat([kept["source"], kept["twin"]]), torch.cat(labels))]


def fit_facts(exams: Sequence[Exam]) -> Details:
    """How well the fit tells true twins from untouched faces, by attribute: what a result says of it."""
    accuracy = {}
    for name in dict.fromkeys(exam.attribute for exam in exams):
        mine = [exam for exam in exams if exam.attribute == name]
        found = accuracy_of(torch.cat([one.margins for one in mine]).T, torch.cat([one.labels for one in mine]))
        accuracy[name] = asdict(found) | {"confusion": found.confusion}
    return {"fit": {"accuracy": accuracy}} if accuracy else {}


def _decided(margins: Tensor, value: int) -> Tensor:
    """A tie is no success, whichever value is wanted."""
    return torch.where(margins == 0, -1.0 if value else 1.0, margins)
