"""How good the edits of a run are, by one judge and on faces that are drawn once for all runs."""

import math
from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from statistics import fmean
from typing import Any

import torch
from torch import Tensor

from experiments.kept import kept
from experiments.losses.plan import ATTRIBUTE, Job, Scale
from facegan.assemble import open_model
from facegan.data.twinfaces import TwinFaces
from facegan.evaluation.asking import DIRECTIONS, VALUE, Asked
from facegan.evaluation.judges import Judge
from facegan.evaluation.measures.realism import kid
from facegan.evaluation.measures.reconstruction import psnr
from facegan.evaluation.measures.success import judged_success
from facegan.evaluation.measures.twin import twin_error
from facegan.evaluation.twin_cases import TwinCase, fresh_cases
from facegan.evaluation.wear import as_seen, eight_bits
from facegan.evaluation.witnesses import find_panel
from facegan.models.base import Model
from facegan.training.run_folder import cpu_seconds, read_lines

FORMAT = 1
Figures = Mapping[str, float]


class Bench:
    """The judge and the faces, both made when the first run needs them."""

    def __init__(self, scale: Scale) -> None:
        self.scale = scale
        self.judge: Callable[[], Judge] = cache(lambda: find_panel(self._split, (ATTRIBUTE,)))
        self.cases: Callable[[], list[TwinCase]] = cache(self._cases)

    def _split(self, name: str) -> TwinFaces:
        return TwinFaces(image_size=self.scale.image_size, split=name, size=1)

    def _cases(self) -> list[TwinCase]:
        known, whole = (ATTRIBUTE,), slice(0, self.scale.faces)
        size, count = self.scale.image_size, self.scale.faces
        return [
            fresh_cases(
                attribute=ATTRIBUTE, direction=direction, attributes=known, count=count, image_size=size
            ).at(whole)
            for direction in DIRECTIONS
        ]  # fmt: skip


def figures_of(model: Model, bench: Bench) -> Figures:
    """success, kid, psnr: means of both directions; weaker: the success of the worse one; twin_error: of removing.

    psnr is NaN for a model that does not reconstruct.
    """
    asked = Asked(model, ATTRIBUTE)
    edits = [asked.change(case.direction, case.source, case.labels, case.exemplar) for case in bench.cases()]
    again = [psnr(asked.reconstruct(case.source, case.labels), case.source).pooled for case in bench.cases()]
    return {**_seen(edits, bench), "psnr": fmean(again) if asked.reconstructs else math.nan}


def bounds(bench: Bench) -> dict[str, Figures]:
    """What figures are read against: doing nothing, and the true twins."""
    cases = bench.cases()
    return {"nothing": _seen([c.source for c in cases], bench), "twins": _seen([c.twin for c in cases], bench)}


def _seen(edits: Sequence[Tensor], bench: Bench) -> dict[str, float]:
    judge, pairs = bench.judge(), list(zip(edits, bench.cases(), strict=True))
    success = [_success(judge, edit, case) for edit, case in pairs]
    removed, removing = pairs[DIRECTIONS.index("removing")]
    crowds = [kid(*(judge.look(eight_bits(part))[1] for part in (edit, case.exemplar))) for edit, case in pairs]
    return {
        "success": fmean(success),
        "weaker": min(success),
        "twin_error": twin_error(removed, removing.twin, removing.source, removing.changed).pooled,
        "kid": fmean(crowds),
    }


def _success(judge: Judge, edit: Tensor, case: TwinCase) -> float:
    logits = torch.stack([judge.logits(copy, ATTRIBUTE) for copy in as_seen(edit)])
    return judged_success(logits, VALUE[case.direction]).pooled


def measured(job: Job, bench: Bench) -> Figures:
    """The figures of a run; what was measured before under the same wish is not measured again."""
    found: Figures = kept(job.folder.evaluation / "losses.json", _asked(job), partial(_measured, job, bench))
    return found


def _measured(job: Job, bench: Bench) -> Figures:
    return {**figures_of(open_model(job.folder)[0], bench), **spent(job)}


def spent(job: Job) -> dict[str, float]:
    """The processor's seconds of training, and the last validation score; NaN where a run says nothing of it."""
    scores = [line["validation/score"] for line in read_lines(job.folder.metrics) if "validation/score" in line]
    return {"cpu_seconds": cpu_seconds(job.folder), "score": scores[-1] if scores else math.nan}


def _asked(job: Job) -> dict[str, Any]:
    return {"format": FORMAT, "images": job.images, "faces": job.scale.faces}
