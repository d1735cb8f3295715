"""The classifier whose accuracy on rare faces is the measure: trained anew for every arm, always in the same steps."""

from functools import partial

import torch
import torch.nn.functional as F
from torch import Tensor

from experiments.augmentation.faces import Set
from facegan.data.sampling import to_network
from facegan.evaluation.judge_networks import JudgeNetwork
from facegan.evaluation.judge_training import Recipe, descend, worn

BATCH = 64
NOISE = 0.08  # of ordinary augmentation, in [-1, 1]; what the judges see, too
SEED = 5_031


def train_classifier(faces: Set, *, steps: int, seed: int, scheme: str = "nothing") -> JudgeNetwork:
    """A network of one logit, above 0 for "has it". The caller's random numbers stay as they were.

    scheme: `reweighting` makes all four cells count the same in the loss, `oversampling` draws them alike,
    `ordinary` turns, moves, blurs, compresses and dusts faces as they are drawn; any other does nothing of this.
    """
    recipe = Recipe(block="residual", width=16, seed=SEED + seed, steps=steps, batch=BATCH)
    share = torch.bincount(faces.cell, minlength=4).double() / len(faces)
    inverse = 1 / (share[faces.cell] * (share > 0).sum())
    chances = inverse if scheme == "oversampling" else torch.ones_like(inverse)
    weights = inverse.float() if scheme == "reweighting" else torch.ones(len(faces))
    seen = partial(worn, noise=NOISE) if scheme == "ordinary" else to_network
    with torch.random.fork_rng(devices=[]), torch.enable_grad():
        torch.manual_seed(recipe.seed)
        network = recipe.network(faces.images.shape[-1], 1).to(memory_format=torch.channels_last)

        def loss() -> Tensor:
            chosen = torch.multinomial(chances, BATCH, replacement=True)
            logits = network(seen(faces.images[chosen]))[:, 0]
            return F.binary_cross_entropy_with_logits(logits, faces.task[chosen], weight=weights[chosen])

        descend(network, loss, recipe, lambda done, total: None)
    return network.eval().requires_grad_(False)


def accuracy(network: JudgeNetwork, exam: Set) -> dict[str, float]:
    """rare, common: the mean accuracy of the two rare cells, and of the two common ones; worst: the least of all four.

    NaN where the exam has no such face.
    """
    logits = torch.cat([network(to_network(part))[:, 0] for part in exam.images.split(4 * BATCH)])
    right = ((logits > 0) == (exam.task > 0)).float()
    cells = [float(right[exam.cell == cell].mean()) for cell in range(4)]
    return {"rare": (cells[1] + cells[2]) / 2, "common": (cells[0] + cells[3]) / 2, "worst": min(cells)}
