"""How much of a latent code can be read off a generated picture: InfoGAN's bound on mutual information.

I(c; G(z, c)) >= H(c) - E[-log q(c | G(z, c))] (Chen et al. 2016, arXiv 1606.03657, equation 4). H(c) is a constant of
the prior, so these losses are the cross-entropy alone, in nats: lowering it raises the bound. Whoever wants the bound
itself subtracts the loss from H(c): log k for a uniform code of k values, log 2 for a code uniform over [-1, 1].
"""

import math
from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional as F


class CategoricalInformation:
    """-log q of one-hot codes under logits: sum over the codes, mean over the batch.

    sizes: how many values each code has; a picture's logits and codes stand side by side in that order.
    """

    def __init__(self, *, sizes: Sequence[int]) -> None:
        self.sizes = list(sizes)

    def __call__(self, logits: Tensor, codes: Tensor) -> Tensor:
        """logits, codes: N x sum(sizes). Raises ValueError for other shapes."""
        _check(logits, codes, sum(self.sizes))
        pairs = zip(logits.split(self.sizes, 1), codes.split(self.sizes, 1), strict=True)
        return torch.stack([F.cross_entropy(*pair) for pair in pairs]).sum()


class GaussianInformation:
    """-log q of continuous codes under N(prediction, std^2): sum over the codes, mean over the batch.

    std: fixed, as in the authors' code (1 there); then this is half the squared error over std^2, and a constant.
    Raises ValueError unless std > 0.
    """

    def __init__(self, *, std: float = 1.0) -> None:
        if not std > 0:
            raise ValueError(f"a Gaussian's std must be positive, not {std}")
        self.std = std

    def __call__(self, predictions: Tensor, codes: Tensor) -> Tensor:
        """predictions, codes: N x C. Raises ValueError where their shapes differ."""
        _check(predictions, codes, codes.shape[1])
        constant = 0.5 * math.log(2 * math.pi) + math.log(self.std)
        error = 0.5 * ((codes - predictions) / self.std).square()
        return (error + constant).sum() / len(codes)


class MutualInformation:
    """Both of them: `categorical` codes of these sizes, one-hot, side by side, then `continuous` codes.

    Raises ValueError unless std > 0, and for no code at all.
    """

    def __init__(self, *, categorical: Sequence[int] = (), continuous: int = 0, std: float = 1.0) -> None:
        if not categorical and not continuous:
            raise ValueError("mutual information with a code needs a code: categorical or continuous")
        self.sizes = [sum(categorical), continuous]
        self._categorical, self._gaussian = CategoricalInformation(sizes=categorical), GaussianInformation(std=std)

    def __call__(self, answers: Tensor, codes: Tensor) -> Tensor:
        """answers (logits, then means), codes: N x (sum(categorical) + continuous). Raises ValueError otherwise."""
        _check(answers, codes, sum(self.sizes))
        (logits, means), (ones, values) = answers.split(self.sizes, 1), codes.split(self.sizes, 1)
        terms = [self._categorical(logits, ones)] if self.sizes[0] else []
        return torch.stack([*terms, *([self._gaussian(means, values)] if self.sizes[1] else [])]).sum()


def _check(answers: Tensor, codes: Tensor, width: int) -> None:
    if answers.shape != codes.shape or codes.shape[1] != width:
        raise ValueError(f"codes of {width} values, got codes {tuple(codes.shape)} and answers {tuple(answers.shape)}")
