"""Super-resolution by sparse coding (Yang, Wright, Huang, Ma, TIP 2010), as Zeyde, Elad and Protter (2010) do it.

The picture is enlarged bicubically; what is missing of each patch of its luminance is the sum of a few atoms of a
dictionary of large patches, in the same shares in which the patch's edges are the sum of atoms of a dictionary of small
ones. Patches overlap and are averaged. The features are the first and second differences of the enlarged picture, on
as many principal axes as are asked for; a code has three atoms (orthogonal matching pursuit); the large dictionary
follows from the codes by least squares. What differs: the small dictionary is learnt online by scikit-learn with an L1
penalty (Mairal et al., 2010) in place of K-SVD; faces are its training set; colours get the luminance's detail, where
the papers leave them interpolated, which is the same in YCbCr.
"""

from collections.abc import Iterable, Mapping
from typing import ClassVar

import torch
from torch import Tensor
from torch.nn import functional as F

from facegan.data.batch import FaceBatch
from facegan.data.degradations import enlarged
from facegan.data.draw import Draw
from facegan.errors import UserError
from facegan.luma import luminance
from facegan.models.base import Factory, Weights, verb
from facegan.models.superresolution.sparse_codes import dense, learned_atoms, pursued
from facegan.models.superresolution.upscaling import Upscaling

FIRST, SECOND = (-1.0, 0.0, 1.0), (1.0, 0.0, -2.0, 0.0, 1.0)
RIDGE = 1e-2


class SparseCoding(Upscaling):
    """No part is trained: `fit` learns two dictionaries of `atoms` from pairs of patches.

    patch: the side of a patch in small pixels; neighbours overlap by all but one. axes: principal axes of the features.
    nonzero: atoms in a code. alpha, passes: of the learning, see `learned_atoms`. fit_size: faces; patches: so many of
    theirs, drawn by chance. Raises UserError as `Upscaling`.
    """

    paper: ClassVar[str] = "sparse coding (Yang et al., TIP 2010; Zeyde, Elad, Protter, 2010)"
    verb_parts: ClassVar[tuple[str, ...]] = ()
    small_atoms: Tensor
    large_atoms: Tensor
    basis: Tensor

    def __init__(
        self,
        *,
        image_size: int,
        attributes: tuple[str, ...],
        degradation: Factory,
        weights: Weights,
        scale: int = 4,
        patch: int = 3,
        atoms: int = 1000,
        axes: int = 30,
        nonzero: int = 3,
        alpha: float = 0.5,
        passes: int = 5,
        fit_size: int = 1000,
        patches: int = 100_000,
        seed: int = 0,
    ) -> None:
        super().__init__(
            image_size=image_size, attributes=attributes, degradation=degradation, weights=weights, scale=scale
        )
        self.side, self.nonzero, self.alpha, self.passes, self.seed = patch * scale, nonzero, alpha, passes, seed
        self.fit_size, self.patches, self.fit_draws = fit_size, patches, {"faces": Draw()}
        self.register_buffer("basis", torch.zeros(4 * self.side**2, axes))
        self.register_buffer("small_atoms", torch.zeros(atoms, axes))
        self.register_buffer("large_atoms", torch.zeros(atoms, self.side**2))

    @verb
    def fit(self, draws: Mapping[str, Iterable[FaceBatch]]) -> None:
        """Learns both dictionaries from the drawn faces. Raises UserError where scikit-learn is not installed."""
        features, missing = self._pairs(draws["faces"])
        _, vectors = torch.linalg.eigh((features.double().mT @ features.double()) / len(features))
        axes = self.basis.shape[1]
        principal = vectors[:, -axes:].float()
        plain = features @ principal
        self.basis.copy_(principal / plain.square().mean().sqrt().clamp_min(1e-12))
        signals = features @ self.basis
        found = learned_atoms(
            signals, atoms=len(self.small_atoms), alpha=self.alpha, passes=self.passes, seed=self.seed
        )
        self.small_atoms.copy_(found)
        self.large_atoms.copy_(self._large(signals, missing))

    def answer(self, low: Tensor) -> Tensor:
        """The enlarged picture and, of each patch, what its code says is missing.

        low: N x 3 x h x w of any size. Raises UserError before the run has been fitted.
        """
        if not self.small_atoms.any():
            raise UserError("this SparseCoding has no dictionary yet; train the run to its end first.")
        plain = enlarged(low, self.scale)
        features = self._features(luminance(plain))
        detail = torch.cat([self._said(part) for part in features.flatten(0, 1).split(1 << 15)])
        height, width = plain.shape[-2:]
        whole = self._laid(detail.unflatten(0, features.shape[:2]), height, width)
        return plain + whole / self._laid(torch.ones_like(detail).unflatten(0, features.shape[:2]), height, width)

    def _said(self, features: Tensor) -> Tensor:
        """Large patches n x side^2 by features n x 4 side^2."""
        chosen, shares = pursued(features @ self.basis, self.small_atoms, count=self.nonzero)
        return torch.einsum("nt,ntd->nd", shares, self.large_atoms[chosen])

    def _large(self, signals: Tensor, missing: Tensor) -> Tensor:
        """The large dictionary, K x side^2: by least squares, from codes and what was missing."""
        atoms = len(self.small_atoms)
        gram, seen = (
            torch.zeros(atoms, each, dtype=torch.float64).to(signals.device) for each in (atoms, self.side**2)
        )
        for some, lack in zip(signals.split(8192), missing.split(8192), strict=True):
            codes = dense(*pursued(some, self.small_atoms, count=self.nonzero), atoms).double()
            gram += codes.mT @ codes
            seen += codes.mT @ lack.double()
        ridge = RIDGE * torch.eye(atoms, dtype=torch.float64).to(gram)
        large: Tensor = torch.linalg.solve(gram + ridge, seen).float()
        return large

    def _pairs(self, batches: Iterable[FaceBatch]) -> tuple[Tensor, Tensor]:
        """Features and missing luminance of some patches of each batch: M x 4 side^2 and M x side^2."""
        features, missing = [], []
        chance = torch.Generator().manual_seed(self.seed)
        share = -(-self.patches // self.fit_size)
        for faces in batches:
            plain = enlarged(self.small(faces), self.scale)
            seen = self._features(luminance(plain)).flatten(0, 1)
            lack = self._cut(luminance(faces.images - plain)).flatten(0, 1)
            some = torch.randperm(len(seen), generator=chance)[: share * len(faces)].to(seen.device)
            features.append(seen[some])
            missing.append(lack[some])
        return torch.cat(features), torch.cat(missing)

    def _features(self, bright: Tensor) -> Tensor:
        """First and second differences of patches, N x patches x 4 side^2."""
        maps = []
        for values in (FIRST, SECOND):
            row = bright.new_tensor(values)
            reach = len(values) // 2
            wide = F.pad(bright, (reach, reach, reach, reach), mode="replicate")
            across = F.conv2d(wide[..., reach : wide.shape[-2] - reach, :], row[None, None, None])
            down = F.conv2d(wide[..., :, reach : wide.shape[-1] - reach], row[None, None, :, None])
            maps += [across, down]
        return self._cut(torch.cat(maps, dim=1))

    def _cut(self, maps: Tensor) -> Tensor:
        """Patches of maps N x C x H x W, a small pixel apart, beyond the border too: N x patches x C side^2."""
        rim = self.side - self.scale
        padded = F.pad(maps, (rim, rim, rim, rim), mode="replicate")
        return F.unfold(padded, self.side, stride=self.scale).mT

    def _laid(self, patches: Tensor, height: int, width: int) -> Tensor:
        """Patches N x patches x side^2 back in their places, summed: N x 1 x H x W."""
        rim = self.side - self.scale
        whole = F.fold(patches.mT, (height + 2 * rim, width + 2 * rim), self.side, stride=self.scale)
        return whole[..., rim : rim + height, rim : rim + width]
