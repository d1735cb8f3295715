"""Losses on hidden maps."""

import pytest
import torch

from facegan.losses.features import MeanFeatures


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
