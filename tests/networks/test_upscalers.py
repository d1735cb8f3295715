"""Upscalers against the layer tables of their papers, and what makes each of them itself."""

from typing import Any

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from facegan.networks.errors import PartError
from facegan.networks.layered_discriminators import LayeredDiscriminator
from facegan.networks.recursive_upscaler import DRCN
from facegan.networks.residual_upscalers import ResidualUpscaler, StagedUpscaler
from facegan.networks.upscalers import ESPCN, SRCNN, enlarged
from facegan.networks.vgg import VGG16, VGG19
from tests.networks.parts import count, factory


def small(side: int = 4, channels: int = 3) -> torch.Tensor:
    return torch.rand(2, channels, side, side, generator=torch.Generator().manual_seed(0)) * 2 - 1


def test_srcnn_has_8032_weights_on_luminance() -> None:
    part = SRCNN(image_size=64, scale=4, channels=1)
    weights = sum(p.numel() for p in part.parameters() if p.ndim == 4)
    assert (weights, count(part)) == (8_032, 8_032 + 64 + 32 + 1)


def test_espcn_times_3_on_luminance() -> None:
    assert count(ESPCN(image_size=66, scale=3, channels=1)) == (25 * 64 + 64) + (9 * 64 * 32 + 32) + (9 * 32 * 9 + 9)


def test_drcn_is_known_for_1775_thousand() -> None:
    part = DRCN(image_size=64, scale=4, channels=1)
    square = 9 * 256 * 256 + 256
    assert count(part) == (9 * 256 + 256) + 3 * square + (9 * 256 + 1) + 16 == 1_775_121


def test_srresnet_is_known_for_1547_thousand() -> None:
    block = 2 * (9 * 64 * 64 + 2 * 64) + 1
    ends = (81 * 3 * 64 + 64 + 1) + (81 * 64 * 3 + 3)
    doubling = 9 * 64 * 256 + 256 + 1
    assert count(ResidualUpscaler(image_size=96, scale=4)) == ends + 16 * block + 9 * 64 * 64 + 128 + 2 * doubling
    assert count(ResidualUpscaler(image_size=96, scale=4)) == 1_547_350


def test_johnsons_network() -> None:
    part = factory("upscaler/perceptual", small=False)(image_size=288, scale=4)
    block, doubling = 2 * (9 * 64 * 64 + 128), 9 * 64 * 64 + 128
    assert count(part) == (81 * 3 * 64 + 128) + 4 * block + 2 * doubling + (81 * 64 * 3 + 3)


def test_chen_and_tongs_stages_have_256_and_128_channels() -> None:
    """Biases that a batch norm undoes are left out: those of all but the last stage's end and the tail."""

    def stage(inputs: int, wide: int) -> int:
        return inputs * wide * (inputs != wide) + 4 * (9 * wide * wide) + 4 * 2 * wide + 2 * wide + 9 * wide * wide

    tail = (9 * 128 * 96 + 96) + (96 * 96 + 96) + (96 * 3 + 3)
    part = StagedUpscaler(image_size=64, scale=4)
    assert count(part) == stage(3, 256) + stage(256, 128) + 128 + tail


def test_srgans_discriminator() -> None:
    part = LayeredDiscriminator(image_size=96)
    widths = (64, 64, 128, 128, 256, 256, 512, 512)
    convs = sum(9 * a * b for a, b in zip((3, *widths), widths, strict=False))
    hidden = 512 * 6 * 6 * 1024 + 1024
    assert count(part) == convs + 64 + 2 * sum(widths[1:]) + hidden + 1024 + 1


def test_pans_discriminator_ends_with_8_channels_and_offers_nine_maps() -> None:
    part = factory("discriminator/pan", small=False)(image_size=64)
    features = part(torch.zeros(2, 3, 64, 64)).features
    assert [maps.shape[1] for maps in features] == [64, 128, 128, 256, 256, 512, 512, 512, 8]
    assert features[-1].shape[-1] == 2


def test_a_mean_of_places_is_the_mean_of_their_logits() -> None:
    part = factory("discriminator/face_wgan")(image_size=64)
    judgement = part(torch.rand(2, 3, 64, 64))
    weight, bias = part.critic[1].weight, part.critic[1].bias
    logits = F.conv2d(judgement.features[-1], weight[:, :, None, None], bias)
    torch.testing.assert_close(judgement.logits, logits.mean((2, 3)))


@pytest.mark.parametrize("name", ["srcnn_added", "espcn_added", "small"])
def test_what_is_added_to_a_face_is_added_to_the_enlarged_one(name: str) -> None:
    part = factory(f"upscaler/{name}")(image_size=16, scale=4)
    for parameter in part.parameters():
        nn.init.zeros_(parameter)
    torch.testing.assert_close(part(small()).images, enlarged(small(), 4))


def test_drcn_answers_after_every_recursion_and_weighs_the_answers() -> None:
    part = DRCN(image_size=16, scale=4, width=4, recursions=3)
    answer = part(small())
    torch.testing.assert_close(answer.images, torch.stack(answer.partial).mean(0))
    first, second, _ = answer.partial
    torch.testing.assert_close(first, second)  # the recursion begins as the identity of maps that a ReLU left
    with torch.no_grad():
        part.shares.copy_(torch.tensor([0.0, 0.0, 1.0]))
        part.recursion.weight.add_(0.05)
    answer = part(small())
    torch.testing.assert_close(answer.images, answer.partial[-1])
    assert not torch.allclose(answer.partial[0], answer.partial[1])


@pytest.mark.parametrize(("scale", "size"), [(1, 16), (2, 16), (8, 32)])
@pytest.mark.parametrize("kind", [ResidualUpscaler, StagedUpscaler])
def test_other_scales(kind: Any, scale: int, size: int) -> None:
    part = kind(image_size=size, scale=scale, width=4)
    assert part(small(size // scale)).images.shape == (2, 3, size, size)


def test_misfits_say_what_would_fit() -> None:
    with pytest.raises(PartError, match=r"ResidualUpscaler: it doubles the side.*2, 4 or 8 would fit"):
        ResidualUpscaler(image_size=66, scale=3)
    with pytest.raises(PartError, match="SRCNN: a 64-pixel image cannot be 5 times a small one"):
        SRCNN(image_size=64, scale=5)
    with pytest.raises(PartError, match="8 widths, 1 strides, 8 kernels"):
        LayeredDiscriminator(image_size=64, strides=(2,))
    with pytest.raises(PartError, match="from shallow to deep"):
        VGG16(image_size=32, maps=("relu2_2", "relu1_2"))
    with pytest.raises(PartError, match="maps is 'relu6_1'"):
        VGG19(image_size=32, maps=("relu6_1",))


def test_vgg_maps_end_where_their_names_say() -> None:
    deep, shallow = VGG19(image_size=32, maps=("relu5_4",)), VGG16(image_size=32)
    assert (deep.shape, shallow.shape, shallow.skips) == ((512, 2, 2), (128, 16, 16), ((64, 32, 32),))
    kinds = [type(layer).__name__ for layer in deep.stages[0]]  # type: ignore[arg-type]
    assert (kinds.count("Conv2d"), kinds.count("MaxPool2d"), kinds[-1]) == (16, 4, "ReLU")
