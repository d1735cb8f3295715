"""Plates: the text that they claim is the text that they show, and the reader knows how sure it may be."""

from pathlib import Path

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from facegan.data.draw import Draw
from facegan.data.plates import ALPHABET, Plates, Reader
from facegan.data.plates.glyphs import STROKES, numbers, templates
from facegan.data.plates.reader import calibration_error
from facegan.data.sampling import Sampler
from facegan.errors import UserError

INDEX = torch.arange(40)


def damaged(images: Tensor, side: int) -> Tensor:
    low = F.interpolate(images, size=(side, side), mode="area")
    return F.interpolate(low, size=images.shape[-2:], mode="bicubic", align_corners=False).clamp(-1, 1)


def test_a_plate_depends_on_seed_split_and_number_alone() -> None:
    whole, part = Plates(size=50, image_size=32).render(INDEX), Plates(size=99, image_size=32).render(INDEX[7:9])
    assert torch.equal(whole[7:9], part)
    others = [Plates(size=50, seed=1), Plates(size=50, split="test")]
    assert all(plates.texts(INDEX) != Plates(size=50).texts(INDEX) for plates in others)
    assert Plates(size=50, image_size=16).texts(INDEX) == Plates(size=50, wear=0).texts(INDEX)


def test_images_are_what_is_rendered_and_can_be_drawn_as_faces(tmp_path: Path) -> None:
    plates = Plates(size=6, image_size=16, cache=str(tmp_path))
    images = plates.images(torch.tensor([4, 1]))
    assert images.shape == (2, 3, 16, 16)
    expected = plates.render(torch.tensor([4, 1]))
    assert (images.float() / 127.5 - 1 - expected).abs().max() < 1 / 127
    batch = Sampler(plates, attributes=(), seed=0, flip=False).batch("any", Draw(low=4), 0, 6)
    assert batch.images.shape == (6, 3, 16, 16)
    assert batch.attributes.shape == (6, 0)


def test_letters_are_spread_evenly_and_all_differ() -> None:
    text = "".join(Plates(size=4000).texts(torch.arange(4000)))
    assert set(text) == set(ALPHABET)
    shares = torch.bincount(numbers(text)) / len(text)
    assert (shares * len(ALPHABET)).min() > 0.8
    line = torch.arange(-0.5, 6.5, 0.25)
    ink = templates(*torch.meshgrid(line, line, indexing="xy"), weight=0.5, soft=0.3).flatten(1)
    alike = F.cosine_similarity(ink[:, None], ink[None], dim=-1) - torch.eye(len(STROKES))
    assert alike.max() < 0.95


@pytest.mark.parametrize("rows", [1, 2])
def test_clean_plates_are_read(rows: int) -> None:
    plates = Plates(size=40, rows=rows, columns=6 // rows, wear=0)
    reading = Reader(plates.layout)(plates.render(INDEX), plates.placements(INDEX))
    truth = plates.looks(INDEX).letters
    assert reading.accuracy(truth) >= 0.99
    assert reading.confidently_wrong(truth) == 0
    assert (reading.confidence > 0.9).float().mean() > 0.9
    assert sum(a == b for a, b in zip(reading.texts, plates.texts(INDEX), strict=True)) >= 38


def test_confidence_goes_with_what_can_be_read() -> None:
    plates = Plates(size=40)
    images, places, truth = plates.render(INDEX), plates.placements(INDEX), plates.looks(INDEX).letters
    reader = Reader(plates.layout)
    sharp, blurred, gone = (reader(damaged(images, side), places) for side in (32, 14, 8))
    assert sharp.accuracy(truth) > 0.95 > blurred.accuracy(truth) > gone.accuracy(truth)
    assert sharp.confidence.mean() > blurred.confidence.mean() > gone.confidence.mean()
    assert sharp.margin.mean() > blurred.margin.mean() > gone.margin.mean()
    assert gone.confidently_wrong(truth) < 0.02
    all_ = torch.cat([damaged(images, side) for side in (8, 11, 16, 22, 32)])
    known = truth.repeat(5, 1)
    assert calibration_error(reader(all_, places.repeat(5, 1, 1)), known) < 0.1


def test_who_invents_letters_is_caught_confidently_wrong() -> None:
    """A sharp plate with another text, where the text of the first is asked for."""
    plates, others = Plates(size=40, wear=0), Plates(size=40, wear=0, seed=1)
    reading = Reader(plates.layout)(others.render(INDEX), others.placements(INDEX))
    assert reading.confidently_wrong(plates.looks(INDEX).letters) > 0.9


def test_calibration_finds_the_evidence_that_makes_the_truth_likely() -> None:
    plates = Plates(size=40)
    images, places, truth = damaged(plates.render(INDEX), 16), plates.placements(INDEX), plates.looks(INDEX).letters

    def error(reader: Reader) -> float:
        return calibration_error(reader(images, places), truth)

    reader = Reader(plates.layout)
    assert error(reader.calibrated(images, places, truth)) < error(Reader(plates.layout, evidence=2)) / 2


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"image_size": 4}, "image_size=4"),
        ({"split": "all"}, "split="),
        ({"rows": 0}, "rows=0"),
        ({"wear": 2}, "wear=2"),
    ],
)
def test_what_cannot_be_drawn_is_refused(wrong: dict[str, object], said: str) -> None:
    with pytest.raises(UserError, match=said):
        Plates(**wrong)  # type: ignore[arg-type]
