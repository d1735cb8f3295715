"""The card is frozen: a face that looks different needs a new version and a new card."""

import torch

from facegan.data.twinfaces import ATTRIBUTES, VERSION
from facegan.data.twinfaces.card import fingerprint, make_card, read_card
from facegan.data.twinfaces.labels import MARGINALS


def test_the_card_is_this_versions_and_the_faces_are_the_cards() -> None:
    card = read_card()
    assert card["version"] == VERSION
    assert card["marginals"] == MARGINALS
    assert torch.allclose(torch.tensor(fingerprint()), torch.tensor(card["fingerprint"]), atol=2e-3), (
        "faces look different: raise VERSION and run python -m facegan.data.twinfaces.card"
    )


def test_the_card_measures_every_attribute() -> None:
    card = make_card(faces=80, masks=4)
    assert card.keys() == read_card().keys()
    for frozen in (card, read_card()):
        assert list(frozen["mask_areas"]) == list(ATTRIBUTES)
        for areas in frozen["mask_areas"].values():
            assert 0 < areas["changed"] < areas["may"] < 1
        assert 0 < frozen["pca_residual"]["unexplained"] < 1
        assert frozen["nearest_neighbour_error"] > 0
