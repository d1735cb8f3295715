"""Losses on hidden maps."""

import pytest
import torch

from facegan.losses.features import FeatureReconstruction, MeanFeatures
from facegan.losses.reconstruction import L2, MSSSIM


def test_only_the_mean_over_the_batch_counts() -> None:
    loss = MeanFeatures()
    real = torch.tensor([[0.0], [2.0]])
    assert loss([real], [torch.ones(5, 1)]) == 0
    assert loss([real], [torch.full((5, 1), 4.0)]) == 9


def test_elements_are_averaged_and_maps_added() -> None:
    real = [torch.zeros(2, 4, 2, 2), torch.zeros(2, 8)]
    fake = [torch.ones(2, 4, 2, 2), torch.full((2, 8), 2.0)]
    assert MeanFeatures()(real, fake) == 1 + 4


@pytest.mark.parametrize("fake", [[], [torch.zeros(2, 3)], [torch.zeros(2, 4), torch.zeros(2, 4)]])
def test_maps_must_pair(fake: list[torch.Tensor]) -> None:
    with pytest.raises(ValueError, match="do not pair"):
        MeanFeatures()([torch.zeros(2, 4)], fake)
    with pytest.raises(ValueError, match="do not pair"):
        MeanFeatures()([], [])


def test_feature_reconstruction_is_the_distance_between_maps_of_one_layer() -> None:
    prediction, target = torch.rand(2, 2, 3, 4, 4) * 2 - 1
    seen: list[torch.Tensor] = []

    def features(images: torch.Tensor) -> tuple[torch.Tensor, ...]:
        seen.append(images)
        return images, 3 * images[:, :1], -images

    result = FeatureReconstruction(distance=L2(), layer=1)(features, prediction, target)
    torch.testing.assert_close(result, 9 * (prediction - target)[:, :1].square().mean())
    assert [images is kind for images, kind in zip(seen, (prediction, target), strict=True)] == [True, True]


def test_a_distance_between_pictures_has_no_place_in_feature_space() -> None:
    with pytest.raises(ValueError, match="MSSSIM compares pictures"):
        FeatureReconstruction(distance=MSSSIM(), layer=0)
