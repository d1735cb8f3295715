"""LPIPS where the weights of its backbone are: in a file that is named, or where torch keeps what it downloaded.

torchmetrics (the extra `lpips`) brings the network and its linear heads. Nothing is ever downloaded from here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from facegan.errors import UserError
from facegan.evaluation.judges import chunks
from facegan.evaluation.measures.lpips import lpips
from facegan.evaluation.measures.ratio import Ratio
from facegan.evaluation.outside.backbone import fill
from facegan.files import file_checksum

BACKBONES: Mapping[str, str] = {
    "alex": "alexnet-owt-7be5be79.pth",
    "vgg": "vgg16-397923af.pth",
    "squeeze": "squeezenet1_1-b8a52dc0.pth",
}
"""By the name of each, the file of its weights on ImageNet as torchvision names it."""
DEFAULT = "alex"  # as the authors report it


@dataclass(frozen=True, slots=True, kw_only=True)
class Perceptual:
    """network: two pictures to their distance, as `measures.lpips` takes it. checksum: of the file of its weights,
    the first 16 digits; torchvision's names have the first 8.
    """

    backbone: str
    checksum: str
    network: nn.Module

    def facts(self) -> dict[str, Any]:
        """What a result says of it."""
        return {"backbone": self.backbone, "checksum": self.checksum}

    @torch.no_grad()
    def distance(self, image: Tensor, target: Tensor) -> Ratio:
        """LPIPS of each face; N x 3 x S x S in [-1, 1]."""
        pairs = zip(chunks(image), chunks(target), strict=True)
        return Ratio.join([lpips(*pair, network=self.network) for pair in pairs])


def find_perceptual(named: str | None, backbone: str = DEFAULT) -> Perceptual | None:
    """LPIPS by the weights in the file `named`, else by those in torch's hub cache; None where there are none.

    backbone: one of BACKBONES. Raises UserError for another, for one that is asked for and has no weights, and for a
    file that is not there, cannot be read or is of another network.
    """
    if backbone not in BACKBONES:
        raise UserError(f"lpips_backbone={backbone}: choose one of {', '.join(BACKBONES)}.")
    path = Path(named) if named else hub_file(backbone)
    asked = bool(named) or backbone != DEFAULT
    if not path.is_file():
        if asked:
            raise UserError(f"lpips={path}: there is no such file; name one of {backbone}'s weights: lpips=FILE.")
        return None
    if find_spec("torchmetrics") is None:
        if asked:
            raise UserError(f"lpips={path} needs torchmetrics: pip install 'facegan[lpips]' brings it.")
        return None
    return Perceptual(backbone=backbone, checksum=file_checksum(path)[:16], network=_network(backbone, path))


def hub_file(backbone: str) -> Path:
    """Where torch keeps the weights of a backbone that it has once downloaded."""
    return Path(torch.hub.get_dir()) / "checkpoints" / BACKBONES[backbone]


def _network(backbone: str, path: Path) -> nn.Module:
    # Not the class that torchmetrics documents, which would download.
    library: Any = import_module("torchmetrics.functional.image.lpips")
    with torch.random.fork_rng(devices=[]):
        network: nn.Module = library._NoTrainLpips(net=backbone, pnet_rand=True)
    fill(_as_in_file(network.get_submodule("net")), path, setting="lpips")
    return network


def _as_in_file(backbone: nn.Module) -> nn.Module:
    """The very layers of a backbone, by the names that torchvision's file has for them."""
    slices = (part for part in backbone.modules() if isinstance(part, nn.Sequential))
    layers = {name: layer for part in slices for name, layer in part.named_children()}
    return nn.ModuleDict({"features": nn.ModuleDict(layers)})
