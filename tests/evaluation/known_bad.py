"""Editors whose worth is known: they look the answer up, and spoil it in one way each."""

from collections.abc import Callable
from dataclasses import fields
from typing import ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor

from facegan.data.twinfaces import ATTRIBUTES, Faces, exemplar_twin, render
from facegan.data.twinfaces.reference import random_style, style_blind_median
from facegan.data.twinfaces.supports import support
from facegan.evaluation.judges import Judge
from facegan.models.base import Model, verb

SIZE, HAT = 16, "Wearing_Hat"


class Oracle:
    """Renders, and remembers every face that it ever rendered: by its picture the face is found again."""

    def __init__(self) -> None:
        self.places: dict[bytes, int] = {}
        self.faces: list[Faces] = []
        self.pictures: list[Tensor] = []
        self.count = 0

    def render(self, faces: Faces, *, image_size: int) -> Tensor:
        pictures = render(faces, image_size=image_size)
        new = [row for row, picture in enumerate(pictures) if self._key(picture) not in self.places]
        for row in new:
            self.places.setdefault(self._key(pictures[row]), self.count + new.index(row))
        self.faces.append(faces[torch.tensor(new, dtype=torch.int64)])
        self.pictures.append(pictures[new])
        self.count += len(new)
        return pictures

    def find(self, pictures: Tensor) -> Faces:
        """The faces of these pictures; of those that were never rendered the nearest."""
        places = [self.places.get(self._key(picture), -1) for picture in pictures]
        if -1 in places:
            known = torch.cat(self.pictures).flatten(1)
            nearest = torch.cdist(pictures.flatten(1), known).argmin(1).tolist()
            places = [near if place < 0 else place for place, near in zip(places, nearest, strict=True)]
        every = {f.name: torch.cat([getattr(part, f.name) for part in self.faces]) for f in fields(Faces)}
        return Faces(**every)[torch.tensor(places)]

    def twins(self, images: Tensor, exemplars: Tensor) -> Tensor:
        """The true answers."""
        return render(exemplar_twin(self.find(images), self.find(exemplars), HAT), image_size=SIZE)

    def value(self, exemplars: Tensor) -> int:
        """Whether these exemplars wear hats: the direction of a request."""
        return int(self.find(exemplars[:1]).labels[0, ATTRIBUTES.index(HAT)])

    @staticmethod
    def _key(picture: Tensor) -> bytes:
        return picture.contiguous().numpy().tobytes()


Change = Callable[[Oracle, Judge, Tensor, Tensor], Tensor]


def noise(images: Tensor, deviation: float) -> Tensor:
    generator = torch.Generator().manual_seed(8)
    return images + deviation * torch.randn(images.shape, generator=generator)


def soft(images: Tensor) -> Tensor:
    return F.avg_pool2d(F.pad(images, (2, 2, 2, 2), mode="replicate"), 5, stride=1)


def mean_face(oracle: Oracle, judge: Judge, images: Tensor, exemplars: Tensor) -> Tensor:
    return exemplars.mean(0, keepdim=True).expand_as(images)


def median(oracle: Oracle, judge: Judge, images: Tensor, exemplars: Tensor) -> Tensor:
    return style_blind_median(oracle.find(images), HAT, oracle.value(exemplars), image_size=SIZE, styles=6)


def another_style(oracle: Oracle, judge: Judge, images: Tensor, exemplars: Tensor) -> Tensor:
    return random_style(oracle.find(images), HAT, oracle.value(exemplars), image_size=SIZE)


def speck(oracle: Oracle, judge: Judge, images: Tensor, exemplars: Tensor) -> Tensor:
    """An attack on the judge that no eye would see."""
    sign = 1 if oracle.value(exemplars) else -1
    found = images.clone()
    with torch.enable_grad():
        for _ in range(SPECK_STEPS):
            asked = found.detach().requires_grad_()
            (way,) = torch.autograd.grad(sign * judge.network(asked).sum(), asked)
            found = images + (found + SPECK / 4 * way.sign() - images).clamp(-SPECK, SPECK)
    return found.detach()


def background(oracle: Oracle, judge: Judge, images: Tensor, exemplars: Tensor) -> Tensor:
    may = support(oracle.find(images), HAT, image_size=SIZE)[:, None]
    return torch.where(may, oracle.twins(images, exemplars), -images)


SPECK, SPECK_STEPS = 0.05, 8

EDITORS: dict[str, Change] = {
    "perfect": lambda oracle, judge, images, exemplars: oracle.twins(images, exemplars),
    "nothing": lambda oracle, judge, images, exemplars: images,
    "blur": lambda oracle, judge, images, exemplars: soft(images),
    "mean face": mean_face,
    "median": median,
    "half": lambda oracle, judge, images, exemplars: 0.5 * (images + oracle.twins(images, exemplars)),
    "speck": speck,
    "random style": another_style,
    "paste": lambda oracle, judge, images, exemplars: exemplars,
    "noise": lambda oracle, judge, images, exemplars: noise(oracle.twins(images, exemplars), 0.15),
    "background": background,
}


class Follower(Model):
    """Transfers; its strength goes straight from the source to the edit and on."""

    paper: ClassVar[str] = "none"
    verb_parts: ClassVar[tuple[str, ...]] = ()

    def __init__(self, change: Change, oracle: Oracle, judge: Judge) -> None:
        super().__init__(image_size=SIZE, attributes=(HAT,), weights={})
        self.change, self.oracle, self.seen_by = change, oracle, (judge,)

    @verb
    def reconstruct(self, images: Tensor) -> Tensor:
        return images

    @verb
    def transfer(self, images: Tensor, exemplars: Tensor, attribute: str, strength: float = 1.0) -> Tensor:
        return images.lerp(self.change(self.oracle, self.seen_by[0], images, exemplars), strength)


class Chooser(Model):
    """Edits in a style of its own choice, and reconstructs as it edits nothing: badly or well."""

    paper: ClassVar[str] = "none"
    verb_parts: ClassVar[tuple[str, ...]] = ()

    def __init__(self, change: Change, oracle: Oracle, judge: Judge, exemplars: dict[int, Tensor]) -> None:
        super().__init__(image_size=SIZE, attributes=(HAT,), weights={})
        self.change, self.oracle, self.seen_by, self.exemplars = change, oracle, (judge,), exemplars

    @verb
    def reconstruct(self, images: Tensor) -> Tensor:
        return self.change(self.oracle, self.seen_by[0], images, images)

    @verb
    def edit(self, images: Tensor, target: Tensor) -> Tensor:
        exemplar = self.exemplars[int(target[0, 0])].expand_as(images)
        return self.change(self.oracle, self.seen_by[0], images, exemplar)
