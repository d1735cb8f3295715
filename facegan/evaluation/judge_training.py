"""Trains a judge: binary cross-entropy, classes balanced, faces a little blurred and noisy, as edits are."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from facegan.evaluation.judge_data import Lesson
from facegan.evaluation.judge_networks import JudgeNetwork


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """All that makes a judge apart from its data. rate: AdamW's greatest, in one cycle. noise: in [-1, 1]."""

    block: str
    width: int
    seed: int
    steps: int = 700
    batch: int = 64
    rate: float = 3e-3
    noise: float = 0.08

    def network(self, image_size: int, outputs: int) -> JudgeNetwork:
        """An untrained network."""
        return JudgeNetwork(block=self.block, width=self.width, image_size=image_size, outputs=outputs)


def train_network(
    lesson: Lesson, recipe: Recipe, *, tick: Callable[[int, int], None] = lambda done, total: None
) -> JudgeNetwork:
    """A judge's network, in eval mode. The caller's random numbers stay as they were. tick: steps done, of how many."""
    images = lesson.images()
    with torch.random.fork_rng(devices=[]), torch.enable_grad():
        torch.manual_seed(recipe.seed)
        network = recipe.network(images.shape[-1], lesson.labels.shape[1]).to(memory_format=torch.channels_last)
        optimizer = torch.optim.AdamW(network.parameters(), lr=recipe.rate, weight_decay=1e-2)
        rate = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=recipe.rate, total_steps=recipe.steps)
        weights = _balance(lesson.labels)
        for step in range(recipe.steps):
            chosen = torch.randint(len(lesson.labels), (recipe.batch,))
            loss = _loss(network(worn(images[chosen], noise=recipe.noise)), lesson.labels[chosen], weights)
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
            rate.step()
            tick(step + 1, recipe.steps)
    return network.eval().requires_grad_(False)


def _loss(logits: Tensor, labels: Tensor, weights: Tensor) -> Tensor:
    known = ~labels.isnan()
    wanted = labels.nan_to_num(nan=0.0)
    weight = torch.where(wanted > 0, weights[1], weights[0]) * known
    loss = F.binary_cross_entropy_with_logits(logits, wanted, weight=weight, reduction="sum")
    return loss / known.sum().clamp_min(1)


def _balance(labels: Tensor) -> Tensor:
    """Weights 2 x K for lacking and having, such that both weigh the same in all; labels N x K."""
    share = labels.nanmean(0).clamp(0.01, 0.99)
    return torch.stack([0.5 / (1 - share), 0.5 / share])


def worn(images: Tensor, *, noise: float) -> Tensor:
    """8-bit faces N x 3 x S x S as floats in [-1, 1], each turned over or not, blurred and noisy to its own degree."""
    faces = images.float().div_(127.5).sub_(1.0).contiguous(memory_format=torch.channels_last)
    count = len(faces)
    turned = torch.rand(count) < 0.5
    faces[turned] = faces[turned].flip(-1)
    soft = F.avg_pool2d(F.pad(faces, (1, 1, 1, 1), mode="replicate"), 3, stride=1)
    # Half of the faces stay sharp.
    share = (torch.rand(count, 1, 1, 1) * 2 - 1).clamp_min(0)
    return faces.lerp(soft, share) + torch.randn_like(faces) * (torch.rand(count, 1, 1, 1) * noise)
