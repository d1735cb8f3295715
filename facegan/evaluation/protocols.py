"""Protocols: which faces a run is measured on, and by what. A protocol's version grows whenever its numbers could move.

The whole: `evaluate` asks the model, and returns figures and pictures; nothing about the model changes by it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

import torch
from PIL import Image

from facegan.data.joined import Joined
from facegan.data.phototwins import WORN
from facegan.data.source import FaceSource
from facegan.data.twinfaces import TwinFaces
from facegan.errors import UserError
from facegan.evaluation.asking import DIRECTIONS, Asked, Direction
from facegan.evaluation.cases import Case, PhotoCases
from facegan.evaluation.chunks import measure_photos, measure_twins
from facegan.evaluation.costs import add_costs
from facegan.evaluation.diversity import add_diversity
from facegan.evaluation.embedders import Embedder
from facegan.evaluation.exhibits import Exhibit, exhibits
from facegan.evaluation.judge_data import Splits
from facegan.evaluation.judges import Judge
from facegan.evaluation.measures.ratio import Ratio
from facegan.evaluation.perceptual import Perceptual
from facegan.evaluation.photo_twin_cases import PhotoTwinCases
from facegan.evaluation.pictures import stack
from facegan.evaluation.published.named import PUBLISHED
from facegan.evaluation.remarks import BEARDS, WHY, headline, one_sided
from facegan.evaluation.renderer_fit import Exam, exam_of, fit_facts
from facegan.evaluation.result import Details, Figure, Tally
from facegan.evaluation.settings import Settings
from facegan.evaluation.sheets import edit_sheet
from facegan.evaluation.twin_cases import TwinCases, fresh_cases
from facegan.evaluation.upscaling import NAME as UPSCALING
from facegan.evaluation.values import Key, Values
from facegan.evaluation.wholes import Row, add_wholes, curve_of, rows_of
from facegan.evaluation.witnesses import HEADLINE, Witnesses
from facegan.models.base import Model

Cases = PhotoCases | TwinCases
Tick = Callable[[int, int], None]
Remarks = Callable[[FaceSource, Sequence[str], Sequence[Figure]], tuple[str, ...]]


def _silent(source: FaceSource, known: Sequence[str], figures: Sequence[Figure]) -> tuple[str, ...]:
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a protocol found."""

    figures: tuple[Figure, ...]
    grid: Image.Image
    exhibits: tuple[Exhibit, ...]
    details: Details = field(default_factory=dict)
    values: Values = field(default_factory=lambda: Values(each={}, cases={}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Protocol:
    """name, version: they stand in every result. splits: the data set that is measured on, from the run's own and the
    image size. cases: what is asked. measure: adds a chunk to a tally. drawn: whether its faces come from no data set,
    so that they can be passed on. photographs: whether it can ask about nothing else. only: the attributes that it can
    ask about; all, where there are none. refuses: why some of the others are not asked about. validation: whether it
    also measures on the faces by which runs choose their checkpoints. remarks: what must be said beside the figures of
    a model that knows these attributes.
    """

    name: str
    version: int
    splits: Callable[[Splits, int], Splits]
    cases: Callable[[FaceSource, str, Direction, tuple[str, ...], Settings], Cases]
    measure: Callable[[Asked, Case, Witnesses, Tally, Settings, bool], None]
    drawn: bool = False
    photographs: bool = False
    only: tuple[str, ...] = ()
    refuses: Mapping[str, str] = field(default_factory=dict)
    validation: bool = False
    remarks: Remarks = _silent

    def attributes(self, known: tuple[str, ...]) -> tuple[str, ...]:
        """Those of a model's attributes that it asks about."""
        return tuple(name for name in known if not self.only or name in self.only)


def _drawn(splits: Splits, image_size: int) -> Splits:
    """Every run can be measured on TwinFaces; what it was trained on does not matter."""
    return lambda split: TwinFaces(image_size=image_size, split=split, size=1)


def _own(splits: Splits, image_size: int) -> Splits:
    return splits


def _unseen(splits: Splits, image_size: int) -> Splits:
    """All faces that no run learns from are test faces."""
    return cache(lambda split: Joined(splits("validation"), splits("test")) if split == "test" else splits(split))


def _twins(
    source: FaceSource, attribute: str, direction: Direction, known: tuple[str, ...], settings: Settings
) -> Cases:
    """Fresh faces of the settings' own stream, whatever correlations the run's data has."""
    return fresh_cases(
        attribute=attribute,
        direction=direction,
        attributes=known,
        count=settings.faces,
        image_size=source.image_size,
        seed=settings.seed,
    )


def _photos(
    source: FaceSource, attribute: str, direction: Direction, known: tuple[str, ...], settings: Settings
) -> Cases:
    """The first faces of the test split; there is no seed to choose."""
    return PhotoCases(source, attribute=attribute, direction=direction, attributes=known, count=settings.faces)


def _photo_twins(
    source: FaceSource, attribute: str, direction: Direction, known: tuple[str, ...], settings: Settings
) -> Cases:
    """The first faces of the test split that lack the attribute; the seed is that of the styles."""
    return PhotoTwinCases(
        source,
        attribute=attribute,
        direction=direction,
        attributes=known,
        count=settings.faces,
        seed=settings.seed,
    )


PROTOCOLS: Mapping[str, Protocol] = {
    protocol.name: protocol
    for protocol in (
        Protocol(name="twinfaces", version=2, splits=_drawn, cases=_twins, measure=measure_twins, drawn=True),
        Protocol(
            name="phototwins",
            version=1,
            splits=_own,
            cases=_photo_twins,
            measure=measure_twins,
            photographs=True,
            only=WORN,
        ),
        Protocol(name="photos", version=2, splits=_own, cases=_photos, measure=measure_photos, remarks=one_sided),
        Protocol(
            name="headline",
            version=1,
            splits=_unseen,
            cases=_photos,
            measure=measure_photos,
            photographs=True,
            only=HEADLINE,
            refuses=dict.fromkeys(BEARDS, WHY),
            validation=True,
            remarks=headline,
        ),
    )
}


def protocol_for(name: str | None, source: Callable[[], FaceSource]) -> Protocol:
    """The protocol of edits of this name; without one, that of the data set. Raises UserError for another name."""
    if name is None:
        name = "twinfaces" if isinstance(source(), TwinFaces) else "photos"
    if name in (others := (UPSCALING, *PUBLISHED)):
        raise UserError(f"{name} is asked of runs alone: facegan evaluate run=FOLDER protocol={name}")
    if name not in PROTOCOLS:
        raise UserError(f"unknown protocol {name!r}; there are: {', '.join((*PROTOCOLS, *others))}.")
    return PROTOCOLS[name]


def check_edits(protocol: Protocol, model: Model) -> None:
    """Raises UserError for a model that edits no attribute that the protocol asks about."""
    asked = [Asked(model, name) for name in protocol.attributes(model.attributes)]
    if not any(one.transfers or one.edits for one in asked):
        among = f" (it asks about {', '.join(protocol.only)})" if protocol.only else ""
        why = "".join(f" {why}" for why in dict.fromkeys(protocol.refuses.get(n, "") for n in model.attributes) if why)
        raise UserError(f"{type(model).__name__} edits nothing that {protocol.name!r} measures{among}.{why}")


def run_protocol(
    protocol: Protocol,
    model: Model,
    source: FaceSource,
    judge: Judge,
    settings: Settings,
    *,
    second: Judge | None = None,
    panel: Judge | None = None,
    embedder: Embedder | None = None,
    lpips: Perceptual | None = None,
    training: Mapping[str, float] | None = None,
    tick: Tick = lambda done, total: None,
) -> Outcome:
    """Measures a model. source: the test split of its data set. Leaves weights, modes and random numbers alone.

    second, panel, embedder, lpips: another judge, the judge of many attributes, that of persons, and that of
    reconstruction; without one, nothing is said of what needs it.
    training: what the training cost, as in `costs.add_costs`.

    Raises UserError for a model that edits nothing, and for an attribute that the protocol's faces do not label.
    """
    check_edits(protocol, model)
    with torch.random.fork_rng(devices=range(torch.cuda.device_count())), torch.no_grad():
        witnesses = Witnesses(judge=judge, second=second, panel=panel, embedder=embedder, lpips=lpips)
        return _Run(protocol, model, source, witnesses, settings, training or {}, tick).outcome()


class _Run:
    def __init__(
        self,
        protocol: Protocol,
        model: Model,
        source: FaceSource,
        witnesses: Witnesses,
        settings: Settings,
        training: Mapping[str, float],
        tick: Tick,
    ) -> None:
        self.protocol, self.model, self.witnesses, self.settings = protocol, model, witnesses, settings
        self.training = training
        self.work = [
            (Asked(model, name), [protocol.cases(source, name, d, model.attributes, settings) for d in DIRECTIONS])
            for name in protocol.attributes(model.attributes)
        ]
        self.total = sum(len(cases) for _, both in self.work for cases in both)
        self.done, self.tick = 0, tick

    def outcome(self) -> Outcome:
        figures: list[Figure] = []
        each: dict[Key, Ratio] = {}
        prints: dict[str, str] = {}
        shown: list[Exhibit] = []
        sheets: list[Image.Image] = []
        matrices: list[Row] = []
        curves: list[Row] = []
        fits: list[Exam] = []
        rows = slice(0, self.settings.rows)
        for asked, (adding, removing) in self.work:
            for cases in (adding, removing):
                tally = self._measured(asked, cases)
                matrices += rows_of(asked, self.witnesses, tally)
                curves += curve_of(asked, self.witnesses.judge, tally)
                fits += exam_of(tally)
                figures += tally.figures()
                each |= tally.values()
                prints[f"{cases.attribute}/{cases.direction}"] = cases.fingerprint()
                shown += exhibits(asked, cases.at, tally.rankings(), cases.direction)
            sheets.append(edit_sheet(asked, adding.at(rows), removing.at(rows)))
        details = {**self.witnesses.facts(), "matrices": matrices, "curves": curves, **fit_facts(fits)}
        return Outcome(
            figures=tuple(figures),
            grid=stack(sheets),
            exhibits=tuple(shown),
            details=details,
            values=Values(each=each, cases=prints),
        )

    def _add_rest(self, asked: Asked, cases: Cases, first: Case, tally: Tally) -> None:
        """What is measured beside the chunks. first: the first of them."""
        if isinstance(cases, TwinCases):
            add_diversity(asked, cases, tally)
        add_wholes(asked, self.witnesses, tally, cases.distinct)
        add_costs(asked, first, tally, self.training)

    def _measured(self, asked: Asked, cases: Cases) -> Tally:
        tally, size = Tally(asked.attribute, cases.direction), self.settings.chunk
        first = cases.at(slice(0, size))
        for start in range(0, len(cases), size):
            case = cases.at(slice(start, start + size)) if start else first
            self.protocol.measure(asked, case, self.witnesses, tally, self.settings, start < self.settings.line_faces)
            self.done += len(case.source)
            self.tick(self.done, self.total)
        self._add_rest(asked, cases, first, tally)
        return tally
