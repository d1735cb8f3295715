"""What a judge learns from and what it is examined on: kept in memory, apart for each role.

Legend: N faces, K attributes, S pixels.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

from facegan.attributes import positions
from facegan.data.counter import permutation, stream_key
from facegan.data.source import FaceSource
from facegan.data.twinfaces import ATTRIBUTES, TwinFaces, render, sample
from facegan.evaluation.partial import traced

Role = Literal["report", "second", "panel", "selection"]
SPLITS: dict[Role, str] = {"report": "test", "second": "test", "panel": "test", "selection": "validation"}
# Seeds of TwinFaces streams that no run is ever given.
TWIN_SEEDS: dict[Role, int] = {"report": 880_301, "second": 220_629, "panel": 660_913, "selection": 990_407}
MOST = 20_000
EXAM = 2_000
TRACED: frozenset[Role] = frozenset({"second"})  # who learns that a trace of an edit is none
FIRST = 64  # faces that stand for all in a fingerprint


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """labels: N x K in {0, 1}, NaN where unknown; draw: numbers to faces, n x 3 x S x S uint8."""

    labels: Tensor
    draw: Callable[[Tensor], Tensor]

    def images(self) -> Tensor:
        """All faces, N x 3 x S x S uint8; made when they are needed, which a judge in the cache does not."""
        return self.draw(torch.arange(len(self.labels)))

    def fingerprint(self) -> str:
        """Changes with any label, and with the look of the first faces: a renderer that changed, another crop."""
        digest = hashlib.sha256(self.labels.nan_to_num(nan=-1.0).numpy().tobytes())
        first = self.draw(torch.arange(min(FIRST, len(self.labels))))
        digest.update(str(first.shape).encode() + first.contiguous().numpy().tobytes())
        return digest.hexdigest()


Splits = Callable[[str], FaceSource]


def lessons(splits: Splits, attributes: tuple[str, ...], role: Role, *, twin_faces: int) -> tuple[Lesson, Lesson]:
    """What a judge of this role learns from, and faces that it never saw.

    splits: a data set by the name of its split. TwinFaces are drawn anew, uncorrelated and balanced, whatever the
    data set's own settings are; of photographs, those who report have two thirds of the train split and the selection
    judge the rest, apart by identity where identities are known.
    """
    source = splits(SPLITS[role])
    if isinstance(source, TwinFaces):
        size, seed = source.image_size, TWIN_SEEDS[role]
        learn = twin_lesson(attributes, twin_faces, image_size=size, seed=seed, split="train", traces=role in TRACED)
        return learn, twin_lesson(attributes, EXAM, image_size=size, seed=seed, split=SPLITS[role])
    train = splits("train")
    return photo_lesson(train, attributes, share_of(train, role)), photo_lesson(
        source, attributes, torch.arange(len(source))
    )


def twin_lesson(
    attributes: tuple[str, ...], count: int, *, image_size: int, seed: int, split: str, traces: bool = False
) -> Lesson:
    """Drawn faces, half of them with each of the attributes. traces: every fourth is edited a little, see `partial`."""
    faces = sample(torch.arange(count), seed=seed, split=split, marginals=dict.fromkeys(attributes, 0.5))

    def draw(numbers: Tensor) -> Tensor:
        images = render(faces[numbers], image_size=image_size)
        if traces:
            images = traced(images, faces[numbers], numbers, attributes)
        return ((images + 1) * 127.5).round().to(torch.uint8)

    return Lesson(labels=faces.labels[:, positions(attributes, ATTRIBUTES)], draw=draw)


def photo_lesson(source: FaceSource, attributes: tuple[str, ...], index: Tensor) -> Lesson:
    """The photographs of these numbers; MOST of them, spread evenly, where there are more."""
    index = index[:: max(1, -(-len(index) // MOST))]
    labels = source.labels[index][:, positions(attributes, source.attributes)]
    return Lesson(labels=labels, draw=lambda numbers: source.images(index[numbers]))


def share_of(source: FaceSource, role: Role) -> Tensor:
    """The numbers of the faces that a role may learn from, shuffled. A person belongs to one role only."""
    numbers = torch.arange(len(source))
    person = torch.where(source.identities >= 0, source.identities, -1 - numbers)
    mine = (person.remainder(3) == 0) if role == "selection" else (person.remainder(3) != 0)
    chosen = numbers[mine]
    return chosen[torch.from_numpy(permutation(stream_key("judge", role), len(chosen)))]
