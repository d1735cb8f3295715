"""Drawn things: where they lie, what they hide, and that they are the same on every face."""

import pytest
import torch
from torch import Tensor

from facegan.assemble import make_model
from facegan.config import compose_config
from facegan.errors import UserError
from facegan.models.editing.overlays import Look, Overlays
from facegan.models.editing.practised_genegan import PractisedGeneGAN

CPU = torch.device("cpu")


def faces(count: int = 64, side: int = 32) -> Tensor:
    torch.manual_seed(0)
    return torch.rand(count, 3, side, side) * 2 - 1


def plain(look: Look, **changed: float) -> Look:
    """The same thing without a lean, a tilt or a shift, and with some of its numbers changed."""
    straight = dict.fromkeys(("aside", "tilt", "skew", "lean", "level", "barred"), 0.0) | changed
    return dict(look) | {name: torch.full_like(look["wide"], value) for name, value in straight.items()}


def test_only_what_is_covered_changes() -> None:
    images, overlays = faces(), Overlays()
    worn, covered = overlays.draw(images, overlays.sample(len(images), CPU))
    assert worn.shape == images.shape
    assert covered.shape == (64, 1, 32, 32)
    assert covered.min() >= 0
    assert covered.max() <= 1
    assert worn.abs().max() <= 1
    same = (covered == 0).expand_as(images)
    assert torch.equal(worn[same], images[same])
    assert 0.02 < (covered > 0.05).float().mean() < 0.5


def test_a_thing_is_the_same_on_every_face() -> None:
    """Where it hides a face wholly, two faces are alike; and it covers the same pixels."""
    overlays = Overlays()
    look = plain(overlays.sample(64, CPU), density=1.0)
    (one, covered), (other, again) = (overlays.draw(images, look) for images in (faces(), -faces()))
    assert torch.equal(covered, again)
    hidden = (covered == 1).expand_as(one)
    assert hidden.any()
    torch.testing.assert_close(one[hidden], other[hidden])


def test_a_plate_lies_where_it_is_asked_to_and_is_mirrored() -> None:
    overlays = Overlays(height=(0.5, 0.5), apart=(0.5, 0.5), wide=(0.2, 0.2), tall=(0.1, 0.1), line=(0, 0))
    _, covered = overlays.draw(faces(side=64), plain(overlays.sample(64, CPU), density=1.0))
    torch.testing.assert_close(covered, covered.flip(-1))
    rows, columns = (covered > 0.5).flatten(0, 1).any(0).nonzero().unbind(1)
    assert (rows.min() + rows.max()) / 2 == pytest.approx(64 * 0.75 - 0.5, abs=1)
    assert rows.max() - rows.min() + 1 == pytest.approx(0.1 * 64, abs=2)
    right = columns[columns >= 32]
    assert right.float().mean() == pytest.approx(64 * 0.75 - 0.5, abs=1)
    assert right.max() - right.min() + 1 == pytest.approx(0.2 * 64, abs=2)


def test_a_thing_lies_to_the_side_and_turned_as_its_ranges_say() -> None:
    """A bar alone, half a picture long; to the right of the middle, its right end an eighth of the picture lower."""
    overlays = Overlays(height=(0, 0), aside=(0.25, 0.25), tilt=(0.25, 0.25), bar=(0.05, 0.05), reach=(0.5, 0.5))
    look = overlays.sample(4, CPU)
    bare = {"density": 0.0, "rim": 0.0, "skew": 0.0, "level": 0.0, "barred": 1.0, "wide": 0.01, "tall": 0.01}
    _, covered = overlays.draw(
        faces(4, 64), dict(look) | {n: torch.full_like(look["wide"], v) for n, v in bare.items()}
    )
    rows, columns = (covered[0, 0] > 0.5).nonzero().unbind(1)
    assert columns.float().mean() == pytest.approx(32 * 1.25 - 0.5, abs=1)
    assert rows[columns == columns.max()].float().mean() - 31.5 == pytest.approx(32 * 0.5 * 0.25, abs=2)


def test_a_rim_is_as_wide_on_the_short_side_of_a_plate_as_on_the_long_one() -> None:
    """A plate three times as wide as it is tall, its rim 0.1 of [-1, 1] wide, in the middle of the picture."""
    overlays = Overlays(height=(0, 0), apart=(0, 0), wide=(0.6, 0.6), tall=(0.2, 0.2), line=(0.05, 0.05))
    _, covered = overlays.draw(faces(side=200), plain(overlays.sample(64, CPU), density=0.0, rim=1.0, power=4.0))
    down, across = (covered[:, 0, :, 100].sum(1), covered[:, 0, 100, :].sum(1))
    for both_sides in (down, across):
        torch.testing.assert_close(both_sides / 2, torch.full((64,), 0.1 * 100), atol=1.5, rtol=0)


def test_a_clear_plate_shows_the_face_and_a_rim_does_not() -> None:
    overlays = Overlays(line=(0.05, 0.05))
    look = plain(overlays.sample(64, CPU), density=0.0, rim=1.0)
    assert overlays.draw(faces(), look)[1].max() == 1
    assert overlays.draw(faces(), look | {"line": torch.zeros_like(look["line"])})[1].max() == 0


def test_spectacles_lie_over_the_eyes() -> None:
    """The eyes of TwinFaces are a little below the middle; drawn spectacles reach them and leave mouth and hair."""
    config = compose_config("train", ["model=genegan_practised"])
    model = make_model(config, image_size=32, attributes=("Eyeglasses",))
    assert isinstance(model, PractisedGeneGAN)
    _, covered = model.overlays.draw(faces(500), model.overlays.sample(500, CPU))
    rows = (covered > 0.05).float().mean((0, 1, 3))
    assert rows[14:19].min() > 4 * rows[:9].max()
    assert rows[25:].max() == 0


@pytest.mark.parametrize(
    "wrong", [{"height": (0.5, -0.5)}, {"wide": (0.0, 0.3)}, {"line": (-0.1, 0.1)}, {"tall": (0.1,)}]
)
def test_what_is_no_range_is_refused_by_name(wrong: dict[str, tuple[float, float]]) -> None:
    with pytest.raises(UserError, match=f"{next(iter(wrong))}=.* a range"):
        Overlays(**wrong)
