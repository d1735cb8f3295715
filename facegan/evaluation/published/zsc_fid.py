"""FID of GeneGAN's two edits as one re-implementation reports it: with the attribute, and without it, 5,000 each.

Source, a re-implementation's code: scripts/eval_fid.py of zsc/genegan_torch; no paper's. The first 5,000 faces with
the attribute (A) and without it (B) of all of CelebA, in its order, make pairs: B wearing what A has is held against
A's faces, A without it against B's. Features are torchvision's ImageNet Inception-v3 (not the FID's own network),
2,048 means, of pictures enlarged bilinearly to 299 pixels; each covariance has 1e-6 added to its diagonal. At 128
pixels, Smiling: 16.22 with and 13.87 without at 31,318 iterations, as its page says.

Unlike this project's own `fid`: another network, the sources of the edits are the real faces themselves, and they are
training faces. Models that choose a style themselves are asked by `edit`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from facegan.attributes import positions
from facegan.data.sampling import to_network
from facegan.data.source import FaceSource
from facegan.errors import UserError
from facegan.evaluation.asking import DIRECTIONS, VALUE, Asked, Direction
from facegan.evaluation.cases import first_faces
from facegan.evaluation.judge_data import Splits
from facegan.evaluation.measures.realism import frechet
from facegan.evaluation.outside.backbone import LIBRARY_WEIGHTS, fill
from facegan.evaluation.published.deviations import other_faces, other_size
from facegan.evaluation.published.protocol import Figure, Found, Published, Tick
from facegan.models.base import Model

SIZE, FACES = 128, 5_000
SIDE, FEATURES = 299, 2_048
DIAGONAL = 1e-6
MEAN, DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
Features = Callable[[Tensor], Tensor]


@dataclass(frozen=True, slots=True, kw_only=True)
class ZscFID(Published):
    """faces: of either value. weights: a file of torchvision's Inception-v3, or DEFAULT, which downloads."""

    name: ClassVar[str] = "zsc_fid"
    version: ClassVar[int] = 1
    source: ClassVar[str] = "code of zsc/genegan_torch, a re-implementation of GeneGAN; no paper's"
    heads: ClassVar[Mapping[str, str]] = {"adding": "FID with it ↓", "removing": "FID without it ↓"}
    digits: ClassVar[Mapping[str, int]] = {"adding": 2, "removing": 2}

    weights: str | None

    def check(self, model: Model) -> None:
        """It needs an editor, and the weights of its network. Raises UserError without either."""
        if not _asked(model):
            raise UserError(f"{type(model).__name__} edits no attribute; {self.name} has nothing to ask of it.")
        if not self.weights:
            raise UserError(
                f"{self.name} needs the weights of torchvision's Inception-v3: weights=FILE, or "
                f"weights={LIBRARY_WEIGHTS}, which downloads them."
            )

    def find(self, model: Model, splits: Splits, tick: Tick) -> Found:
        """By the features of Inception-v3."""
        device = next((p.device for p in model.parameters()), torch.device("cpu"))
        network = inception(str(self.weights)).to(device)
        return self.compared(model, splits("all"), lambda images: network(prepared(images.to(device))).cpu(), tick)

    def compared(
        self, model: Model, source: FaceSource, features: Features, tick: Tick = lambda done, total: None
    ) -> Found:
        """The figures by these features, N x D, of pictures N x 3 x S x S in [-1, 1]."""
        figures, asked, done = list[Figure](), _asked(model), 0
        total, fewest = 2 * len(asked) * self.faces, self.faces
        for one in asked:
            index = {value: first_faces(source, one.attribute, value, self.faces) for value in (0, 1)}
            count = min(map(len, index.values()))
            fewest = min(fewest, count)
            real, made = (dict[Direction, Moments]() for _ in range(2))
            for start in range(0, count, self.chunk):
                part = {value: numbers[:count][start : start + self.chunk] for value, numbers in index.items()}
                images = {value: to_network(source.images(numbers)) for value, numbers in part.items()}
                for direction in DIRECTIONS:
                    wanted, lacking = VALUE[direction], 1 - VALUE[direction]
                    labels = source.labels[part[lacking]][:, positions(model.attributes, source.attributes)]
                    edited = one.change(direction, images[lacking], labels, images[wanted])
                    made.setdefault(direction, Moments()).add(features(edited))
                    real.setdefault(direction, Moments()).add(features(images[wanted]))
                done += 2 * len(part[0])
                tick(done, total)
            figures += [
                Figure(measure=d, row=one.attribute, value=distance(made[d], real[d]), count=count) for d in DIRECTIONS
            ]
        deviations = (*other_size(source.image_size, SIZE), *other_faces(source, fewest, FACES))
        return Found(figures=tuple(figures), deviations=deviations, details={"weights": self.weights})


class Moments:
    """The mean and the covariance of features that come in chunks."""

    def __init__(self) -> None:
        self.count, self.total, self.outer = 0, torch.zeros(()).double(), torch.zeros(()).double()

    def add(self, features: Tensor) -> None:
        """N x D."""
        exact = features.double()
        self.count, self.total = self.count + len(exact), self.total + exact.sum(0)
        self.outer = self.outer + exact.T @ exact

    def both(self) -> tuple[Tensor, Tensor]:
        """D, and D x D divided by n - 1."""
        mean = self.total / self.count
        covariance = (self.outer - self.count * mean.outer(mean)) / (self.count - 1)
        return mean, (covariance + covariance.T) / 2


def distance(one: Moments, other: Moments) -> float:
    """FID, with more on the diagonal; NaN for fewer than two faces of either."""
    if min(one.count, other.count) < 2:
        return float("nan")
    first, second = (
        (mean, covariance + DIAGONAL * torch.eye(len(mean), dtype=mean.dtype))
        for mean, covariance in (one.both(), other.both())
    )
    return frechet(first, second)


def prepared(images: Tensor) -> Tensor:
    """Pictures in [-1, 1] as the network was trained to see them, N x 3 x 299 x 299."""
    mean, deviation = (images.new_tensor(values)[:, None, None] for values in (MEAN, DEVIATION))
    large = F.interpolate((images + 1) / 2, (SIDE, SIDE), mode="bilinear", align_corners=False)
    return (large - mean) / deviation


def inception(weights: str) -> nn.Module:
    """Inception-v3 up to its 2,048 means, with these weights. Raises UserError for weights that cannot be had, and for
    those of another network.
    """
    from torchvision.models import inception_v3

    if weights == LIBRARY_WEIGHTS:
        try:
            network: nn.Module = inception_v3(weights=LIBRARY_WEIGHTS, transform_input=False)
        except (OSError, RuntimeError) as error:  # no connection, or a file that broke off on the way
            raise UserError(f"weights={weights} cannot be downloaded ({error}); name a file: weights=FILE.") from error
    elif Path(weights).is_file():
        network = inception_v3(init_weights=False, transform_input=False)
        fill(network, Path(weights), setting="weights")
    else:
        raise UserError(f"weights={weights}: there is no such file.")
    network.fc = nn.Identity()
    return network.eval().requires_grad_(False)


def _asked(model: Model) -> list[Asked]:
    found = [Asked(model, name) for name in model.attributes]
    return [one for one in found if one.transfers or one.edits]
