"""Attribute accuracy as AttGAN and STGAN count it: of each test face each of 13 attributes flipped, and classified.

Source, the authors' code: test.py and att_classification/test.py of csmliu/STGAN. A flipped attribute is asked for at
twice its value (`test_int` = 2 on labels of -1 and 1, which is strength 1.5 here); what it excludes is switched off
at its plain value. An edit counts where the classifier sees the other value. Err: how many of the other twelve it
sees otherwise than the face's *original* labels say, so that what a rule switched off counts as an error. Both
directions are pooled, so that rare attributes are mostly added, and the mean over attributes is unweighted.

Unlike this project's own: one look at one picture in 8 bits; a classifier that learned from the models' own training
faces; directions pooled. Beside the published figures stand adding and removing apart, and what the classifier says
of the unedited faces.

Differences: a model is told that a face lacks what a rule switches off, instead of being asked for that; to models
that are told values and no differences it is the same. Models that transfer are shown test faces that have the wanted
value. 8 bits are rounded, where the authors' writer cuts fractions off.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from facegan.attributes import EXCLUDES, positions
from facegan.data.joined import Joined
from facegan.data.sampling import to_network
from facegan.data.source import FaceSource
from facegan.errors import UserError
from facegan.evaluation.asking import DIRECTIONS, VALUE, Asked, Direction
from facegan.evaluation.cases import first_faces
from facegan.evaluation.judge_data import Splits
from facegan.evaluation.measures.ratio import Ratio
from facegan.evaluation.published.attgan_classifier import EDGE, Trained, find_classifier
from facegan.evaluation.published.deviations import other_crop, other_faces, other_size
from facegan.evaluation.published.protocol import MEAN, Figure, Found, Published, Tick
from facegan.evaluation.wear import eight_bits
from facegan.models.base import Model

ATTRIBUTES = (
    "Bald", "Bangs", "Black_Hair", "Blond_Hair", "Brown_Hair", "Bushy_Eyebrows", "Eyeglasses", "Male",
    "Mouth_Slightly_Open", "Mustache", "No_Beard", "Pale_Skin", "Young",
)  # fmt: skip
SIZE, OUTPUTS, EPOCHS, INTENSITY = 128, 40, 25, 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class AttGANAccuracy(Published):
    """intensity: by which the flipped attribute's value of -1 or 1 is multiplied. epochs: of the classifier."""

    name: ClassVar[str] = "attgan_accuracy"
    version: ClassVar[int] = 1
    source: ClassVar[str] = "code of STGAN (Liu et al. 2019), whose classifier is AttGAN's (He et al. 2019)"
    heads: ClassVar[Mapping[str, str]] = {
        "accuracy": "accuracy ↑",
        "adding": "adding ↑",
        "removing": "removing ↑",
        "errors": "others wrong ↓",
        "classifier": "classifier on real faces",
    }

    intensity: float
    epochs: int

    def __post_init__(self) -> None:
        # dataclasses with slots are made anew, so that a bare super() would not find its class
        Published.__post_init__(self)
        if self.intensity <= 0 or self.epochs < 1:
            raise UserError(f"intensity={self.intensity:g}, epochs={self.epochs}: above 0 are needed.")

    @property
    def strength(self) -> float:
        """From -1 to 1 is one strength: intensity 2 goes half of that beyond."""
        return (self.intensity + 1) / 2

    def check(self, model: Model) -> None:
        """It needs an editor of one of the 13 attributes, of a size that the classifier can halve five times."""
        if not any(one.transfers or one.edits for one in _asked(model)):
            raise UserError(
                f"{type(model).__name__} edits none of the attributes of {self.name}: {', '.join(ATTRIBUTES)}."
            )
        if model.image_size % EDGE:
            raise UserError(f"{self.name}: its classifier needs a multiple of {EDGE} pixels, not {model.image_size}.")

    def find(self, model: Model, splits: Splits, tick: Tick) -> Found:
        """By the classifier of the data set's training and validation faces. Raises UserError for missing labels."""
        source = splits("test")
        if missing := [name for name in ATTRIBUTES if name not in source.attributes]:
            raise UserError(f"{self.name} needs labels of all 13 attributes; {source.name!r} lacks {missing[0]}.")
        device = next((p.device for p in model.parameters()), torch.device("cpu"))
        learnt = Joined(splits("train"), splits("validation"))
        classifier = find_classifier(learnt, epochs=self.epochs, device=device)
        return self.counted(model, source, classifier, tick)

    def counted(
        self, model: Model, source: FaceSource, classifier: Trained, tick: Tick = lambda done, total: None
    ) -> Found:
        """The figures of one classifier's verdicts."""
        asked, faces = _asked(model), torch.arange(min(self.faces, len(source)))
        count = _Count(classifier, source)
        for start in range(0, len(faces), self.chunk):
            index = faces[start : start + self.chunk]
            images = to_network(source.images(index))
            count.real(images, index)
            for one in asked:
                count.edits(one.attribute, self._edited(one, images, source, index), index)
            tick(start + len(index), len(faces))
        deviations = self._deviations(asked, source, classifier, len(faces))
        return Found(figures=count.figures(), deviations=tuple(deviations), details={"classifier": classifier.facts()})

    def _edited(self, asked: Asked, images: Tensor, source: FaceSource, index: Tensor) -> Tensor:
        """Each face with its other value of the attribute, in 8 bits; one whose value is unknown stays as it is."""
        known = asked.model.attributes
        labels = source.labels[index][:, positions(known, source.attributes)]
        edited = images.clone()
        for direction in DIRECTIONS:
            rows = (labels[:, asked.place] == 1 - VALUE[direction]).nonzero().flatten()
            if len(rows):
                told = without_excluded(labels[rows], asked.attribute, known) if direction == "adding" else labels[rows]
                exemplars = _exemplars(asked, source, direction, index[rows])
                strength = self.strength if asked.takes_strength(direction) else 1.0
                edited[rows] = asked.change(
                    direction, images[rows], told, images[rows] if exemplars is None else exemplars, strength
                )
        return eight_bits(edited)

    def _deviations(self, asked: Sequence[Asked], source: FaceSource, classifier: Trained, faces: int) -> list[str]:
        found = [*other_size(source.image_size, SIZE), *other_faces(source, faces)]
        found += other_crop(source, "attgan", "bicubic")
        if len(asked) < len(ATTRIBUTES):
            found.append(f"{len(asked)} of the 13 attributes: the mean is of these alone.")
        if len(classifier.attributes) != OUTPUTS:
            found.append(f"the classifier has {len(classifier.attributes)} outputs instead of {OUTPUTS}.")
        if self.epochs != EPOCHS:
            found.append(f"the classifier learned for {self.epochs} epochs instead of {EPOCHS}.")
        if self.intensity != INTENSITY:
            found.append(f"intensity {self.intensity:g} instead of {INTENSITY:g}.")
        if any(not one.takes_strength(direction) for one in asked for direction in DIRECTIONS):
            found.append("edits without degrees are asked for as they are, not at twice their value.")
        return found


def without_excluded(labels: Tensor, attribute: str, known: Sequence[str]) -> Tensor:
    """Labels N x K in which what a switched-on attribute excludes is off, and all else as it was."""
    told = labels.clone()
    told[:, positions([name for name in EXCLUDES.get(attribute, ()) if name in known], known)] = 0.0
    return told


def _asked(model: Model) -> list[Asked]:
    found = [Asked(model, name) for name in ATTRIBUTES if name in model.attributes]
    return [one for one in found if one.transfers or one.edits]


def _exemplars(asked: Asked, source: FaceSource, direction: Direction, index: Tensor) -> Tensor | None:
    """Test faces that have the wanted value, in their order; None where the model looks at none."""
    if not asked.uses_exemplars(direction):
        return None
    pool = first_faces(source, asked.attribute, VALUE[direction], len(source))
    return to_network(source.images(pool[index % len(pool)]))


class _Count:
    """Verdicts, attribute by attribute. labels: N x 13, of all faces of the data set."""

    def __init__(self, classifier: Trained, source: FaceSource) -> None:
        self.classifier = classifier
        self.columns = positions(ATTRIBUTES, classifier.attributes)
        self.labels = source.labels[:, positions(ATTRIBUTES, source.attributes)]
        self.hits: dict[tuple[str, str], list[Ratio]] = {}

    def real(self, images: Tensor, index: Tensor) -> None:
        """What is seen in unedited faces."""
        seen, truth = self._seen(images), self.labels[index]
        for place, name in enumerate(ATTRIBUTES):
            self._add("classifier", name, seen[:, place] == truth[:, place], ~truth[:, place].isnan())

    def edits(self, attribute: str, edited: Tensor, index: Tensor) -> None:
        """What is seen in faces of which one attribute was flipped."""
        place, seen, truth = ATTRIBUTES.index(attribute), self._seen(edited), self.labels[index]
        known, hit = ~truth[:, place].isnan(), seen[:, place] == 1 - truth[:, place]
        self._add("accuracy", attribute, hit, known)
        for direction in DIRECTIONS:
            self._add(direction, attribute, hit, truth[:, place] == 1 - VALUE[direction])
        others = [number for number in range(len(ATTRIBUTES)) if number != place]
        told = ~truth[:, others].isnan() & known[:, None]
        wrong = (seen[:, others] != truth[:, others]) & told
        self._put("errors", attribute, Ratio(wrong.sum(1).float(), told.sum(1).float()))

    def figures(self) -> tuple[Figure, ...]:
        """Each attribute's, then their unweighted means."""
        joined = {key: Ratio.join(parts) for key, parts in self.hits.items()}
        found = [Figure(measure=m, row=row, value=r.pooled, count=r.count) for (m, row), r in joined.items()]
        return tuple(found + [self._mean(measure, found) for measure in AttGANAccuracy.heads])

    def _mean(self, measure: str, found: Sequence[Figure]) -> Figure:
        mine = [f for f in found if f.measure == measure and f.count]
        values = [f.value for f in mine]
        mean = sum(values) / len(values) if values else float("nan")
        return Figure(measure=measure, row=MEAN, value=mean, count=sum(f.count for f in mine))

    def _seen(self, images: Tensor) -> Tensor:
        device = next(self.classifier.network.parameters()).device
        logits: Tensor = self.classifier.network(images.to(device))
        return (logits.cpu()[:, self.columns] > 0).float()

    def _add(self, measure: str, row: str, hit: Tensor, counts: Tensor) -> None:
        self._put(measure, row, Ratio((hit & counts).float(), counts.float()))

    def _put(self, measure: str, row: str, ratio: Ratio) -> None:
        self.hits.setdefault((measure, row), []).append(ratio)
