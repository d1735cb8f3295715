"""Photographs that wear what TwinFaces wear: the same painters, over a photograph instead of a drawn face.

Legend: N faces, S pixels.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from facegan.attributes import position
from facegan.data.align import Framing
from facegan.data.errors import DataError
from facegan.data.phototwins.light import light_of
from facegan.data.phototwins.placing import placed
from facegan.data.phototwins.shadow import shaded, shadow
from facegan.data.sampling import to_network
from facegan.data.source import FaceSource
from facegan.data.twinfaces import ATTRIBUTES, Faces, Regions, sample
from facegan.data.twinfaces.factors import decoded
from facegan.data.twinfaces.paint.facial_hair import mustache
from facegan.data.twinfaces.paint.glasses import glasses
from facegan.data.twinfaces.paint.hat import hat
from facegan.data.twinfaces.regions import CHANGED_OVER
from facegan.data.twinfaces.stage import PLACE, Stage
from facegan.data.twinfaces.supports import reach

VERSION = 1


@dataclass(frozen=True, slots=True)
class _Layer:
    """A painter, the colours that the photograph's light falls on, and what five points do not say of the head.

    half_width: of the head where the layer touches it: hair included under a hat. skull: its height over the eyes.
    """

    painter: Callable[[Stage], None]
    colours: tuple[str, ...]
    half_width: float = 0.45
    skull: float = 0.66


_LAYERS = {
    "Eyeglasses": _Layer(glasses, ("frame", "lens"), half_width=0.39),
    "Wearing_Hat": _Layer(hat, ("felt",), half_width=0.465),
    "Mustache": _Layer(mustache, ("Mustache",)),
}
WORN: tuple[str, ...] = tuple(_LAYERS)
_PIXELS = 64 * 64 * 64  # painted at once


class PhotoTwins:
    """Faces of a data set of aligned photographs, with and without one attribute of WORN.

    A face is TwinFaces' `Faces` whose index is the number of a photograph; so TwinFaces' twins are twins here: whatever
    they change is what is painted. All but the layer is the photograph, bit for bit.
    Raises DataError where nobody knows where the faces are, UnknownAttributeError for other attributes and labels.
    """

    def __init__(self, source: FaceSource, attribute: str) -> None:
        position(attribute, WORN)
        template = Framing.from_dict(source.crop(), image_size=source.image_size).template
        if template is None:
            raise DataError(f"{source.name!r} is not aligned, so nobody knows where a layer goes: set data.align.")
        self.source, self.attribute, self.image_size = source, attribute, source.image_size
        self._labels = source.labels[:, position(attribute, source.attributes)]
        self._template, self._layer = template, _LAYERS[attribute]
        head = {"head_width": self._layer.half_width, "skull": self._layer.skull}
        self._place = {**placed(template), **head}

    def clean(self) -> Tensor:
        """The numbers of the photographs that do not show the attribute, by their labels."""
        return (self._labels == 0).nonzero().flatten()

    def faces(self, index: Tensor, *, seed: int, value: int) -> Faces:
        """Photographs by number, with the attribute (1) or without (0); styles by (seed, number), held-out ones too."""
        drawn = sample(index, seed=seed, split="test")
        labels = torch.zeros_like(drawn.labels)
        labels[:, ATTRIBUTES.index(self.attribute)] = value
        return replace(drawn, labels=labels, identity=self.source.identities[index])

    def draw(self, faces: Faces) -> Tensor:
        """The pictures, N x 3 x S x S in [-1, 1]."""
        step = max(1, _PIXELS // self.image_size**2)
        parts = [self._draw(faces[slice(start, start + step)]) for start in range(0, len(faces), step)]
        return torch.cat(parts) if parts else torch.zeros(0, 3, self.image_size, self.image_size)

    def regions(self, faces: Faces, twins: Faces, *, images: tuple[Tensor, Tensor] | None = None) -> Regions:
        """As `twinfaces.regions`, for these pictures."""
        before, after = images or (self.draw(faces), self.draw(twins))
        may = self.support(faces)
        hidden = self._cover(faces) - self._cover(twins) > 0.5
        return Regions(changed=(before - after).abs().amax(1) > CHANGED_OVER, may=may, hidden=hidden & may)

    def support(self, faces: Faces) -> Tensor:
        """The pixels that any style could alter, N x S x S bool."""
        return shaded(reach(self._stage(faces), self.attribute))

    @torch.no_grad()
    def _draw(self, faces: Faces) -> Tensor:
        stage = self._stage(faces)
        start = stage.canvas.clone()
        stage.canvas *= 1.0 - shadow(self._cover(faces))[:, None]
        self._layer.painter(stage)
        plain = to_network(self.source.images(faces.index))
        return (plain + 2.0 * (stage.canvas - start)).clamp(-1.0, 1.0)

    def _cover(self, faces: Faces) -> Tensor:
        stage = self._stage(faces)
        self._layer.painter(stage)
        return (stage.cover or {}).get(self.attribute, torch.zeros_like(stage.face))

    def _stage(self, faces: Faces) -> Stage:
        photographs = self.source.images(faces.index)
        stage = Stage(self._traits(faces, photographs), self.image_size, boxed=False, cover=True)
        stage.canvas.copy_(photographs.float() / 255.0)
        return stage

    def _traits(self, faces: Faces, photographs: Tensor) -> Tensor:
        """TwinFaces' traits, with the place and the light of the photographs."""
        traits = decoded(faces)
        for name, value in self._place.items():
            traits[:, PLACE[name]] = value
        level, turned = light_of(photographs, self._template)
        traits[:, PLACE["light_x"]] = turned
        for pigment in self._layer.colours:
            first = PLACE[f"{pigment}:r"]
            traits[:, first : first + 3] *= level[:, None]
        return traits
