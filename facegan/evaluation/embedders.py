"""Embedders: who a person is, as a vector of length 1. Judges like the others, and never a part of a model.

On TwinFaces it is the project's own, trained once on pairs of pictures of the same persons, and kept with the judges;
on photographs dlib's, where the extra `judges` is installed.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from facegan.data.source import FaceSource
from facegan.data.twinfaces import TwinFaces, render, sample
from facegan.evaluation.dlib_embedder import dlib_embedding
from facegan.evaluation.judge_cache import judge_folder
from facegan.evaluation.judge_networks import Classifier
from facegan.evaluation.judge_training import Recipe, descend, worn
from facegan.evaluation.judges import chunks
from facegan.evaluation.measures.identity import likeness, verification
from facegan.evaluation.network_files import read_network, write_network
from facegan.evaluation.persons import another_picture
from facegan.evaluation.progress import Steps

VERSION = 1
RECIPE = Recipe(block="residual", width=16, seed=52_590, steps=900, batch=48)
PERSONS, EXAM = 4_000, 400
DIMENSIONS = 32
TEMPERATURE = 0.1
SEED = 550_719  # of TwinFaces streams that no run is ever given


@dataclass(frozen=True, slots=True, kw_only=True)
class Embedder:
    """embed: N x 3 x S x S in [-1, 1] to N x D of length 1. accuracy: balanced, at telling pairs of one person from
    pairs of two that it never saw; NaN where nobody examined it here.
    """

    name: str
    key: str
    accuracy: float
    embed: Callable[[Tensor], Tensor]

    def facts(self) -> dict[str, Any]:
        """What a result says of it."""
        return {"name": self.name, "key": self.key, "accuracy": self.accuracy}


def find_embedder(source: FaceSource, *, recipe: Recipe | None = None, persons: int | None = None) -> Embedder | None:
    """The embedder of a data set: TwinFaces' own, from the cache or trained now; dlib's; None where that is missing.

    recipe, persons: RECIPE and PERSONS unless given.
    """
    if isinstance(source, TwinFaces):
        return _own(source.image_size, recipe or RECIPE, persons or PERSONS)
    embed = dlib_embedding()
    return embed and Embedder(name="dlib's face embedding", key="resnet v1", accuracy=float("nan"), embed=embed)


def _own(image_size: int, recipe: Recipe, persons: int) -> Embedder:
    first = _pictures(torch.arange(4), 0, image_size, "train")
    made_of = [VERSION, image_size, asdict(recipe), persons, DIMENSIONS, TEMPERATURE]
    digest = hashlib.sha256(json.dumps(made_of, sort_keys=True).encode())
    digest.update(first.numpy().tobytes())
    key = digest.hexdigest()[:16]
    path = judge_folder() / f"embedder-{key}.safetensors"
    found = read_network(path, "accuracy", lambda: recipe.network(image_size, DIMENSIONS))
    if found is None:
        network = _trained(image_size, recipe, persons).to(memory_format=torch.contiguous_format)
        found = network, _examined(network, image_size)
        write_network(path, network, {"accuracy": found[1]})
    network, accuracy = found
    return Embedder(name=f"TwinFaces embedder v{VERSION}", key=key, accuracy=accuracy, embed=embedding(network))


def embedding(network: nn.Module) -> Callable[[Tensor], Tensor]:
    """The network's answers at length 1."""

    @torch.no_grad()
    def embed(images: Tensor) -> Tensor:
        return torch.cat([F.normalize(network(part), dim=1) for part in chunks(images)])

    return embed


def _trained(image_size: int, recipe: Recipe, persons: int) -> Classifier:
    """Contrastive: of all pictures in a batch, the other one of the same person is to be the nearest."""
    numbers = torch.arange(persons)
    views = torch.stack([_pictures(numbers, view, image_size, "train") for view in (0, 1)])
    with torch.random.fork_rng(devices=[]), torch.enable_grad():
        torch.manual_seed(recipe.seed)
        network = recipe.network(image_size, DIMENSIONS).to(memory_format=torch.channels_last)
        with Steps("training the embedder of TwinFaces' persons (once, then cached)") as steps:
            _fit(network, views, recipe, steps)
    network.eval().requires_grad_(False)
    # Strangers are to be at right angles on average, not all in one corner.
    some = views.flatten(0, 1)[:: max(1, 2 * persons // 1_000)]
    network.head.bias.sub_(network(some.float() / 127.5 - 1).mean(0))
    return network


def _fit(network: nn.Module, views: Tensor, recipe: Recipe, tick: Callable[[int, int], None]) -> None:
    size = min(recipe.batch, views.shape[1])

    def loss() -> Tensor:
        chosen = torch.randperm(views.shape[1])[:size]
        codes = network(worn(views[:, chosen].flatten(0, 1), noise=recipe.noise))
        one, other = F.normalize(codes - codes.mean(0), dim=1).chunk(2)
        alike = one @ other.T / TEMPERATURE
        answer = torch.arange(size)
        return F.cross_entropy(alike, answer) + F.cross_entropy(alike.T, answer)

    descend(network, loss, recipe, tick)


def _pictures(numbers: Tensor, view: int, image_size: int, split: str) -> Tensor:
    """Persons in one of their pictures, N x 3 x S x S uint8; view 0 is the face as it is sampled."""
    faces = sample(numbers, seed=SEED, split=split)
    drawn = another_picture(faces, seed=SEED + view, split=split) if view else faces
    return ((render(drawn, image_size=image_size) + 1) * 127.5).round().to(torch.uint8)


def _examined(network: nn.Module, image_size: int) -> float:
    embed, numbers = embedding(network), torch.arange(EXAM)
    one, other = (embed(_pictures(numbers, view, image_size, "test").float() / 127.5 - 1) for view in (0, 1))
    return verification(likeness(one, other).each, likeness(one, other.roll(1, 0)).each)
