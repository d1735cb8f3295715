"""The data set's card: how hard it is, measured once per version and frozen beside the code.

`python -m facegan.data.twinfaces.card` writes card.json anew.
"""

import hashlib
import json

import torch
from torch import Tensor

from facegan.data.twinfaces.factors import Faces, sample
from facegan.data.twinfaces.labels import MARGINALS
from facegan.data.twinfaces.regions import regions
from facegan.data.twinfaces.renderer import render
from facegan.data.twinfaces.source import to_bytes
from facegan.data.twinfaces.styles import ATTRIBUTES, STYLES
from facegan.data.twinfaces.twins import with_attribute
from facegan.data.twinfaces.version import CARD, VERSION

_COMPONENTS = 64


def read_card() -> dict[str, object]:
    """The frozen card."""
    card: dict[str, object] = json.loads(CARD.read_text())
    return card


def make_card(*, faces: int = 4000, masks: int = 256) -> dict[str, object]:
    """The card, measured anew: areas at 64 pixels on `masks` faces, the rest at 32 pixels on `faces` faces."""
    train = render(sample(torch.arange(faces), seed=0), image_size=32)
    test = render(sample(torch.arange(masks), seed=0, split="test"), image_size=32)
    shown = sample(torch.arange(masks), seed=0, split="test")
    return {
        "version": VERSION,
        "marginals": dict(MARGINALS),
        "style_factors": {f"{name}={v}": len(STYLES.get((name, v), ())) for name in ATTRIBUTES for v in (0, 1)},
        "held_out_share": {name: round(float(shown.held_out(name).float().mean()), 4) for name in ATTRIBUTES},
        "mask_areas": {name: mask_areas(shown, name) for name in ATTRIBUTES},
        "pca_residual": {"components": _COMPONENTS, "unexplained": round(pca_residual(train, test), 5)},
        "nearest_neighbour_error": round(nearest_error(train, test), 5),
        "fingerprint": fingerprint(),
        "sha256": checksum(),
    }


def mask_areas(faces: Faces, attribute: str) -> dict[str, float]:
    """Shares of the image, 64 pixels, when the attribute is switched over in the faces' own styles."""
    off, on = with_attribute(faces, attribute, 0), with_attribute(faces, attribute, 1)
    adding, removing = (regions(a, b, attribute, image_size=64) for a, b in ((off, on), (on, off)))
    planes = {
        "changed": adding.changed,
        "may": adding.may,
        "hidden_adding": adding.hidden,
        "hidden_removing": removing.hidden,
    }
    return {name: round(float(plane.float().mean()), 5) for name, plane in planes.items()}


def pca_residual(train: Tensor, test: Tensor) -> float:
    """The share of fresh faces' variance that the first 64 principal components leave."""
    flat, fresh = train.flatten(1).double(), test.flatten(1).double()
    mean = flat.mean(dim=0)
    scatter = (flat - mean).T @ (flat - mean)
    basis = torch.linalg.eigh(scatter).eigenvectors[:, -_COMPONENTS:]
    centred = fresh - mean
    rest = centred - (centred @ basis) @ basis.T
    return float(rest.square().sum() / centred.square().sum())


def nearest_error(train: Tensor, test: Tensor) -> float:
    """The mean absolute error, in [-1, 1], of answering with the nearest training face."""
    flat, fresh = train.flatten(1), test.flatten(1)
    return float((torch.cdist(fresh, flat, p=1.0).min(dim=1).values / flat.shape[1]).mean())


def fingerprint() -> list[float]:
    """Means over 8 x 8 blocks of eight faces at 32 pixels, which survive another machine's rounding."""
    images = render(sample(torch.arange(8), seed=0, split="test"), image_size=32)
    return [round(float(x), 4) for x in torch.nn.functional.avg_pool2d(images, 8).flatten()]


def checksum() -> str:
    """SHA-256 of the same eight faces as bytes."""
    images = to_bytes(render(sample(torch.arange(8), seed=0, split="test"), image_size=32))
    return hashlib.sha256(images.numpy().tobytes()).hexdigest()


if __name__ == "__main__":
    CARD.write_text(json.dumps(make_card(), indent=1) + "\n")
