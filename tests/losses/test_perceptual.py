"""Style, matching, margin and variation against values worked out by hand."""

import pytest
import torch

from facegan.losses.features import FeatureReconstruction
from facegan.losses.perceptual import FeatureMatching, Margin, Style, TotalVariation, gram
from facegan.losses.reconstruction import L2

ONE = torch.tensor([[[[1.0, 2.0]], [[0.0, 1.0]]]])  # 1 x 2 x 1 x 2
OTHER = torch.zeros(1, 2, 1, 2)


def test_a_gram_matrix_by_hand() -> None:
    """[1 2], [0 1]: products 5, 2, 2, 1, over 2 channels and 2 places."""
    torch.testing.assert_close(gram(ONE), torch.tensor([[[5.0, 2.0], [2.0, 1.0]]]) / 4)


def test_style_is_the_squared_gap_of_gram_matrices() -> None:
    wanted = torch.tensor((25 + 4 + 4 + 1) / 16)
    torch.testing.assert_close(Style()([ONE], [OTHER]), wanted)
    torch.testing.assert_close(Style()([ONE, 2 * ONE], [OTHER, OTHER]), wanted * (1 + 16))
    torch.testing.assert_close(Style(layers=[-1])([ONE, 2 * ONE], [OTHER, OTHER]), wanted * 16)
    assert Style()([ONE], [ONE.flip(-1)]) == 0, "style does not know where"


def test_style_by_means_counts_narrow_and_wide_maps_alike() -> None:
    """The same gaps over the 2 x 2 elements of a Gram matrix, as the authors' code has it."""
    torch.testing.assert_close(Style(mean=True)([ONE], [OTHER]), torch.tensor((25 + 4 + 4 + 1) / 16 / 4))
    pair = [torch.cat([ONE, 2 * ONE])], [torch.cat([OTHER, OTHER])]
    torch.testing.assert_close(Style(mean=True)(*pair), torch.tensor(34 / 64 * (1 + 16) / 2))


def test_matching_weighs_the_mean_gap_of_each_map() -> None:
    torch.testing.assert_close(FeatureMatching()([ONE, -ONE], [OTHER, OTHER]), torch.tensor(2.0))
    weighed = FeatureMatching(layers=[1], weights=[5.0])
    torch.testing.assert_close(weighed([ONE, 3 * ONE], [OTHER, OTHER]), torch.tensor(15.0))
    assert FeatureMatching()([ONE], [ONE.flip(-1)]) == 1, "matching knows where"


def test_maps_that_are_not_there_are_left_out() -> None:
    torch.testing.assert_close(FeatureMatching(layers=[0, 3], weights=[2, 9])([ONE], [OTHER]), torch.tensor(2.0))


def test_a_signed_mean_would_miss_this() -> None:
    """A port leaves the absolute value out: then these two would be alike."""
    assert FeatureMatching()([torch.tensor([[1.0, -1.0]])], [torch.zeros(1, 2)]) == 1


def test_the_margin_is_paid_until_the_gap_is_wide_enough() -> None:
    assert [float(Margin(margin=3)(torch.tensor(gap))) for gap in (0.0, 1.0, 3.0, 5.0)] == [3, 2, 0, 0]


def test_variation_by_hand() -> None:
    image = torch.tensor([[[[0.0, 1.0], [0.0, 3.0]]]])  # across 1, 3; down 0, 2
    torch.testing.assert_close(TotalVariation(power=2)(image), torch.tensor((1 + 9) / 2 + (0 + 4) / 2))
    torch.testing.assert_close(TotalVariation(power=1)(image), torch.tensor((1 + 3) / 2 + (0 + 2) / 2))


def test_a_features_layer_counts_from_the_last_too() -> None:
    loss = FeatureReconstruction(distance=L2(), layer=-1)
    torch.testing.assert_close(loss(lambda x: (x, 2 * x), ONE, OTHER), torch.tensor(4 * 6 / 4))


def test_what_does_not_pair_is_refused() -> None:
    with pytest.raises(ValueError, match="do not pair"):
        FeatureMatching()([ONE], [ONE, ONE])
    with pytest.raises(ValueError, match="do not pair"):
        Style()([], [])
    with pytest.raises(ValueError, match="2 layers and 1 weights"):
        FeatureMatching(layers=[0, 1], weights=[1.0])
    with pytest.raises(ValueError, match="1 maps and 2 weights"):
        FeatureMatching(weights=[1.0, 1.0])([ONE], [OTHER])
    with pytest.raises(ValueError, match=r"of 1 maps none is among the layers \[1\]"):
        FeatureMatching(layers=[1])([ONE], [OTHER])
    with pytest.raises(ValueError, match="positive"):
        Margin(margin=0)
    with pytest.raises(ValueError, match="power 1 or 2"):
        TotalVariation(power=3)
