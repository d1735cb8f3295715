"""Judges on disk: trained once for a data set, size and role, and found again by a hash of all that made them."""

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path

import torch

from facegan.evaluation.judge_data import SPLITS, Lesson, Role, Splits, lessons
from facegan.evaluation.judge_networks import Classifier
from facegan.evaluation.judge_training import Recipe, train_network
from facegan.evaluation.judges import RECIPES, VERSION, Accuracy, Judge, examine
from facegan.evaluation.network_files import read_network, write_network
from facegan.evaluation.progress import Steps
from facegan.files import cache_folder

TWIN_FACES = 12_000


def judge_folder() -> Path:
    """$FACEGAN_CACHE/judges, or ~/.cache/facegan/judges."""
    return cache_folder("judges")


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """Everything that makes a judge."""

    lesson: Lesson
    exam: Lesson
    attributes: tuple[str, ...]
    role: Role
    recipe: Recipe
    image_size: int

    def key(self) -> str:
        """A hash of it: version, role, recipe, attributes, size and the faces themselves."""
        faces = [self.lesson.fingerprint(), self.exam.fingerprint()]
        made_of = [VERSION, self.role, self.image_size, asdict(self.recipe), self.attributes, faces]
        return hashlib.sha256(json.dumps(made_of, sort_keys=True).encode()).hexdigest()[:16]

    def path(self) -> Path:
        """Its file."""
        return judge_folder() / f"{self.role}-{self.key()}.safetensors"

    def judge(self, network: Classifier, accuracy: dict[str, Accuracy]) -> Judge:
        """The judge that came of it."""
        return Judge(network=network, attributes=self.attributes, accuracy=accuracy, role=self.role, key=self.key())


def find_judge(
    splits: Splits,
    attributes: tuple[str, ...],
    role: Role,
    *,
    twin_faces: int | None = None,
    recipe: Recipe | None = None,
    live: bool = True,
) -> Judge:
    """The judge of these attributes on this data set: from the cache, or trained now, which takes about half a minute.

    splits: the data set by the name of its split, such as `lambda split: TwinFaces(split=split)`. twin_faces: how
    many drawn faces it learns from, TWIN_FACES unless given. live: a moving bar
    is welcome where there is a terminal.
    """
    lesson, exam = lessons(splits, attributes, role, twin_faces=twin_faces or TWIN_FACES)
    order = Order(
        lesson=lesson,
        exam=exam,
        attributes=attributes,
        role=role,
        recipe=recipe or RECIPES[role],
        image_size=splits(SPLITS[role]).image_size,
    )
    return _read(order) or _train(order, live=live)


def _read(order: Order) -> Judge | None:
    """The judge of a file; None where there is none, or one that cannot be read."""
    size, outputs = order.image_size, len(order.attributes)
    found = read_network(order.path(), "accuracy", lambda: order.recipe.network(size, outputs))
    if found is None:
        return None
    network, accuracy = found
    return order.judge(network, {name: Accuracy(**values) for name, values in accuracy.items()})


def _train(order: Order, *, live: bool) -> Judge:
    title = f"training the {order.role} judge of {', '.join(order.attributes)} (once, then cached)"
    with Steps(title, live=live) as steps:
        network = train_network(order.lesson, order.recipe, tick=steps)
    # As it will be read: another layout in memory rounds otherwise.
    network.to(memory_format=torch.contiguous_format)
    judge = order.judge(network, examine(network, order.exam, order.attributes))
    accuracy = {name: asdict(values) for name, values in judge.accuracy.items()}
    write_network(order.path(), network, {"accuracy": accuracy})
    return judge
