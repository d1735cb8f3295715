import pytest
import torch

from facegan.attributes import UnknownAttributeError
from facegan.data.batch import FaceBatch
from facegan.data.draw import Draw
from facegan.data.sampling import Sampler, shrink, to_network

from .faces import Numbered

ANY = Draw()


def sampler(source: Numbered | None = None, *, seed: int = 0, flip: bool = True) -> Sampler:
    return Sampler(source or Numbered(), attributes=["Eyeglasses", "Smiling"], seed=seed, flip=flip)


def joined(batches: list[FaceBatch]) -> dict[str, torch.Tensor]:
    names = ("images", "attributes", "index", "identity")
    return {name: torch.cat([getattr(batch, name) for batch in batches]) for name in names}


@pytest.mark.parametrize("pieces", [[8], [3, 5], [1] * 8, [5, 0, 3]])
@pytest.mark.parametrize("draw", [Draw(low=2), Draw(has={"Eyeglasses": 1}, low=4)])
def test_a_draw_does_not_depend_on_the_batch_size(pieces: list[int], draw: Draw) -> None:
    whole = sampler().batch("faces", draw, 96, 8)
    drawer, parts, start = sampler(), [], 96
    for count in pieces:
        parts.append(drawer.batch("faces", draw, start, count))
        start += count
    for name, value in joined(parts).items():
        assert torch.equal(value, getattr(whole, name)), name
    assert whole.low is not None
    assert torch.equal(torch.cat([part.low for part in parts if part.low is not None]), whole.low)


def test_a_draw_does_not_depend_on_what_was_drawn_before() -> None:
    used, fresh = sampler(), sampler()
    for start in (500, 0, 60):
        used.batch("faces", ANY, start, 7)
        used.batch("others", Draw(has={"Smiling": 0}), start, 9)
    again, first = used.batch("faces", ANY, 20, 10), fresh.batch("faces", ANY, 20, 10)
    assert torch.equal(again.images, first.images)


def test_a_pass_shows_every_matching_face_once() -> None:
    drawn = sampler().batch("faces", Draw(has={"Smiling": 1}), 25, 25)
    assert sorted(drawn.index.tolist()) == list(range(1, 50, 2))
    following = sampler().batch("faces", Draw(has={"Smiling": 1}), 50, 25)
    assert drawn.index.tolist() != following.index.tolist()
    assert sorted(drawn.index.tolist()) == sorted(following.index.tolist())


def test_a_batch_may_be_longer_than_the_pool() -> None:
    drawn = sampler().batch("faces", Draw(has={"Eyeglasses": 1}), 4, 33)
    times = torch.bincount(drawn.index, minlength=50)[::5]
    assert int(times.sum()) == 33
    assert int(times.min()) >= 2


def test_streams_and_seeds_differ() -> None:
    one = sampler().batch("faces", ANY, 0, 50)
    for other in (sampler().batch("donors", ANY, 0, 50), sampler(seed=1).batch("faces", ANY, 0, 50)):
        assert one.index.tolist() != other.index.tolist()


def test_the_order_is_the_same_on_every_machine() -> None:
    assert sampler(seed=3).batch("faces", ANY, 48, 4).index.tolist() == [46, 32, 49, 13]


def test_orders_are_uniform() -> None:
    firsts = [int(sampler(Numbered(5), seed=seed).batch("faces", ANY, 0, 1).index) for seed in range(500)]
    counts = torch.bincount(torch.tensor(firsts), minlength=5)
    assert counts.min() > 60
    assert counts.max() < 140


def test_half_of_the_faces_are_turned_over_and_only_left_to_right() -> None:
    source = Numbered(400)
    drawn = sampler(source).batch("faces", ANY, 0, 400)
    plain = to_network(source.images(drawn.index))
    turned = (drawn.images == plain.flip(-1)).flatten(1).all(1)
    kept = (drawn.images == plain).flatten(1).all(1)
    assert torch.equal(turned, ~kept)
    assert 150 < int(turned.sum()) < 250


def test_flips_can_be_switched_off() -> None:
    source = Numbered()
    drawn = sampler(source, flip=False).batch("faces", ANY, 0, 50)
    assert torch.equal(drawn.images, to_network(source.images(drawn.index)))


def test_sampling_leaves_the_source_alone() -> None:
    source = Numbered()
    before = source.pixels.clone()
    sampler(source).batch("faces", ANY, 0, 50)
    assert torch.equal(source.pixels, before)


def test_images_are_ready_for_the_network() -> None:
    ends = torch.tensor([0, 127, 255], dtype=torch.uint8).view(1, 1, 1, 3).expand(2, 3, 2, 3)
    faces = to_network(ends)
    assert faces.dtype == torch.float32
    assert faces.is_contiguous(memory_format=torch.channels_last)
    assert torch.equal(faces[0, 0, 0], torch.tensor([0.0, 127.0, 255.0]) / 127.5 - 1)


def test_labels_follow_the_asked_order_and_the_face() -> None:
    source = Numbered()
    drawn = sampler(source).batch("faces", ANY, 0, 20)
    assert torch.equal(drawn.attributes, source.labels[drawn.index][:, [1, 0]])
    assert torch.equal(drawn.identity, source.identities[drawn.index])


def test_an_unknown_value_matches_neither() -> None:
    for value in (0, 1):
        assert sampler().pool(Draw(has={"Young": value})).min() >= 10


def test_low_images_are_area_averages_of_the_drawn_faces() -> None:
    drawn = sampler().batch("faces", Draw(low=2), 0, 6)
    assert drawn.low is not None
    expected = drawn.images.reshape(6, 3, 2, 4, 2, 4).mean(dim=(3, 5))
    torch.testing.assert_close(drawn.low, expected)


def test_an_empty_pool_is_one_clear_line() -> None:
    with pytest.raises(
        ValueError, match=r"'numbered'.*Eyeglasses=1, Smiling=1.*4 faces.*Eyeglasses=1: 1, Smiling=1: 2"
    ):
        sampler(Numbered(4)).batch("faces", Draw(has={"Smiling": 1, "Eyeglasses": 1}), 0, 2)


def test_bad_wishes_are_refused() -> None:
    with pytest.raises(UnknownAttributeError, match="Smiling"):
        Sampler(Numbered(), attributes=["Smilling"], seed=0)
    with pytest.raises(UnknownAttributeError):
        sampler().batch("faces", Draw(has={"Bald": 1}), 0, 1)
    with pytest.raises(ValueError, match="0 or 1"):
        Draw(has={"Smiling": 2})
    with pytest.raises(ValueError, match="at least 1"):
        Draw(low=0)
    with pytest.raises(ValueError, match="side 16 cannot be made from images of side 8"):
        shrink(torch.zeros(1, 3, 8, 8), side=16)
