"""Pairs in DIV2K's layout: crops of one place, splits without overlap, training on the data set's own small ones."""

import shutil
from pathlib import Path

import pytest
import torch
from torch.nn import functional as F

from facegan.assemble import make_engine
from facegan.data.div2k import DIV2K
from facegan.data.draw import Draw
from facegan.data.errors import DataError
from facegan.data.sampling import Sampler
from facegan.data.twinfaces import TwinFaces
from facegan.errors import UserError
from facegan.evaluation.settings import Settings
from facegan.evaluation.upscaling import measure
from facegan.training.run_folder import RunFolder
from facegan.training.settings import Hooks
from tests.models.builders import build
from tests.photographs import div2k_folder
from tests.runs import photo
from tests.tiny import tiny_config


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return div2k_folder(tmp_path / "data")


def opened(home: Path, **wish: object) -> DIV2K:
    return DIV2K(home, image_size=16, cache=home / "cache", **wish)  # type: ignore[arg-type]


def test_large_and_small_crops_are_of_one_place(home: Path) -> None:
    source = opened(home)
    every = torch.arange(len(source))
    large, small = source.images(every), source.lows(every)
    assert (large.shape[1:], small.shape[1:]) == ((3, 16, 16), (3, 4, 4))
    assert (F.avg_pool2d(large.float(), 4) - small.float()).abs().max() <= 1
    assert len(source) == 17 * 2 * 2
    assert len(opened(home, stride=8)) == 17 * 3 * 4
    assert torch.equal(source.lows(torch.tensor([3])), opened(home).lows(torch.tensor([3])))


def test_splits_share_no_picture(home: Path) -> None:
    found = {
        split: len(set(opened(home, split=split).identities.tolist())) for split in ("train", "validation", "test")
    }
    assert found == {"train": 17, "validation": 1, "test": 2}
    assert len(set(opened(home, split="all").identities.tolist())) == 20


def test_draws_turn_both_over(home: Path) -> None:
    sampler = Sampler(opened(home), attributes=(), seed=1, flip=True)
    faces = sampler.batch("a", Draw(), 0, 40)
    assert faces.low is not None
    assert (F.avg_pool2d(faces.images, 4) - faces.low).abs().max() < 0.01
    still = Sampler(opened(home), attributes=(), seed=1, flip=False).batch("a", Draw(), 0, 40)
    assert not torch.equal(faces.images, still.images)


def test_a_track_without_a_folder_for_the_scale(home: Path) -> None:
    shutil.move(home / "DIV2K_train_LR_bicubic" / "X4", home / "DIV2K_train_LR_mild")
    for file in (home / "DIV2K_train_LR_mild").iterdir():
        file.rename(file.with_stem(f"{file.stem}m1"))
    assert len(opened(home, track="mild")) == 17 * 4


def test_a_model_learns_and_is_measured_on_the_small_pictures_that_came_along(home: Path, tmp_path: Path) -> None:
    config = tiny_config("espcn_quickstart", f"run={tmp_path / 'run'}", "degradation=bicubic")
    engine = make_engine(config, RunFolder(tmp_path / "run"), source=opened(home), hooks=Hooks())
    engine.fit()
    shown = []
    engine.model.upscaler.register_forward_pre_hook(lambda _, given: shown.append(given[0]))  # type: ignore[union-attr]
    engine.play(engine.model.phases[0])
    faces = engine.sampler.batch("x", Draw(), 0, 1)
    assert faces.low is not None
    assert shown[0].shape[-1] == 4
    source = opened(home, split="test")
    settings = Settings(faces=8, seed=1, chunk=4, rows=2)
    found = {each.measure for each in measure(engine.model, source, settings).figures}
    assert "psnr_y" in found
    assert "low_error" not in found  # nobody knows how these were shrunk


def test_the_batchs_own_small_pictures_come_first() -> None:
    model = build("espcn_quickstart", attributes=())
    sampler = Sampler(TwinFaces(image_size=16, size=4, split="train"), attributes=(), seed=0)
    plain = sampler.batch("a", Draw(), 0, 2)
    own = sampler.batch("a", Draw(low=4), 0, 2)
    assert torch.equal(model.small(plain), model.shrunk(plain.images))  # type: ignore[operator]
    assert model.small(own) is own.low  # type: ignore[operator]


def test_sizes_that_do_not_fit_are_refused(home: Path, tmp_path: Path) -> None:
    config = tiny_config("espcn_quickstart", f"run={tmp_path / 'run'}", "model.scale=2")
    with pytest.raises(UserError, match=r"small images of 4 pixels and Regression takes 8; model\.scale=4 would fit"):
        make_engine(config, RunFolder(tmp_path / "run"), source=opened(home), hooks=Hooks())
    with pytest.raises(DataError, match="scale=3 must divide image_size=16"):
        opened(home, scale=3)
    with pytest.raises(DataError, match="is 64 pixels high and wide"):
        DIV2K(home, image_size=64, cache=home / "cache")


def test_what_is_no_pair_is_named(home: Path) -> None:
    photo(home / "DIV2K_train_LR_bicubic/X4/0003x4.png", width=9, height=8)
    with pytest.raises(DataError, match=r"0003x4\.png has 9 x 8 pixels, and .*0003\.png 41 x 32: no 4 to 1"):
        opened(home)
    (home / "DIV2K_train_LR_bicubic/X4/0003x4.png").unlink()
    with pytest.raises(DataError, match=r"no small picture for 0003\.png"):
        opened(home)
    with pytest.raises(DataError, match=r"there is no folder .*LR_wild"):
        opened(home, track="wild")
