"""The loaders on real photographs, where somebody has them: CelebA's published layout, whole or in part."""

import os
from pathlib import Path

import numpy as np
import pytest
import torch

from facegan.attributes import CELEBA
from facegan.data.align import Framing
from facegan.data.celeba import CelebA
from facegan.data.check import check
from facegan.data.draw import Draw
from facegan.data.folder import Folder
from facegan.data.sampling import Sampler


@pytest.fixture(scope="module")
def photographs() -> Path:
    folder = os.environ.get("FACEGAN_CELEBA")
    if not folder:
        pytest.skip("set FACEGAN_CELEBA to a folder with CelebA's img_align_celeba and label files")
    return Path(folder)


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


def test_celeba(photographs: Path, cache: Path) -> None:
    faces = CelebA(photographs, image_size=89, split="all", cache=cache)
    report = check(faces)
    assert faces.attributes == CELEBA
    assert not report.left_out
    assert report.shared_persons == 0
    assert 0.4 < report.attributes["Smiling"].present / report.faces < 0.6
    assert report.attributes["Bald"].unknown == 0
    drawn = Sampler(faces, attributes=["Eyeglasses"], seed=0).batch("any", Draw(has={"Eyeglasses": 1}), 0, 64)
    assert (drawn.attributes == 1).all()
    assert drawn.images.std() > 0.3


def test_the_eyes_are_where_the_template_says(photographs: Path, cache: Path) -> None:
    """In the mean face the darkest spots of the eyes' neighbourhood are the pupils."""
    faces = CelebA(photographs, image_size=89, split="all", cache=cache)
    step = max(1, len(faces) // 1000)
    mean = faces.images(torch.arange(0, len(faces), step)).float().mean((0, 1)).numpy()
    template = np.array(Framing.from_dict(faces.crop()).template)[:2] * 89 - 0.5
    for x, y in template:
        left, top = round(float(x)) - 6, round(float(y)) - 3
        patch = mean[top : top + 7, left : left + 13]
        dark = np.clip(np.percentile(patch, 25) - patch, 0, None)
        rows, columns = np.mgrid[top : top + 7, left : left + 13]
        found = np.array([(columns * dark).sum(), (rows * dark).sum()]) / dark.sum()
        assert np.abs(found - (x, y)).max() < 2.5


def test_larger_photographs_with_a_csv(photographs: Path, cache: Path) -> None:
    root = photographs / "larger"
    if not root.is_dir():
        pytest.skip(f"{root} is not there")
    by_person = {
        "small": CelebA(photographs, image_size=89, split="all", partition="identity", cache=cache),
        "large": Folder(root / "images", labels=root / "labels.csv", image_size=64, split="all", cache=cache),
    }
    parts: dict[int, set[int]] = {}
    for faces in by_person.values():
        for person, part in zip(faces.all_identities.tolist(), faces.parts.tolist(), strict=True):
            parts.setdefault(person, set()).add(part)
    assert all(len(where) == 1 for where in parts.values()), "a person is in two parts across the data sets"
    assert by_person["large"].attributes == ("Smiling", "Young")
    assert check(by_person["large"]).enlarged == 0
