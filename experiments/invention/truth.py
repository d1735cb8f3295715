"""Whether what was invented is true: on faces by a panel of attributes, on plates by a reader, and where by a map.

Legend: N pictures, S pixels.
"""

import math
from collections.abc import Mapping

import torch
from torch import Tensor

from facegan.data.plates.reader import Reading
from facegan.models.superresolution.invention import invented

SURE = 0.9
"""The confidence from which a letter counts as read confidently."""
WORST = 0.1
"""The share of pixels that count as wrong: those of the largest true error."""


def attribute_truth(seen: Tensor, before: Tensor, has: Tensor) -> Mapping[str, float]:
    """Of one attribute. seen, before: N bools, whether it is seen in an answer, and in the mean's; has: in truth.

    true: share of those that have it in which it is seen; false: of those that have it not. new: the share of all in
    which it is seen and was not in the mean's answer; new_true: how many of these have it; by_chance: how many would,
    had they been drawn by lot among all in whose mean it was not seen. NaN for a share of none.
    """
    new = seen & ~before
    return {
        "true": share(seen[has]),
        "false": share(seen[~has]),
        "new": share(new),
        "new_true": share(has[new]),
        "by_chance": share(has[~before]),
    }


def reading_truth(reading: Reading, letters: Tensor) -> Mapping[str, float]:
    """letters: N x L, the true ones.

    right: the share of letters read rightly; sure: read confidently; sure_wrong: both confidently and wrongly;
    wrong_of_sure: how many of the confident ones are wrong.
    """
    right, sure = reading.letters == letters, reading.confidence > SURE
    return {
        "right": share(right),
        "confidence": float(reading.confidence.mean()),
        "sure": share(sure),
        "sure_wrong": reading.confidently_wrong(letters, above=SURE),
        "wrong_of_sure": share(~right[sure]),
    }


def map_truth(answer: Tensor, mean: Tensor, truth: Tensor) -> Mapping[str, float]:
    """How well the map of what was invented tells where the answer is wrong; all N x 3 x S x S.

    map_r: the correlation, over all pixels, with |answer - truth|; map_auc: how often a pixel among the WORST has a
    higher value than one that is not. edges_r, edges_auc: the same of the mean's answer's edges, which know nothing of
    any invention. NaN where nothing was invented.
    """
    error = invented(answer, truth)
    maps = {"map": invented(answer, mean), "edges": edges(mean)}
    found: dict[str, float] = {}
    for name, each in maps.items():
        found |= {f"{name}_r": correlation(each, error), f"{name}_auc": auc(each, error)}
    return found


def edges(images: Tensor) -> Tensor:
    """How steep images are, N x 1 x S x S: mean over channels of |difference across| + |difference down|."""
    across = torch.diff(images, dim=-1, append=images[..., -1:]).abs()
    down = torch.diff(images, dim=-2, append=images[..., -1:, :]).abs()
    return (across + down).mean(1, keepdim=True)


def correlation(one: Tensor, other: Tensor) -> float:
    """Pearson's, over all values; NaN where one does not vary."""
    if float(one.std()) == 0 or float(other.std()) == 0:
        return math.nan
    return float(torch.corrcoef(torch.stack([one.flatten(), other.flatten()]).double())[0, 1])


def auc(score: Tensor, error: Tensor) -> float:
    """The area under the curve of finding the WORST errors by a score; ties count half. NaN where it does not vary."""
    if float(score.std()) == 0:
        return math.nan
    flat = error.flatten()
    wrong = flat >= flat.topk(max(1, int(WORST * flat.numel()))).values[-1]
    _, place, count = torch.unique(score.flatten(), return_inverse=True, return_counts=True)
    ranks = (count.cumsum(0) - (count - 1) / 2)[place].double()
    positives = int(wrong.sum())
    negatives = wrong.numel() - positives
    return float((ranks[wrong].sum() - positives * (positives + 1) / 2) / (positives * negatives))


def share(found: Tensor) -> float:
    """Of bools; NaN for none."""
    return float(found.float().mean()) if found.numel() else math.nan
