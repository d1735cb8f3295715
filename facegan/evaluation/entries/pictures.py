"""A model that only shows what another one made: the answers of an outsider, found by the face that is asked about.

Legend: N faces, R requests, S pixels.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor

from facegan.data.sampling import to_network
from facegan.errors import UserError
from facegan.evaluation.asking import VALUE
from facegan.evaluation.entries.entry import ENTRY, Entry
from facegan.evaluation.entries.manifest import Manifest, Request
from facegan.evaluation.entries.problems import Problems
from facegan.models.base import Model, verb

THUMB = 8
# A face drawn again may round to the neighbouring level of 8 bits: 1 of 255, and half of one for the rounding itself.
NEAR = 1.51 * 2 / 255

OWN = {ENTRY, "evaluation"}  # of a folder of edits, beside its pictures


@dataclass(frozen=True, slots=True)
class Shelf:
    """Requests with their answers, R x 3 x S x S uint8 each."""

    sources: Tensor
    exemplars: Tensor
    edits: Tensor

    def find(self, images: Tensor, exemplars: Tensor | None) -> Tensor:
        """The answers, N x 3 x S x S in [-1, 1], to faces (and exemplars, where they matter) that were frozen.

        Raises UserError for a face that was not.
        """
        asked, frozen = [images], [self.sources]
        if exemplars is not None:
            asked, frozen = [images, exemplars], [self.sources, self.exemplars]
        mine = torch.cat([_thumbs(one) for one in asked], 1)
        theirs = torch.cat([_thumbs(to_network(one)) for one in frozen], 1)
        found = torch.cdist(mine, theirs, compute_mode="donot_use_mm_for_euclid_dist").argmin(1)
        for ask, keep in zip(asked, frozen, strict=True):
            if float((ask - to_network(keep[found])).abs().max()) > NEAR:
                raise UserError("a face of this protocol is not among the frozen ones; export with this version.")
        return to_network(self.edits[found])


class Pictures(Model):
    """Edits with the pictures of an entry, at strength 1; it cannot reconstruct, and knows no other strength."""

    paper: ClassVar[str] = "an entry from elsewhere"
    verb_parts: ClassVar[tuple[str, ...]] = ()
    degrees: ClassVar[bool] = False
    recorded: ClassVar[bool] = True

    def __init__(
        self, shelves: Mapping[tuple[str, int], Shelf], *, image_size: int, attributes: tuple[str, ...]
    ) -> None:
        super().__init__(image_size=image_size, attributes=attributes, weights={})
        self.shelves = shelves

    @verb
    def edit(self, images: Tensor, target: Tensor) -> Tensor:
        """The pictures for these faces, N x 3 x S x S in [-1, 1]; target: N x K, one attribute in {0, 1}."""
        (place,) = (~target[0].isnan()).nonzero().flatten().tolist()
        return self.shelves[self.attributes[place], int(target[0, place])].find(images, None)


class ExemplarPictures(Pictures):
    """The same of a system that looks at exemplars."""

    @verb
    def transfer(self, images: Tensor, exemplars: Tensor, attribute: str) -> Tensor:
        """The pictures for these faces with these exemplars, N x 3 x S x S in [-1, 1] each."""
        return self.shelves[attribute, 1].find(images, exemplars)


def open_pictures(folder: Path, manifest: Manifest, root: Path, entry: Entry) -> Pictures:
    """The model of a folder of edits. root: where the frozen files are.

    Raises UserError, after a line for each kind of problem, where pictures are missing, too many or not as wanted.
    """
    names = {f"{request.id}.png" for request in manifest.requests}
    there = {path.name for path in folder.iterdir() if path.name not in OWN}
    problems = Problems(f"edits={folder}")
    problems.add("missing", sorted(names - there))
    problems.add("extra, for which there is no request", sorted(there - names))
    found = {name: _decode(folder / name) for name in sorted(names & there)}
    size = manifest.image_size
    problems.add("not an RGB picture of 8 bits", [name for name, image in found.items() if image is None])
    sizes = {name: image for name, image in found.items() if image is not None and image.shape != (3, size, size)}
    problems.add(f"of a wrong size, where {size} x {size} is wanted", [*sizes])
    problems.raise_any(f"{len(names)} pictures are wanted, one for each request of the manifest.")
    kind = ExemplarPictures if entry.uses_exemplars else Pictures
    edits = {name.removesuffix(".png"): image for name, image in found.items() if image is not None}
    return kind(_shelves(manifest, root, edits), image_size=size, attributes=manifest.attributes)


def _shelves(manifest: Manifest, root: Path, edits: Mapping[str, Tensor]) -> dict[tuple[str, int], Shelf]:
    groups: dict[tuple[str, int], list[Request]] = {}
    for request in manifest.requests:
        groups.setdefault((request.attribute, VALUE[request.direction]), []).append(request)
    return {
        key: Shelf(
            _stack(root, [r.source for r in requests]),
            _stack(root, [r.exemplar for r in requests]),
            torch.stack([edits[r.id] for r in requests]),
        )
        for key, requests in groups.items()
    }


def _stack(root: Path, names: Sequence[str]) -> Tensor:
    images = [_decode(root / name) for name in names]
    return torch.stack([image for image in images if image is not None])


def _decode(path: Path) -> Tensor | None:
    """3 x H x W uint8; None for what is no RGB picture of 8 bits."""
    try:
        with Image.open(path) as picture:
            if picture.mode != "RGB":
                return None
            return torch.from_numpy(np.array(picture)).permute(2, 0, 1)
    except (OSError, ValueError, Image.DecompressionBombError):
        return None


def _thumbs(images: Tensor) -> Tensor:
    return F.adaptive_avg_pool2d(images.float(), THUMB).flatten(1)
