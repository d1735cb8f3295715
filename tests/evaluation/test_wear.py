"""What an edit must survive."""

import torch

from facegan.evaluation.wear import as_seen, compressed, eight_bits
from tests.data.faces import Numbered

FACES = Numbered(4, image_size=16).pixels[:4].float() / 127.5 - 1


def test_8_bits_change_nothing_that_a_file_would_hold() -> None:
    assert eight_bits(FACES).allclose(FACES, atol=1e-6)
    assert eight_bits(FACES + 1e-3).sub(FACES).abs().max() < 1e-6
    assert len(eight_bits(torch.linspace(-1, 1, 5000)).unique()) == 256


def test_three_copies_that_are_pictures() -> None:
    copies = as_seen(FACES * 3)
    assert len(copies) == 3
    assert all(copy.abs().max() <= 1 and copy.shape == FACES.shape for copy in copies)
    assert not copies[1].equal(copies[0])
    assert not copies[2].equal(copies[0])


def test_fine_patterns_fade_and_flat_faces_stay() -> None:
    speck = torch.zeros(1, 3, 16, 16)
    speck[..., ::2, ::2] = 0.04
    plain, jpeg, soft = (float(copy.std()) for copy in as_seen(speck))
    assert plain > 0.01
    assert jpeg < 0.7 * plain
    assert soft < 0.7 * plain
    assert all(copy.allclose(torch.zeros(1, 3, 16, 16), atol=0.01) for copy in as_seen(speck * 0))


def test_a_lower_quality_loses_more() -> None:
    assert (compressed(FACES, 30) - FACES).abs().mean() > (compressed(FACES, 90) - FACES).abs().mean()
