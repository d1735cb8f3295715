"""Sparse coding: its codes are scikit-learn's, it learns what patches lack, and says what it needs."""

import sys
from pathlib import Path

import pytest
import torch
from torch.nn import functional as F

from facegan.assemble import open_model
from facegan.data.batch import FaceBatch
from facegan.data.degradations import enlarged
from facegan.data.twinfaces import render, sample
from facegan.errors import UserError
from facegan.models.superresolution.sparse_codes import dense, learned_atoms, pursued
from facegan.models.superresolution.sparse_coding import SparseCoding
from facegan.training.run_folder import RunFolder
from tests.models.builders import build
from tests.tiny import tiny_engine

FEW = ["++model.atoms=48", "++model.axes=20", "++model.fit_size=64", "++model.patches=6000", "++model.passes=1"]


def made(*overrides: str, size: int = 32) -> SparseCoding:
    model = build("sparse_coding_quickstart", *FEW, *overrides, attributes=(), image_size=size)
    assert isinstance(model, SparseCoding)
    return model


def portraits(count: int, first: int = 0) -> FaceBatch:
    images = render(sample(torch.arange(first, first + count), seed=3, split="train"), image_size=32)
    nobody = torch.full((count,), -1)
    return FaceBatch(images=images, attributes=torch.zeros(count, 0), index=torch.arange(count), identity=nobody)


def signals(count: int, size: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(count, size, generator=torch.Generator().manual_seed(seed))


def test_codes_are_those_of_orthogonal_matching_pursuit() -> None:
    from sklearn.linear_model import orthogonal_mp

    atoms, given = F.normalize(signals(30, 8, 1), dim=1), signals(50, 8)
    codes = dense(*pursued(given, atoms, count=3), 30)
    wanted = orthogonal_mp(atoms.double().mT.numpy(), given.double().mT.numpy(), n_nonzero_coefs=3)
    torch.testing.assert_close(codes.double(), torch.from_numpy(wanted).mT, atol=1e-4, rtol=1e-4)


def test_a_sum_of_atoms_is_found() -> None:
    atoms = F.normalize(torch.eye(12) + 0.01 * signals(12, 12, 2), dim=1)
    given = 2 * atoms[3] - atoms[7]
    chosen, shares = pursued(given[None], atoms, count=2)
    assert dict(zip(chosen[0].tolist(), shares[0].round(decimals=3).tolist(), strict=True)) == {3: 2.0, 7: -1.0}


def test_atoms_have_length_one_and_come_by_seed() -> None:
    given = signals(300, 6)
    one, again, other = (learned_atoms(given, atoms=8, alpha=0.1, passes=1, seed=seed) for seed in (0, 0, 1))
    torch.testing.assert_close(one.norm(dim=1), torch.ones(8))
    assert torch.equal(one, again)
    assert not torch.equal(one, other)


def test_it_beats_interpolation_on_faces_that_it_has_not_seen() -> None:
    model = made()
    model.fit({"faces": [portraits(32), portraits(32, 32)]})
    held = portraits(16, 500).images
    low = model.shrunk(held)
    error, plain = ((each - held).square().mean() for each in (model.upscale(low), enlarged(low, 4).clamp(-1, 1)))
    assert error < 0.93 * plain
    wide = model.upscale(torch.cat([low[:1], low[1:2]], dim=-1))
    assert wide.shape == (1, 3, 32, 64)
    torch.testing.assert_close(wide[..., :16], model.upscale(low[:1])[..., :16], atol=1e-5, rtol=0)


def test_patches_that_are_cut_and_laid_are_the_picture() -> None:
    model = made()
    maps = signals(2, 24 * 16).reshape(2, 1, 24, 16)
    patches = model._cut(maps)
    counts = model._laid(torch.ones_like(patches), 24, 16)
    torch.testing.assert_close(model._laid(patches, 24, 16) / counts, maps)


def test_it_refuses_before_it_is_fitted() -> None:
    with pytest.raises(UserError, match="has no dictionary yet; train the run to its end first"):
        made().upscale(torch.zeros(1, 3, 8, 8))


def test_without_scikit_learn_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sklearn.decomposition", None)
    with pytest.raises(UserError, match=r"pip install 'facegan\[sparse\]'"):
        made().fit({"faces": [portraits(8)]})


def test_a_run_is_fitted_and_opens_again(tmp_path: Path) -> None:
    engine = tiny_engine("sparse_coding", tmp_path / "run")
    engine.fit()
    model = open_model(RunFolder(tmp_path / "run"))[0]
    low = torch.rand(2, 3, 4, 4, generator=torch.Generator().manual_seed(1)) * 2 - 1
    assert isinstance(engine.model, SparseCoding)
    assert isinstance(model, SparseCoding)
    torch.testing.assert_close(model.upscale(low), engine.model.upscale(low))
    assert not torch.equal(model.upscale(low), enlarged(low, 4).clamp(-1, 1))
