"""Recovery: how much of a factor that nobody labelled a code tells, in generated faces.

Legend: N faces, F factors, S pixels.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import torch
from torch import Tensor
from torch.nn import functional as F

from facegan.data.twinfaces import Faces, render, sample
from facegan.data.twinfaces.factors import TRAITS, decoded
from facegan.data.twinfaces.look import LOOK
from facegan.evaluation.judge_networks import JudgeNetwork
from facegan.evaluation.measures.about import About

RECOVERED = About(
    name="recovered",
    title="Factor recovered from codes",
    unit="share of the factor's variance, 1 at most; 0 for none",
    better="higher",
    means="How much of a factor's variance over generated faces their latent codes tell, by least squares on faces "
    "that it was not fitted on; the factor as a network reads it that learned it on TwinFaces.",
    blind="Relations that are not quadratic; factors that the network cannot read; which code it is.",
)

FACTORS = (*(column.name for column in LOOK), *(f"{name}:{part}" for name in ("skin", "hair") for part in "rgb"))
SEED = 551_207  # of a TwinFaces stream that no run is trained on
TRUSTED = 0.7  # of a factor's variance on real faces, below which the gauge is not asked for it
RIDGE = 1.0
FACES_PER_STEP = 16
PART = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Gauge:
    """Reads factors off faces. names: the F factors; trust: the share of each one's variance that it tells, F."""

    network: Callable[[Tensor], Tensor]
    names: tuple[str, ...]
    trust: Tensor

    def __call__(self, images: Tensor) -> Tensor:
        """N x F, each about 0 with variance 1 over TwinFaces; images N x 3 x S x S in [-1, 1]."""
        return torch.cat([self.network(part) for part in images.split(PART)])


@cache
def gauge(image_size: int, *, steps: int = 500) -> Gauge:
    """A gauge of FACTORS, trained now on fresh TwinFaces, which takes half a minute; a second call has it back.

    The caller's random numbers stay as they were.
    """
    faces = FACES_PER_STEP * steps
    learn, exam = _drawn(0, faces, image_size), _drawn(faces, faces // 8, image_size)
    values = [_factors(drawn) for drawn, _ in (learn, exam)]
    mean, spread = values[0].mean(0), values[0].std(0).clamp_min(1e-6)
    wanted, answers = ((value - mean) / spread for value in values)
    with torch.random.fork_rng(devices=[]), torch.enable_grad():
        torch.manual_seed(SEED)
        network = _fit(learn[1], wanted, image_size, steps)
    says = torch.cat([network(part) for part in exam[1].split(PART)])
    return Gauge(network=network, names=FACTORS, trust=_explained(says, answers, answers.mean(0)))


def recovered(codes: Tensor, values: Tensor) -> Tensor:
    """The share of each factor's variance that codes tell, F, at most 1; fitted on the first half, told on the second.

    codes: N x C numbers; values: N x F. Quadratic least squares with a little ridge. Zero for a factor that does not
    vary at all. Cannot see relations of a higher order.
    """
    half = len(codes) // 2
    basis = _quadratic(codes.double())
    spread = basis[:half].std(0)
    basis = (basis - basis[:half].mean(0)) / torch.where(spread > 1e-6, spread, torch.inf)
    mean = values[:half].double().mean(0)
    wanted = values.double() - mean
    gram = basis[:half].T @ basis[:half] + RIDGE * torch.eye(basis.shape[1], dtype=basis.dtype)
    fitted = torch.linalg.solve(gram, basis[:half].T @ wanted[:half])
    return _explained(basis[half:] @ fitted, wanted[half:], torch.zeros_like(mean))


def _quadratic(codes: Tensor) -> Tensor:
    pairs = [codes[:, i] * codes[:, j] for i in range(codes.shape[1]) for j in range(i + 1)]
    return torch.cat([codes, torch.stack(pairs, dim=1)], dim=1)


def _explained(says: Tensor, wanted: Tensor, mean: Tensor) -> Tensor:
    around = (wanted - mean).square().mean(0)
    return torch.where(around > 1e-6, 1 - (wanted - says).square().mean(0) / around.clamp_min(1e-6), 0.0)


def _drawn(start: int, count: int, image_size: int) -> tuple[Faces, Tensor]:
    parts = torch.arange(start, start + count).split(1000)
    images = torch.cat([render(sample(part, seed=SEED, split="test"), image_size=image_size) for part in parts])
    return sample(torch.arange(start, start + count), seed=SEED, split="test"), images


def _factors(faces: Faces) -> Tensor:
    return decoded(faces)[:, [TRAITS.index(name) for name in FACTORS]]


def _fit(images: Tensor, wanted: Tensor, image_size: int, steps: int) -> JudgeNetwork:
    network = JudgeNetwork(block="residual", width=16, image_size=image_size, outputs=wanted.shape[1])
    network = network.to(memory_format=torch.channels_last)
    optimizer = torch.optim.AdamW(network.parameters(), lr=3e-3, weight_decay=1e-2)
    rate = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=3e-3, total_steps=steps)
    for _ in range(steps):
        chosen = torch.randint(len(images), (64,))
        seen = images[chosen] + 0.08 * torch.rand(64, 1, 1, 1) * torch.randn_like(images[chosen])
        loss = F.mse_loss(network(seen.contiguous(memory_format=torch.channels_last)), wanted[chosen])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        rate.step()
    return network.eval().requires_grad_(False)
