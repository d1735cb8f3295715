"""A judge on the features of a torchvision or timm network: a linear probe, trained and examined as the others are."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn

from facegan.errors import UserError
from facegan.evaluation.judge_cache import find_judge
from facegan.evaluation.judge_data import Splits
from facegan.evaluation.judge_networks import Classifier
from facegan.evaluation.judge_training import Recipe
from facegan.evaluation.judges import Judge
from facegan.evaluation.outside.origin import Origin
from facegan.files import file_checksum
from facegan.networks.backbones import Backbone

LIBRARY_WEIGHTS = "DEFAULT"


class BackboneNetwork(Classifier):
    """Faces N x 3 x S x S in [-1, 1], brought to `side` pixels, to logits N x outputs. All but the head is frozen."""

    def __init__(self, *, encoder: Backbone, side: int, outputs: int) -> None:
        super().__init__()
        self.side, self.encoder = side, encoder.requires_grad_(False)
        read = 2 * encoder.shape[0]
        self.norm, self.head = nn.LayerNorm(read, elementwise_affine=False), nn.Linear(read, outputs)

    def train(self, mode: bool = True) -> "BackboneNetwork":
        """The frozen network's own norms stay what they are."""
        super().train(mode)
        self.encoder.eval()
        return self

    def features(self, images: Tensor) -> Tensor:
        """Mean and maximum over places of its map, normalised, N x D."""
        if images.shape[-1] != self.side:
            images = F.interpolate(images, (self.side, self.side), mode="bilinear", antialias=True)
        maps, _ = self.encoder(images)
        normal: Tensor = self.norm(torch.cat([maps.mean((2, 3)), maps.amax((2, 3))], dim=1))
        return normal


@dataclass(frozen=True, slots=True, kw_only=True)
class BackboneRecipe(Recipe):
    """All that makes such a judge apart from its data. digest: SHA-256 of a file of weights; empty without one."""

    block: str = "backbone"
    width: int = 0
    seed: int = 64_220
    steps: int = 300
    rate: float = 1e-2
    library: str
    name: str
    weights: str
    stage: int | None
    side: int
    digest: str

    def network(self, image_size: int, outputs: int) -> BackboneNetwork:
        """The network with its weights, and a head that learned nothing yet."""
        named = None if self.digest else self.weights
        encoder = Backbone(image_size=self.side, library=self.library, name=self.name, stage=self.stage, weights=named)
        if self.digest:
            fill(encoder.network, Path(self.weights))
        return BackboneNetwork(encoder=encoder, side=self.side, outputs=outputs)


class BackboneJudge(Origin):
    """A linear probe on the mean and maximum of a network's map.

    weights: a file of the whole network's weights (.safetensors, or torch's, of tensors only), or DEFAULT or another of
    the library's names, which downloads. stage: how often the side is halved to the map; the deepest of at least 4
    pixels without it. side: pixels to which faces are brought.

    Raises UserError without weights, and for a file that cannot be read or is of another network.
    """

    def __init__(
        self,
        *,
        weights: str | None = None,
        library: str = "torchvision",
        name: str = "resnet18",
        stage: int | None = None,
        side: int = 64,
    ) -> None:
        if not weights:
            raise UserError(
                f"judge.weights: name a file of {name}'s weights, or {LIBRARY_WEIGHTS}; random ones judge nothing."
            )
        path = Path(str(weights))
        digest = file_checksum(path) if path.is_file() else ""
        if not digest and (path.suffix or path.parent != Path(".")):
            raise UserError(f"judge.weights={weights}: there is no such file.")
        self.recipe = BackboneRecipe(
            library=library, name=name, weights=str(weights), stage=stage, side=side, digest=digest
        )

    def find(self, splits: Splits, attributes: tuple[str, ...]) -> Judge:
        """From the cache, or its head trained now."""
        return find_judge(splits, attributes, "report", recipe=self.recipe)


def fill(network: nn.Module, path: Path, *, setting: str = "judge.weights") -> None:
    """Gives a network its weights from a file that may hold more; `setting` is what named it.

    Raises UserError for a file of another network, or that cannot be read.
    """
    found, wanted = _read(path, setting), network.state_dict()
    # What picks maps out of a network may hold it one step further in.
    named = {name: found.get(name, found.get(name.removeprefix("network."))) for name in wanted}
    fits = {name: v for name, v in named.items() if v is not None and v.shape == wanted[name].shape}
    missing = [name for name in wanted if name not in fits]
    if missing:
        raise UserError(
            f"{setting}={path}: {len(missing)} of the network's {len(wanted)} tensors are not in it or have "
            f"another shape, {missing[0]} among them; is it of another network?"
        )
    network.load_state_dict(fits)


def _read(path: Path, setting: str) -> dict[str, Tensor]:
    try:
        found: Any = (
            load_file(path)
            if path.suffix == ".safetensors"
            else torch.load(path, map_location="cpu", weights_only=True)
        )
    except (OSError, SafetensorError, RuntimeError, ValueError, EOFError) as error:
        raise UserError(f"{setting}={path} cannot be read ({str(error).splitlines()[0]}).") from error
    except Exception as error:  # pickle's own errors, and torch's refusal of what is no tensor
        raise UserError(f"{setting}={path} holds more than tensors, or none; save its state_dict.") from error
    if not (isinstance(found, dict) and all(isinstance(value, Tensor) for value in found.values())):
        raise UserError(f"{setting}={path} holds more than tensors; save its state_dict.")
    return found
