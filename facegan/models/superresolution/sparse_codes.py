"""Sparse codes: a few atoms of a dictionary whose sum comes near a signal, greedily, for many signals at once.

Legend: N signals of D values; K atoms of length 1; T atoms a signal.
"""

import warnings

import numpy as np
import torch
from torch import Tensor

from facegan.errors import UserError


def learned_atoms(signals: Tensor, *, atoms: int, alpha: float, passes: int, seed: int) -> Tensor:
    """A dictionary for signals N x D, K x D with rows of length 1, by scikit-learn's online learning.

    Mairal, Bach, Ponce and Sapiro (JMLR 2010); alpha: the weight of the codes' L1 norm in it. Raises UserError where
    scikit-learn is not installed.
    """
    try:
        from sklearn.decomposition import MiniBatchDictionaryLearning
        from sklearn.exceptions import ConvergenceWarning
    except ImportError as error:
        raise UserError(
            "sparse coding learns its dictionary by scikit-learn: pip install 'facegan[sparse]', which brings it."
        ) from error
    learner = MiniBatchDictionaryLearning(
        n_components=atoms, alpha=alpha, max_iter=passes, batch_size=256, fit_algorithm="cd", random_state=seed
    )
    with warnings.catch_warnings():  # an L1 code that is not quite the best one moves its atoms well enough
        warnings.simplefilter("ignore", ConvergenceWarning)
        found = np.asarray(learner.fit(signals.double().cpu().numpy()).components_)
    return torch.nn.functional.normalize(torch.from_numpy(found).float(), dim=1)


def pursued(signals: Tensor, atoms: Tensor, *, count: int) -> tuple[Tensor, Tensor]:
    """Orthogonal matching pursuit (Pati, Rezaiifar, Krishnaprasad, 1993): numbers of atoms N x T and what each counts.

    signals: N x D; atoms: K x D. One atom after the other: that which the rest resembles most, all chosen ones then
    weighed anew by least squares.
    """
    rest, chosen = signals, signals.new_zeros(len(signals), 0, dtype=torch.int64)
    shares = signals.new_zeros(len(signals), 0)
    for _ in range(count):
        likeness = (rest @ atoms.mT).abs().scatter(1, chosen, -1.0)
        chosen = torch.cat([chosen, likeness.argmax(1, keepdim=True)], dim=1)
        picked = atoms[chosen]
        gram = picked @ picked.mT
        ridge = 1e-6 * torch.eye(gram.shape[-1]).to(gram)  # an atom that is twice there makes the Gram matrix singular
        shares = torch.linalg.solve(gram + ridge, (picked @ signals[..., None]))[..., 0]
        rest = signals - (shares[:, None] @ picked)[:, 0]
    return chosen, shares


def dense(chosen: Tensor, shares: Tensor, atoms: int) -> Tensor:
    """Codes as rows of K values, N x K."""
    return shares.new_zeros(len(shares), atoms).scatter(1, chosen, shares)
