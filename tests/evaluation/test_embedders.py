"""Embedders know persons again, and are found again themselves."""

from dataclasses import replace

import pytest
import torch

from facegan.data.twinfaces import TwinFaces, render, sample
from facegan.data.twinfaces.look import LOOK
from facegan.evaluation.cases import PhotoCases
from facegan.evaluation.dlib_embedder import dlib_embedding
from facegan.evaluation.embedders import SEED, _pictures, find_embedder
from facegan.evaluation.judge_cache import judge_folder
from facegan.evaluation.judge_data import TWIN_SEEDS
from facegan.evaluation.judge_training import Recipe
from facegan.evaluation.measures.identity import likeness, verification
from facegan.evaluation.persons import PASSING, another_picture
from facegan.evaluation.twin_cases import FRESH_SEED
from tests.data.faces import Numbered

SIZE = 16
QUICK = Recipe(block="residual", width=8, seed=4, steps=2, batch=8)
DRAWN = TwinFaces(image_size=SIZE, split="test", size=1)


def test_another_picture_keeps_the_person_and_nothing_else() -> None:
    faces = sample(torch.arange(6), seed=3, split="test")
    again = another_picture(faces, seed=4)
    stays = torch.tensor([column.name not in PASSING for column in LOOK])
    assert again.look[:, stays].equal(faces.look[:, stays])
    assert (again.look[:, ~stays] != faces.look[:, ~stays]).all()
    assert not again.labels.equal(faces.labels)
    assert again.identity.equal(faces.identity)
    assert again.look.equal(another_picture(faces, seed=4).look)
    assert set(PASSING) < {column.name for column in LOOK}


def test_an_embedder_learns_the_persons_that_it_is_shown() -> None:
    """Strangers at 16 pixels take longer than a test may."""
    embedder = find_embedder(DRAWN, recipe=replace(QUICK, steps=150, batch=32, rate=6e-3), persons=48)
    assert embedder is not None
    views = [_pictures(torch.arange(48), view, SIZE, "train").float() / 127.5 - 1 for view in (0, 1)]
    one, other = (embedder.embed(view) for view in views)
    assert one.norm(dim=1).allclose(torch.ones(48))
    assert verification(likeness(one, other).each, likeness(one, other.roll(1, 0)).each) > 0.75
    assert 0.5 <= embedder.accuracy <= 1


def test_it_is_found_again_and_leaves_random_numbers_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    before = torch.get_rng_state()
    first = find_embedder(DRAWN, recipe=QUICK, persons=12)
    monkeypatch.setattr("facegan.evaluation.embedders._trained", None)
    again = find_embedder(DRAWN, recipe=QUICK, persons=12)
    assert torch.get_rng_state().equal(before)
    assert first is not None
    assert again is not None
    assert (first.key, first.accuracy) == (again.key, again.accuracy)
    images = torch.rand(3, 3, SIZE, SIZE) * 2 - 1
    assert first.embed(images).allclose(again.embed(images), atol=1e-5)
    assert [path.name for path in judge_folder().iterdir()] == [f"embedder-{first.key}.safetensors"]


def test_it_learns_from_faces_that_nobody_is_measured_on() -> None:
    assert SEED not in {*TWIN_SEEDS.values(), FRESH_SEED, FRESH_SEED + 1}


def test_on_photographs_the_next_picture_of_the_same_person() -> None:
    source = Numbered(12, image_size=SIZE)
    source.identities = torch.tensor([0, 1, 2, -1, -1, 1, 0, 7, 8, 9, 10, 1])
    cases = PhotoCases(source, attribute="Eyeglasses", direction="adding", attributes=("Smiling",), count=12)
    case, pixels = cases.at(slice(0, 12)), source.pixels.float() / 127.5 - 1
    partners = {int(one): row for row, one in enumerate(cases.index)}
    same = case.same()
    assert same[partners[1]].equal(pixels[5])
    assert same[partners[11]].equal(pixels[1])
    assert same[partners[3]].isnan().all()
    assert same[partners[7]].isnan().all()


def test_dlib_tells_faces_apart_where_it_is_installed() -> None:
    embed = dlib_embedding()
    if embed is None:
        pytest.skip("the extra `judges` is not installed")
    images = render(sample(torch.arange(2), seed=3, split="test"), image_size=64)
    found = embed(torch.cat([images, images[:1]]))
    assert found.shape == (3, 128)
    assert found.norm(dim=1).allclose(torch.ones(3), atol=1e-5)
    assert found[0].equal(found[2])
    assert not found[0].allclose(found[1])


def test_without_dlib_nothing_is_said_of_identity_on_photographs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("facegan.evaluation.dlib_embedder.find_spec", lambda name: None)
    assert find_embedder(Numbered(4, image_size=SIZE)) is None
