"""Every way between the mean and the game, at every setting: how near, how like faces, how true, how consistent."""

import copy
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import cache, cached_property
from typing import Any

import torch
from torch import Tensor

from experiments.drawn import DrawnFaces
from experiments.invention.plan import Job, Scale
from experiments.invention.truth import attribute_truth, map_truth, reading_truth
from experiments.kept import kept
from facegan.assemble import open_model
from facegan.data.degradations import enlarged
from facegan.data.plates import Plates, Reader
from facegan.evaluation.cases import any_faces
from facegan.evaluation.measures.realism import kid
from facegan.evaluation.measures.reconstruction import RANGE, psnr
from facegan.evaluation.wear import eight_bits
from facegan.models.superresolution.invention import DIAL
from facegan.models.superresolution.inventive import Inventive

FORMAT = 3
ASKED = {"Eyeglasses": "glasses", "Smiling": "smile"}
WAYS = ("dial", "checkpoints", "training")
CHUNK = 250
LINES = "reference"
"""The way of what needs no training: bicubic interpolation, and the true pictures."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of one run. way: of WAYS, or LINES; setting: the dial's, the game's share, the weight, or a name."""

    way: str
    setting: str
    measure: str
    value: float


class Bench(DrawnFaces):
    """The pictures that are measured, and who looks at them; made when they are needed first."""

    def __init__(self, scale: Scale) -> None:
        super().__init__(image_size=scale.image_size, count=scale.pictures)
        self.scale = scale

    @cached_property
    def plates(self) -> Tensor:
        """N x 3 x S x S in [-1, 1]."""
        return any_faces(self.plate_source("test"), (), self.count)[0]

    def plate_source(self, split: str) -> Plates:
        scale = self.scale
        return Plates(
            image_size=scale.image_size, split=split, size=scale.pictures, rows=scale.rows, columns=scale.columns
        )

    def pictures(self, task: str) -> Tensor:
        """The true pictures, N x 3 x S x S in [-1, 1]."""
        return self.faces if task == "faces" else self.plates

    def labels(self, attribute: str) -> Tensor:
        """N bools."""
        source = self.split("test")
        return source.labels[: self.scale.pictures, source.attributes.index(attribute)] == 1

    @cache  # noqa: B019  there is one bench
    def reader(self, shrink: Callable[[Tensor], Tensor], times: int) -> Reader:
        """Whose confidence is right on plates of the validation split that are enlarged bicubically."""
        source, which = self.plate_source("validation"), torch.arange(self.scale.pictures)
        looks = source.looks(which)
        seen = enlarged(shrink(any_faces(source, (), self.count)[0]), times).clamp(-1.0, 1.0)
        return Reader(source.layout).calibrated(seen, source.placements(which), looks.letters)


def measured(job: Job, bench: Bench) -> list[Figure]:
    """The figures of a game; what was measured before under the same wish is not measured again."""
    rows = kept(
        job.folder.evaluation / "invention.json",
        _asked(job),
        lambda: [asdict(each) for each in figures_of(opened(job), job, bench)],
    )
    return [Figure(**row) for row in rows]


def _asked(job: Job) -> dict[str, Any]:
    return {"format": FORMAT, "images": [job.mean.images, job.images], "pictures": job.scale.pictures}


def opened(job: Job) -> Inventive:
    """The game's model, with the mean that it keeps."""
    model = open_model(job.folder)[0]
    assert isinstance(model, Inventive)
    return model


def figures_of(model: Inventive, job: Job, bench: Bench) -> list[Figure]:
    """All figures of one run."""
    truth = bench.pictures(job.task)
    low = model.shrunk(truth)
    zero = upscaled(model, low, invention=0.0)
    before = None if job.task == "plates" else bench.panel.look(eight_bits(zero))[0]
    found: list[Figure] = []
    for way, setting, answer in answers(model, job, low, truth):
        values: dict[str, float] = {
            "psnr": psnr(answer, truth).pooled,
            "off": float((model.shrunk(answer) - low).abs().max() / RANGE),
            **_seen(model, job, bench, answer, before),
            **(map_truth(answer, zero, truth) if way == "dial" else {}),
        }
        found += [Figure(way, setting, measure, value) for measure, value in values.items()]
    return found


def answers(model: Inventive, job: Job, low: Tensor, truth: Tensor) -> Iterator[tuple[str, str, Tensor]]:
    """Way, setting, pictures N x 3 x S x S in [-1, 1]. All ways but the weight in training are the boldest game's."""
    yield "training", f"{job.weight:g}", upscaled(model, low)
    if not job.boldest:
        return
    for setting in DIAL:
        yield "dial", f"{setting:g}", upscaled(model, low, invention=setting)
        answer = upscaled(mixed(model, setting), low)
        yield "checkpoints", f"{setting:g}", answer
        if not setting:
            yield "training", "0", answer
    yield LINES, "bicubic", enlarged(low, model.scale).clamp(-1.0, 1.0)
    yield LINES, "truth", truth


def upscaled(model: Inventive, low: Tensor, **setting: float) -> Tensor:
    """The answers, made in portions."""
    return torch.cat([model.upscale(part, **setting) for part in low.split(CHUNK)])


def mixed(model: Inventive, share: float) -> Inventive:
    """The model whose upscaler is between the mean's and its own, number by number; share 1 is its own."""
    result = copy.deepcopy(model)
    bold, mean = model.upscaler.state_dict(), model.mean.state_dict()
    result.upscaler.load_state_dict({name: torch.lerp(mean[name], bold[name], share) for name in bold})
    return result


def _seen(model: Inventive, job: Job, bench: Bench, answer: Tensor, before: Tensor | None) -> Mapping[str, float]:
    """What the witnesses of a task see. before: the panel's logits of the mean's answer; plates have none."""
    if before is None:
        source, which = bench.plate_source("test"), torch.arange(job.scale.pictures)
        reading = bench.reader(model.shrunk, model.scale)(answer, source.placements(which))
        return reading_truth(reading, source.looks(which).letters)
    logits, features = bench.panel.look(eight_bits(answer))
    found = {"kid": kid(features, bench.crowd, made_of_it=True)}
    for attribute, word in ASKED.items():
        seen, once = (each[:, bench.panel.attributes.index(attribute)] > 0 for each in (logits, before))
        found |= {f"{word}_{k}": v for k, v in attribute_truth(seen, once, bench.labels(attribute)).items()}
    return found
