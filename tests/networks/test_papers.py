"""The faithful settings: parameter counts derived from the papers' tables, and what else their code states."""

import numpy as np
import pytest
import torch
from torch import nn

from facegan.networks.translators import mirrored
from tests.networks.parts import count, factory


def test_genegan_at_64_pixels() -> None:
    encoder = factory("encoder/genegan", small=False)(image_size=64)
    decoder = factory("decoder/genegan", small=False)(code=encoder.shape, image_size=64, skips=encoder.skips)
    discriminator = factory("discriminator/genegan", small=False)(image_size=64)
    assert encoder.shape == (512, 8, 8)
    assert (count(encoder), count(decoder), count(discriminator)) == (2_629_120, 6_305_283, 6_832_641)
    assert count(encoder) + count(decoder) == 8_934_403
    assert discriminator(torch.zeros(2, 3, 64, 64)).logits.shape == (2, 1)


def test_genegan_has_tensorflows_batch_norm_and_dcgans_weights() -> None:
    encoder = factory("encoder/genegan", small=False)(image_size=64)
    decoder = factory("decoder/genegan", small=False)(code=encoder.shape, image_size=64)
    discriminator = factory("discriminator/genegan", small=False)(image_size=64)
    norms = [m for part in (encoder, decoder, discriminator) for m in part.modules() if isinstance(m, nn.BatchNorm2d)]
    assert {(norm.momentum, norm.eps) for norm in norms} == {(0.01, 1e-3)}
    assert len(norms) == 2 + 2 + 3
    weights = [
        m.weight
        for part in (encoder, decoder, discriminator)
        for m in part.modules()
        if isinstance(m, nn.Conv2d | nn.ConvTranspose2d | nn.Linear)
    ]
    assert all(weight.std().item() == pytest.approx(0.02, rel=0.05) for weight in weights)
    assert all(abs(weight.mean().item()) < 1e-3 for weight in weights)
    biases = {
        name: bias for name, bias in decoder.named_parameters() if name.startswith("ups") and name.endswith("bias")
    }
    assert {name: bias.tolist() for name, bias in biases.items()} == {"ups.2.bias": [0.0, 0.0, 0.0]}


def test_fader_at_256_pixels_with_one_attribute() -> None:
    encoder = factory("encoder/fader", small=False)(image_size=256)
    decoder = factory("decoder/fader", small=False)(code=encoder.shape, image_size=256, condition=2)
    latent = factory("latent_discriminator/fader", small=False)(code=encoder.shape, outputs=2)
    assert encoder.shape == (512, 4, 4)
    assert (count(encoder), count(decoder), count(latent)) == (6_985_568, 7_014_944, 8_655_362)
    dropouts = [module.p for module in latent.modules() if isinstance(module, nn.Dropout)]
    assert dropouts == [0.3, 0.3]


def test_fader_keeps_a_4x4_code_at_64_pixels_and_the_papers_code_is_2x2() -> None:
    assert factory("encoder/fader", small=False)(image_size=64).shape == (256, 4, 4)
    published = factory("encoder/fader", small=False, width=16, layers=7)(image_size=256)
    assert published.shape == (512, 2, 2)


def test_faders_classifier_goes_down_to_one_pixel_and_its_patches_are_few() -> None:
    classifier = factory("recognizer/fader", small=False)(image_size=256, outputs=2)
    assert [shape[0] for shape in classifier.stack.shapes] == [32, 64, 128, 256, 512, 512, 512, 512]
    assert classifier.stack.shapes[-1] == (512, 1, 1)
    patch = factory("discriminator/fader_patch", small=False)(image_size=256)
    assert [shape[0] for shape in patch.stack.shapes] == [32, 64, 128, 256]
    assert patch(torch.zeros(1, 3, 256, 256)).logits.shape == (1, 1, 30, 30)


def test_attgans_classifier_at_128_pixels() -> None:
    classifier = factory("recognizer/attgan", small=False)(image_size=128, outputs=40)
    convolutions = [m for m in classifier.modules() if isinstance(m, nn.Conv2d)]
    assert [conv.out_channels for conv in convolutions] == [16, 16, 32, 32, 64, 64, 128, 128, 256, 256]
    assert all(conv.kernel_size == (3, 3) for conv in convolutions)
    assert sum(isinstance(m, nn.BatchNorm2d) for m in classifier.modules()) == 10
    assert [m.out_features for m in classifier.modules() if isinstance(m, nn.Linear)] == [512, 40]
    assert not any(isinstance(m, nn.LeakyReLU) for m in classifier.modules())


def test_attgan_at_128_pixels_with_13_attributes() -> None:
    """By the paper's tables the generator has 43,459,203 parameters and the discriminator 44,718,990."""
    encoder = factory("encoder/attgan", small=False)(image_size=128)
    decoder = factory("decoder/attgan", small=False)(
        code=encoder.shape, image_size=128, condition=13, skips=encoder.skips
    )
    discriminator = factory("discriminator/attgan", small=False)(image_size=128, recognition=13)
    assert encoder.shape == (1024, 4, 4)
    assert count(encoder) + count(decoder) == 43_459_203
    assert count(discriminator) == 44_718_990
    assert [up.in_channels for up in decoder.ups] == [1024 + 13, 1024 + 512 + 13, 512, 256, 128]


def test_attgan_has_tensorflow_slims_norms_and_weights() -> None:
    encoder = factory("encoder/attgan", small=False)(image_size=64)
    discriminator = factory("discriminator/attgan", small=False)(image_size=64, recognition=2)
    norms = [module for module in encoder.modules() if isinstance(module, nn.BatchNorm2d)]
    assert {(norm.momentum, norm.eps) for norm in norms} == {(0.001, 0.001)}
    assert {norm.eps for norm in discriminator.modules() if isinstance(norm, nn.InstanceNorm2d)} == {1e-6}
    weight = discriminator.critic[1].weight
    bound = (6 / sum(weight.shape)) ** 0.5
    assert 0.99 * bound < weight.abs().max() <= bound
    assert not discriminator.critic[1].bias.any()


def test_stargan_at_128_pixels_with_five_attributes() -> None:
    translator = factory("translator/stargan", small=False)(image_size=128, condition=5)
    discriminator = factory("discriminator/stargan", small=False)(image_size=128, recognition=5)
    assert (count(translator), count(discriminator)) == (8_430_528, 44_762_048)
    assert count(translator) + count(discriminator) == 53_192_576
    slopes = {module.negative_slope for module in discriminator.modules() if isinstance(module, nn.LeakyReLU)}
    assert slopes == {0.01}


def test_cyclegan_reflects_at_the_ends_and_in_the_blocks_only() -> None:
    translator = factory("translator/cyclegan", small=False)(image_size=128)
    convolutions = [module for module in translator.modules() if isinstance(module, nn.Conv2d)]
    padded = [(conv.kernel_size[0], conv.stride[0], conv.padding_mode) for conv in convolutions]
    assert padded == [(7, 1, "reflect"), *[(3, 2, "zeros")] * 2, *[(3, 1, "reflect")] * 12, (7, 1, "reflect")]
    ups = [module for module in translator.modules() if isinstance(module, nn.ConvTranspose2d)]
    assert [(up.kernel_size, up.stride, up.padding, up.output_padding) for up in ups] == [
        ((3, 3), (2, 2), (1, 1), (1, 1))
    ] * 2
    assert all(conv.weight.std().item() == pytest.approx(0.02, rel=0.05) for conv in convolutions)


def test_johnsons_style_network() -> None:
    """By the table 1,679,235 parameters with the biases before its norms, which instance norm takes out again.

    9x9 3-32 and 32-3, 3x3 32-64-128 and back, ten of 128-128; a scale and a shift a normed channel.
    """
    table = 81 * 3 * 32 + 32 + 9 * (32 * 64 + 64 * 128) + 64 + 128 + 10 * (9 * 128 * 128 + 128)
    table += 9 * (128 * 64 + 64 * 32) + 64 + 32 + 81 * 32 * 3 + 3 + 2 * (32 + 64 + 128 + 10 * 128 + 64 + 32)
    idle = 32 + 64 + 128 + 10 * 128 + 64 + 32
    assert (table, idle) == (1_679_235, 1_600)
    assert count(factory("translator/style_transfer", small=False, bias=True)(image_size=256)) == table
    translator = factory("translator/style_transfer", small=False)(image_size=256)
    assert count(translator) == table - idle
    assert translator.margin == 40
    convolutions = [module for module in translator.modules() if isinstance(module, nn.Conv2d)]
    assert [(conv.kernel_size[0], conv.stride[0], conv.padding[0]) for conv in convolutions] == [
        (9, 1, 4), *[(3, 2, 1)] * 2, *[(3, 1, 0)] * 10, (9, 1, 4)
    ]  # fmt: skip


def test_a_block_without_padding_adds_the_middle_of_its_input() -> None:
    torch.manual_seed(0)
    block = factory("translator/style_transfer")(image_size=16).trunk[0]
    maps = torch.rand(2, 16, 12, 10)
    inner = nn.functional.conv2d(maps, block.conv_in.weight)
    inner = nn.functional.conv2d(nn.functional.instance_norm(inner).relu(), block.conv_out.weight)
    wanted = maps[..., 2:-2, 2:-2] + nn.functional.instance_norm(inner)
    torch.testing.assert_close(block(maps), wanted)


def test_what_the_blocks_take_off_is_what_the_margin_put_on() -> None:
    """So that the middle of what the layers give lies where the image did, and nothing is to be cut off."""
    part = factory("translator/style_transfer")(image_size=16)
    with torch.no_grad():
        maps = part.downs(part.first(mirrored(torch.zeros(1, 3, 16, 16), part.margin)))
        assert part.last(part.ups(part.trunk(maps))).shape == (1, 3, 16, 16)


@pytest.mark.parametrize(("margin", "right", "below"), [(3, 0, 0), (3, 2, 1), (11, 1, 0), (0, 0, 3)])
def test_a_margin_goes_on_mirroring_where_the_image_ends(margin: int, right: int, below: int) -> None:
    images = torch.arange(2 * 3 * 4 * 5).float().view(2, 3, 4, 5)
    edges = ((0, 0), (0, 0), (margin, margin + below), (margin, margin + right))
    wanted = np.pad(images.numpy(), edges, mode="reflect")
    assert np.array_equal(mirrored(images, margin, right=right, below=below).numpy(), wanted)
    with pytest.raises(ValueError, match="2 pixels a side"):
        mirrored(images[..., :1], margin, right=right, below=below)


def test_a_tiled_condition_under_reflect_padding_and_instance_norm_would_be_cancelled() -> None:
    """Which is why it is refused: behind another norm it is seen."""
    torch.manual_seed(0)
    seen = factory("translator/cyclegan", norm="layer")(image_size=16, condition=2)
    images, condition = torch.zeros(1, 3, 16, 16), torch.ones(1, 2)
    with torch.no_grad():
        assert not torch.allclose(seen(images, condition), seen(images, -condition))
        conv = seen.first[0]
        plane = conv(torch.cat([images, torch.ones(1, 2, 16, 16)], dim=1))
    assert plane.var((2, 3)).max() < 1e-8, "a constant, at the borders too: instance norm leaves nothing of it"


def test_an_even_last_kernel_is_padded_as_tensorflow_does() -> None:
    torch.manual_seed(0)
    last = factory("translator/residual_images")(image_size=16).last
    maps, conv = torch.rand(2, 4, 16, 16), last[1]
    expected = nn.functional.conv2d(nn.functional.pad(maps, (1, 2, 1, 2)), conv.weight, conv.bias)
    torch.testing.assert_close(last(maps), expected)


def test_vgg19_ends_at_the_first_layer_of_its_fifth_stage() -> None:
    part = factory("extractor/vgg19", small=False)(image_size=200)
    assert (*part.skips, part.shape) == ((256, 50, 50), (512, 25, 25), (512, 12, 12))
    assert count(part) == 12_944_960
