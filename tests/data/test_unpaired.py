"""Large faces and small pictures that are no pairs: what each draw shows, what is left out, who may learn from them."""

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from facegan.assemble import check_pairs, make_engine, make_source
from facegan.cli.hooks import make_hooks
from facegan.config import Config
from facegan.data.align import Framing
from facegan.data.draw import Draw
from facegan.data.errors import DataError
from facegan.data.folder import Folder
from facegan.data.sampling import Sampler
from facegan.data.unpaired import SmallPictures, Unpaired
from facegan.errors import UserError
from facegan.evaluation.samples import Samples
from facegan.models.base import Model
from facegan.training.run_folder import RunFolder
from facegan.training.settings import Hooks
from tests.models.builders import build
from tests.photographs import unpaired_folders
from tests.runs import photo
from tests.tiny import SMALL, TinySource, states, tiny_config

NAME = "unpaired_upscaling_quickstart"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FACEGAN_CACHE", str(tmp_path / "cache"))
    unpaired_folders(tmp_path)
    return tmp_path


def opened(home: Path, **wish: object) -> Unpaired:
    return Unpaired(home / "high", low=home / "low", image_size=16, **{"scale": 2, **wish})  # type: ignore[arg-type]


def config_of(home: Path, run: Path, *overrides: str) -> Config:
    folders = (f"data.root={home / 'high'}", f"data.low={home / 'low'}")
    return tiny_config(NAME, f"run={run}", "data=unpaired", *folders, "data.image_size=16", "data.scale=2", *overrides)


def model_of(name: str, *overrides: str) -> Model:
    return build(name, *SMALL[name][1:], *overrides, attributes=(), image_size=16)


def test_the_two_sets_are_brought_to_their_sizes(home: Path) -> None:
    source = opened(home, split="all")
    assert (len(source), source.image_size) == (24, 16)
    assert source.images(torch.tensor([3])).shape == (1, 3, 16, 16)
    small = source.unpaired
    picture = small.images(torch.tensor([4]))
    assert picture.shape == (1, 3, 8, 8)
    expected, _ = Framing(image_size=8).cut(Image.open(home / "low" / small.files[4]))
    assert np.array_equal(picture[0].permute(1, 2, 0).numpy(), np.asarray(expected))


def test_what_is_damaged_or_too_small_is_left_out_with_its_reason(home: Path) -> None:
    small = opened(home, split="all").unpaired
    assert len(small) == 29
    assert small.left_out.keys() == {"cam0/0.png", "tiny.png"}
    assert "9 x 7" in small.left_out["tiny.png"]
    assert small.report is not None
    assert "tiny.png" in small.report.read_text()


def test_pictures_of_about_the_side_will_do_and_no_smaller_ones(home: Path) -> None:
    photo(home / "low" / "nearly.png", width=9, height=30)
    photo(home / "low" / "less.png", width=8, height=30)
    left_out = SmallPictures(home / "low", image_size=10, split="all").left_out
    assert "nearly.png" not in left_out
    assert left_out["less.png"] == "below 9 pixels a side, which a larger scale would take: 8 x 30"


def test_a_folder_that_has_none_large_enough_says_so(home: Path) -> None:
    photo(home / "low" / "cam0" / "0.png", width=12, height=12)  # no longer damaged
    with pytest.raises(DataError, match=r"none of 31 images can be used; cam0/.*larger scale would take: .* See "):
        Unpaired(home / "high", low=home / "low", image_size=64, scale=2)
    assert len(opened(home, scale=2).unpaired) > 0  # a scale that fits has a store of its own


def test_a_plain_folder_of_the_same_pictures_leaves_none_out_for_its_size(home: Path) -> None:
    photo(home / "low" / "less.png", width=8, height=30)
    small = SmallPictures(home / "low", image_size=10, split="all")
    plain = Folder(home / "low", image_size=10, split="all")
    assert set(plain.files) - set(small.files) == {"less.png"}


def test_splits_are_those_of_a_folder(home: Path) -> None:
    for split in ("train", "validation", "test"):
        source = opened(home, split=split)
        assert source.files == Folder(home / "high", image_size=16, split=split).files  # type: ignore[arg-type]
        alone = Folder(home / "low", image_size=8, split=split).files  # type: ignore[arg-type]
        assert source.unpaired.files == tuple(file for file in alone if file != "tiny.png")


def test_each_draw_shows_its_own_set(home: Path) -> None:
    source = opened(home)
    sampler = Sampler(source, attributes=(), seed=1)
    lows = sampler.batch("critic/lows", Draw(unpaired=True), 0, 26)
    highs = sampler.batch("critic/highs", Draw(), 0, 17)
    assert (highs.images.shape, highs.low) == ((17, 3, 16, 16), None)
    assert lows.low is not None
    assert torch.equal(lows.low, lows.images)
    assert lows.images.shape == (26, 3, 8, 8)
    assert sorted(lows.index.tolist()) == list(range(len(source.unpaired)))
    assert sampler.pool(Draw(unpaired=True)).size == len(source.unpaired) != sampler.pool(Draw()).size == len(source)
    still = Sampler(source, attributes=(), seed=1, flip=False).batch("critic/lows", Draw(unpaired=True), 0, 26)
    turned = (still.images != lows.images).flatten(1).any(1)
    assert torch.equal(still.images[turned].flip(-1), lows.images[turned])
    assert 0 < turned.sum() < 26


def test_an_ordinary_data_set_shows_its_faces_to_either_draw() -> None:
    sampler = Sampler(TinySource(), attributes=(), seed=1)
    one, other = (sampler.batch("critic/lows", draw, 3, 9) for draw in (Draw(), Draw(unpaired=True)))
    assert torch.equal(one.images, other.images)
    assert other.low is None


def test_the_model_learns_from_the_pictures_and_never_from_its_degradation(home: Path) -> None:
    model = model_of(NAME)
    faces = Sampler(opened(home), attributes=(), seed=1)
    draws = {name: faces.batch(name, draw, 0, 4) for name, draw in model.phases[0].draws.items()}
    model.shrunk = lambda images: pytest.fail("the degradation was asked")  # type: ignore[method-assign]
    losses = model.play(model.phases[1], draws).losses
    assert all(value.isfinite() for value in losses.values())
    seen: list[torch.Tensor] = []
    model.critic_low.register_forward_pre_hook(lambda _, given: seen.append(given[0]))  # type: ignore[union-attr,operator]
    model.play(model.phases[0], draws)
    assert any(torch.equal(given, draws["lows"].images) for given in seen)


OTHERS = ["espcn_quickstart", "bicubic", "conditional_cyclegan_quickstart", "infogan_quickstart"]


@pytest.mark.parametrize("name", OTHERS)
def test_who_needs_pairs_or_other_faces_is_refused(name: str, home: Path) -> None:
    model = build(name, *SMALL[name][1:], image_size=16)
    with pytest.raises(UserError, match=r"other faces \(low\), from which \w+ cannot learn; model=unpaired_upscaling"):
        check_pairs(opened(home), model)


def test_another_scale_than_the_models_is_refused(home: Path) -> None:
    check_pairs(opened(home), model_of(NAME))
    with pytest.raises(UserError, match=r"images of 4 pixels and UnpairedUpscaling takes 8; model\.scale=4 would"):
        check_pairs(opened(home, scale=4), model_of(NAME))
    with pytest.raises(DataError, match="scale=3 must be 1 or more and divide image_size=16"):
        opened(home, scale=3)


def test_folders_that_hold_each_other_are_refused(home: Path) -> None:
    for low in (home, home / "high", home / "high" / "few"):
        with pytest.raises(DataError, match="one holds the other"):
            Unpaired(home / "high", low=low)
    with pytest.raises(DataError, match=r"there is no folder .*none"):
        Unpaired(home / "high", low=home / "none")


def test_a_run_that_goes_on_ends_where_one_without_a_stop_does(home: Path, tmp_path: Path) -> None:
    ends = []
    for name, stops in (("whole", [64]), ("halves", [32, 64])):
        for images in stops:
            config = config_of(home, tmp_path / name, f"trainer.images={images}")
            folder = RunFolder(tmp_path / name)
            engine = make_engine(config, folder, source=make_source(config, "train"), hooks=Hooks())
            engine.fit()
        ends.append(states(engine))
    for name, value in ends[0].items():
        assert torch.equal(value, ends[1][name]), name


def test_a_run_shows_its_validation_pictures_made_large(home: Path, tmp_path: Path) -> None:
    config, model = config_of(home, tmp_path / "run"), model_of(NAME)
    hooks, given = make_hooks(config), list[torch.Tensor]()
    model.upscaler.register_forward_pre_hook(lambda _, faces: given.append(faces[0]))  # type: ignore[union-attr,operator]
    sheet = hooks.picture(model)  # type: ignore[misc]
    assert sheet.height > 0
    source = opened(home, split="validation")
    every = torch.arange(len(source.unpaired))
    torch.testing.assert_close(given[0], source.unpaired.images(every).float() / 127.5 - 1)
    plain = Samples(lambda split: Folder(home / "high", image_size=16, split=split), rows=2)(model)  # type: ignore[arg-type]
    assert plain.width < sheet.width  # source and reconstruction, without a third column
    assert hooks.validate(model) == {}  # type: ignore[misc]
