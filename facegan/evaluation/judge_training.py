"""Trains a judge: binary cross-entropy, classes balanced, faces blurred, noisy and compressed as edits may be."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from facegan.evaluation.judge_data import Lesson
from facegan.evaluation.judge_networks import Classifier, JudgeNetwork
from facegan.evaluation.wear import compressed

MOVES = 8  # groups of a batch, each moved by its own step
ASIDE = 8  # one face of so many sets the threshold
COMPRESSED = 4  # one face of so many is a JPEG
ENOUGH = 20  # faces of either value without which no threshold is set


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """All that makes a judge apart from its data.

    block: what its network is made of. rate: AdamW's greatest, in one cycle. noise: in [-1, 1].
    """

    block: str
    width: int
    seed: int
    steps: int = 700
    batch: int = 64
    rate: float = 3e-3
    noise: float = 0.08

    def network(self, image_size: int, outputs: int) -> Classifier:
        """An untrained network."""
        return JudgeNetwork(block=self.block, width=self.width, image_size=image_size, outputs=outputs)


def train_network(
    lesson: Lesson, recipe: Recipe, *, tick: Callable[[int, int], None] = lambda done, total: None
) -> Classifier:
    """A judge's network, in eval mode. The caller's random numbers stay as they were. tick: steps done, of how many."""
    images, labels = lesson.images(), lesson.labels
    # Every eighth face only sets the threshold: on faces that it learned, a network is too sure of itself.
    aside = torch.arange(len(labels)) % ASIDE == ASIDE - 1
    with torch.random.fork_rng(devices=[]), torch.enable_grad():
        torch.manual_seed(recipe.seed)
        network = recipe.network(images.shape[-1], labels.shape[1]).to(memory_format=torch.channels_last)
        _fit(network, images[~aside], labels[~aside], recipe, tick)
    network.eval().requires_grad_(False)
    logits = torch.cat([network(part.float() / 127.5 - 1) for part in images[aside].split(recipe.batch)])
    network.head.bias.sub_(thresholds(logits, labels[aside]))
    return network


def _fit(network: nn.Module, images: Tensor, labels: Tensor, recipe: Recipe, tick: Callable[[int, int], None]) -> None:
    chances, weights = balance(labels)

    def loss() -> Tensor:
        chosen = torch.multinomial(chances, recipe.batch, replacement=True)
        return _loss(network(worn(images[chosen], noise=recipe.noise)), labels[chosen], weights)

    descend(network, loss, recipe, tick)


def descend(network: nn.Module, loss: Callable[[], Tensor], recipe: Recipe, tick: Callable[[int, int], None]) -> None:
    """Trains a network by the recipe; each call of `loss` draws a batch of its own."""
    optimizer = torch.optim.AdamW(network.parameters(), lr=recipe.rate, weight_decay=1e-2)
    rate = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=recipe.rate, total_steps=recipe.steps)
    for step in range(recipe.steps):
        value = loss()
        optimizer.zero_grad()
        value.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        rate.step()
        tick(step + 1, recipe.steps)


def thresholds(logits: Tensor, labels: Tensor) -> Tensor:
    """The logits, K, above which the balanced accuracy is greatest; 0 where a value has too few faces to tell.

    logits, labels: N x K. Of equally good thresholds the middle is taken.
    """
    return torch.stack([_threshold(logits[:, k], labels[:, k]) for k in range(labels.shape[1])])


def _threshold(logits: Tensor, labels: Tensor) -> Tensor:
    having, lacking = logits[labels == 1], logits[labels == 0]
    if min(len(having), len(lacking)) < ENOUGH:
        return logits.new_zeros(())
    marks = torch.cat([having, lacking]).sort().values
    between = (marks[1:] + marks[:-1]) / 2
    right = (having[:, None] > between).float().mean(0) + (lacking[:, None] <= between).float().mean(0)
    return between[right >= right.max() - 1e-6].median()


def _loss(logits: Tensor, labels: Tensor, weights: Tensor) -> Tensor:
    known = ~labels.isnan()
    wanted = labels.nan_to_num(nan=0.0)
    weight = torch.where(wanted > 0, weights[1], weights[0]) * known
    loss = F.binary_cross_entropy_with_logits(logits, wanted, weight=weight, reduction="sum")
    return loss / known.sum().clamp_min(1)


def balance(labels: Tensor) -> tuple[Tensor, Tensor]:
    """How often each face is drawn, N, and weights 2 x K for lacking and having; labels N x K.

    Rare values are drawn more often, so that they come in every batch; the weights then make both values of every
    attribute weigh the same in all.
    """
    having, lacking = (labels == 1).double(), (labels == 0).double()
    rarity = having / having.sum(0).clamp_min(1) + lacking / lacking.sum(0).clamp_min(1)
    chances = rarity.mean(1)
    drawn = torch.stack([(chances[:, None] * value).sum(0) for value in (lacking, having)])
    weights = 0.5 * drawn.sum(0) / drawn.clamp_min(1e-3 * float(drawn.max()))
    return chances, weights.to(labels.dtype)


def worn(images: Tensor, *, noise: float) -> Tensor:
    """8-bit faces N x 3 x S x S as floats in [-1, 1]: turned over or not, moved, blurred, noisy, compressed."""
    faces = images.float().div_(127.5).sub_(1.0).contiguous(memory_format=torch.channels_last)
    count = len(faces)
    turned = torch.rand(count) < 0.5
    faces[turned] = faces[turned].flip(-1)
    faces = torch.cat([_moved(part) for part in faces.chunk(MOVES)])
    soft = F.avg_pool2d(F.pad(faces, (1, 1, 1, 1), mode="replicate"), 3, stride=1)
    # Half of the faces stay sharp.
    share = (torch.rand(count, 1, 1, 1) * 2 - 1).clamp_min(0)
    faces = faces.lerp(soft, share) + torch.randn_like(faces) * (torch.rand(count, 1, 1, 1) * noise)
    some = count // COMPRESSED
    faces[:some] = compressed(faces[:some], int(torch.randint(40, 96, ())))
    return faces


def _moved(faces: Tensor) -> Tensor:
    """All of these faces moved by up to a pixel in 64, their borders repeated."""
    side, reach = faces.shape[-1], max(1, faces.shape[-1] // 64)
    padded = F.pad(faces, (reach, reach, reach, reach), mode="replicate")
    left, top = torch.randint(2 * reach + 1, (2,)).tolist()
    return padded[..., top : top + side, left : left + side]
