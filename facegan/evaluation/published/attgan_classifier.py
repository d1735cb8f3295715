"""The classifier by which AttGAN and STGAN count edits: its layers, its schedule, and where it is kept.

Source, the authors' code: att_classification of csmliu/STGAN, whose page says that it is AttGAN's and reaches a mean
accuracy of 94.5 % on the 13 attributes. Adam and the weight decay are TensorFlow's: decay is half the squared norm of
all kernels, within Adam's gradient, which torch's Adam (not AdamW) does as well. Kernels start as slim's do (Glorot,
uniform), biases at 0.

Differences: each epoch is a permutation of all faces, where TensorFlow shuffles within a window; running variances
are torch's.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor, nn

from facegan.data.counter import permutation, stream_key
from facegan.data.sampling import to_network
from facegan.data.source import FaceSource
from facegan.evaluation.judge_cache import judge_folder
from facegan.evaluation.judge_data import Lesson
from facegan.evaluation.judges import checksum
from facegan.evaluation.network_files import read_network, write_network
from facegan.evaluation.progress import Steps
from facegan.files import write_whole

VERSION = 1
WIDTHS, HIDDEN = (16, 32, 64, 128, 256), 512
RATE, DECAY, BATCH = 2e-4, 1e-4, 64
CALM = 8  # epochs at the full rate
SEED = 271_828  # of the first weights and of the order of faces
EDGE = 2 ** len(WIDTHS)

Tick = Callable[[int, int], None]


class AttGANClassifier(nn.Module):
    """Faces N x 3 x S x S in [-1, 1] to logits N x outputs, above 0 for "has it". S: a multiple of 32; 128 there."""

    def __init__(self, *, image_size: int, outputs: int) -> None:
        super().__init__()
        layers, before = list[nn.Module](), 3
        for width in WIDTHS:
            layers += [*_unit(before, width), *_unit(width, width), nn.MaxPool2d(2)]
            before = width
        self.maps = nn.Sequential(*layers)
        self.hidden = nn.Linear(before * (image_size // EDGE) ** 2, HIDDEN)
        self.head = nn.Linear(HIDDEN, outputs)
        self.apply(_begin)

    def forward(self, images: Tensor) -> Tensor:
        """The logits."""
        logits: Tensor = self.head(F.relu(self.hidden(self.maps(images).flatten(1))))
        return logits


def _unit(inputs: int, outputs: int) -> tuple[nn.Module, ...]:
    conv = nn.Conv2d(inputs, outputs, 3, padding=1, bias=False)
    return conv, nn.BatchNorm2d(outputs, eps=1e-5, momentum=0.1), nn.ReLU()


def _begin(module: nn.Module) -> None:
    if isinstance(module, (nn.Conv2d, nn.Linear)):
        nn.init.xavier_uniform_(module.weight)
        if module.bias is not None:
            nn.init.zeros_(module.bias)


def rate_at(epoch: int, epochs: int) -> float:
    """The learning rate of an epoch, from 0 on."""
    return float(RATE * (1 - max(epoch - CALM, 0) / epochs) ** 0.75)


def optimizer_of(network: AttGANClassifier) -> torch.optim.Adam:
    """Adam; kernels decay, biases and norms do not."""
    kernels = [p for p in network.parameters() if p.ndim > 1]
    others = [p for p in network.parameters() if p.ndim == 1]
    groups = [{"params": kernels, "weight_decay": DECAY}, {"params": others, "weight_decay": 0.0}]
    return torch.optim.Adam(groups, lr=RATE, betas=(0.9, 0.999), eps=1e-8)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trained:
    """A trained classifier, in eval mode. attributes: of its outputs; key: a hash of everything that made it.

    checksum: of the weights themselves, which machines round differently.
    """

    network: AttGANClassifier
    attributes: tuple[str, ...]
    key: str
    checksum: str

    def facts(self) -> dict[str, object]:
        """What a result says of it."""
        return {"key": self.key, "version": VERSION, "checksum": self.checksum}


def find_classifier(source: FaceSource, *, epochs: int, device: torch.device) -> Trained:
    """The classifier that learned from these faces: from the cache, or trained now, which takes hours.

    A training that was stopped goes on after its last whole epoch.
    """
    lesson = Lesson(labels=source.labels, draw=source.images)
    made_of = [VERSION, epochs, source.image_size, source.attributes, lesson.fingerprint()]
    key = hashlib.sha256(json.dumps(made_of).encode()).hexdigest()[:16]
    path = judge_folder() / f"attgan-classifier-{key}.safetensors"

    def make() -> AttGANClassifier:
        return AttGANClassifier(image_size=source.image_size, outputs=len(source.attributes))

    found = read_network(path, "epochs", make)
    if found is None:
        with Steps(f"training AttGAN's classifier over {epochs} epochs (once, then cached)") as steps:
            network = train(make, lesson, epochs=epochs, beside=path.with_suffix(".part"), device=device, tick=steps)
        write_network(path, network.cpu(), {"epochs": epochs})
        path.with_suffix(".part").unlink(missing_ok=True)
        found = network.eval().requires_grad_(False), epochs
    network, _ = found
    weights = checksum(network)  # of what is kept, wherever it runs
    return Trained(network=network.to(device), attributes=source.attributes, key=key, checksum=weights)


def train(
    make: Callable[[], AttGANClassifier],
    lesson: Lesson,
    *,
    epochs: int,
    beside: Path,
    device: torch.device,
    tick: Tick = lambda done, total: None,
) -> AttGANClassifier:
    """Trains by the published schedule. beside: the file from which a stopped training goes on."""
    with torch.random.fork_rng(devices=[]), torch.enable_grad():
        torch.manual_seed(SEED)
        network = make().to(device)
        optimizer = optimizer_of(network)
        size = min(BATCH, len(lesson.labels))
        batches = len(lesson.labels) // size
        for epoch in range(_resumed(beside, network, optimizer), epochs):
            for group in optimizer.param_groups:
                group["lr"] = rate_at(epoch, epochs)
            order = torch.from_numpy(permutation(stream_key(SEED, epoch), len(lesson.labels)))
            for number in range(batches):
                _step(network.train(), optimizer, lesson, order[number * size : (number + 1) * size])
                tick(epoch * batches + number + 1, epochs * batches)
            _keep(beside, network, optimizer, epoch + 1)
    return network


def _step(network: nn.Module, optimizer: torch.optim.Optimizer, lesson: Lesson, chosen: Tensor) -> None:
    device = next(network.parameters()).device
    labels, images = lesson.labels[chosen].to(device), to_network(lesson.draw(chosen)).to(device)
    known = ~labels.isnan()
    loss = F.binary_cross_entropy_with_logits(network(images)[known], labels[known])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()


def _keep(path: Path, network: nn.Module, optimizer: torch.optim.Optimizer, epochs: int) -> None:
    tensors = {f"network.{name}": value.contiguous() for name, value in network.state_dict().items()}
    for number, state in optimizer.state_dict()["state"].items():
        tensors |= {f"adam.{number}.{name}": value.contiguous() for name, value in state.items()}
    write_whole(path, save(tensors, metadata={"epochs": str(epochs)}))


def _resumed(path: Path, network: nn.Module, optimizer: torch.optim.Optimizer) -> int:
    """How many epochs are behind a stopped training, whose state is taken over; 0 where there is none of use."""
    try:
        with safe_open(path, framework="pt") as file:
            epochs = int(file.metadata()["epochs"])
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except (OSError, SafetensorError, KeyError, TypeError, ValueError):
        return 0
    network.load_state_dict({n.removeprefix("network."): v for n, v in tensors.items() if n.startswith("network.")})
    state: dict[int, dict[str, Tensor]] = {}
    for name, value in tensors.items():
        if name.startswith("adam."):
            _, number, what = name.split(".")
            state.setdefault(int(number), {})[what] = value
    optimizer.load_state_dict({"state": state, "param_groups": optimizer.state_dict()["param_groups"]})
    return epochs
