"""The stored set: drawn once, resumed after a kill, never stale."""

import errno
import os

import numpy as np
import pytest
import torch

from facegan.data.errors import DataError
from facegan.data.twinfaces import TwinFaces, render, store
from facegan.data.twinfaces.source import to_bytes


def _source(tmp_path, **given) -> TwinFaces:
    return TwinFaces(**{"image_size": 16, "size": 40, "cache": str(tmp_path), **given})


def test_images_are_the_faces(tmp_path) -> None:
    source = _source(tmp_path)
    index = torch.tensor([7, 0, 39])
    assert len(source) == 40
    assert torch.equal(source.images(index), to_bytes(render(source.faces(index), image_size=16)))
    assert torch.equal(source.labels[index], source.faces(index).labels)
    assert torch.equal(source.identities, torch.arange(40))


def test_halves_are_rounded_up() -> None:
    assert to_bytes(torch.tensor([-1.0, 1.0, 0.0, 2.0, -2.0])).tolist() == [0, 255, 128, 255, 0]


def test_the_set_is_drawn_once(tmp_path, monkeypatch) -> None:
    first = _source(tmp_path).images(torch.arange(40))
    monkeypatch.setattr(TwinFaces, "_draw", lambda *_: pytest.fail("drawn again"))
    assert torch.equal(_source(tmp_path).images(torch.arange(40)), first)


@pytest.mark.parametrize(
    "changed",
    [{"seed": 1}, {"split": "test"}, {"phi": {"Male-Mustache": 0.5}}, {"noise": 0.1}, {"blur": 1.0}, {"jpeg": 20},
     {"marginals": {"Male": 0.1}}, {"size": 41}],
)  # fmt: skip
def test_a_changed_setting_has_a_store_of_its_own(tmp_path, changed) -> None:
    plain = _source(tmp_path).images(torch.arange(40))
    other = _source(tmp_path, **changed).images(torch.arange(40))
    assert len(list(tmp_path.glob("*.npy"))) == 2
    if "size" not in changed:
        assert not torch.equal(plain, other)


def test_pictures_that_changed_have_a_store_of_their_own(tmp_path, monkeypatch) -> None:
    _source(tmp_path).images(torch.arange(3))
    monkeypatch.setattr("facegan.data.twinfaces.source.pictures", lambda: "other")
    _source(tmp_path).images(torch.arange(3))
    assert len(list(tmp_path.glob("*.npy"))) == 2


def test_an_interrupted_drawing_goes_on_where_it_stopped(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(store, "_BLOCK", 10)
    draw, drawn = TwinFaces._draw, []

    def failing(self: TwinFaces, low: int, high: int) -> torch.Tensor:
        drawn.append(low)
        if low == 20 and len(drawn) == 3:
            raise KeyboardInterrupt
        return draw(self, low, high)

    monkeypatch.setattr(TwinFaces, "_draw", failing)
    with pytest.raises(KeyboardInterrupt):
        _source(tmp_path).images(torch.arange(3))
    resumed = _source(tmp_path).images(torch.arange(40))
    assert drawn == [0, 10, 20, 20, 30]
    assert torch.equal(resumed, to_bytes(render(_source(tmp_path).faces(torch.arange(40)), image_size=16)))
    assert not list(tmp_path.glob("*.part*"))


def test_several_processes_draw_the_same_faces(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(store, "_BLOCK", 7)
    monkeypatch.setattr(store, "_WORTH", 1)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    draw, parent = TwinFaces._draw, os.getpid()

    def elsewhere(self: TwinFaces, low: int, high: int) -> torch.Tensor:
        assert os.getpid() != parent
        return draw(self, low, high)

    monkeypatch.setattr(TwinFaces, "_draw", elsewhere)
    chance = torch.get_rng_state()
    images = _source(tmp_path).images(torch.arange(40))
    assert torch.equal(images, to_bytes(render(_source(tmp_path).faces(torch.arange(40)), image_size=16)))
    assert not list(tmp_path.glob("*.part*"))
    assert torch.equal(torch.get_rng_state(), chance)


def test_a_full_disk_is_told_and_leaves_nothing(tmp_path, monkeypatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "posix_fallocate", full)
    with pytest.raises(DataError, match=r"the disk is full: the store of 40 images takes 0 MB.*FACEGAN_CACHE"):
        _source(tmp_path).images(torch.arange(3))
    assert [path.suffix for path in tmp_path.iterdir()] == [".lock"]


def test_a_cut_store_is_drawn_anew(tmp_path) -> None:
    whole = _source(tmp_path).images(torch.arange(40))
    path = next(tmp_path.glob("*.npy"))
    path.write_bytes(path.read_bytes()[:500])
    assert torch.equal(_source(tmp_path).images(torch.arange(40)), whole)
    assert np.load(path).shape == (40, 3, 16, 16)


def test_degradation_is_the_same_for_a_face_and_its_twin_and_in_every_batch(tmp_path) -> None:
    source, plain = _source(tmp_path, noise=0.2, blur=0.8, jpeg=40), _source(tmp_path)
    faces = source.faces(torch.arange(6))
    whole = source.render(faces)
    assert torch.allclose(source.render(faces[torch.tensor([4, 2])]), whole[torch.tensor([4, 2])], atol=1e-5)
    assert not torch.allclose(whole, plain.render(faces), atol=0.1)
    noisy = _source(tmp_path, noise=0.1)
    noise = noisy.render(faces) - plain.render(faces)
    inner = plain.render(faces).abs() < 0.5
    assert float(noise[inner].std()) == pytest.approx(0.1, rel=0.05)
    assert abs(float(noise[inner].mean())) < 0.01


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"image_size": 3}, "image_size=3"),
        ({"size": 0}, "size=0: at least 1 face"),
        ({"split": "dev"}, "split='dev'"),
        ({"jpeg": 0}, "jpeg=0: a quality of 1 to 100"),
        ({"blur": -1.0}, "blur=-1.0"),
        ({"noise": 3.0}, "noise=3.0"),
        ({"phi": {"Male-Mustache": 2.0}}, "phi: Male-Mustache=2.0"),
    ],
)
def test_settings_that_do_not_fit_are_refused_in_one_line(tmp_path, given, words) -> None:
    with pytest.raises(ValueError, match=words) as caught:
        _source(tmp_path, **given)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("number", [-1, 40])
def test_numbers_outside_the_set_are_refused(tmp_path, number: int) -> None:
    for ask in (_source(tmp_path).faces, _source(tmp_path).images):
        with pytest.raises(ValueError, match="index: numbers from 0 to 39"):
            ask(torch.tensor([0, number]))
