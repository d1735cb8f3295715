"""What each option of the parts does."""

from collections import Counter
from typing import Any

import pytest
import torch
from torch import nn

from facegan.networks.decoders import UPSAMPLINGS, ConvDecoder
from facegan.networks.discriminators import GlobalDiscriminator, MultiScaleDiscriminator, PatchDiscriminator
from facegan.networks.encoders import ConvEncoder
from facegan.networks.injection import INJECTIONS, AdaIN
from facegan.networks.latent_discriminators import LatentDiscriminator, MLPLatentDiscriminator
from facegan.networks.norms import NORMS
from facegan.networks.recognizers import ConvRecognizer
from facegan.networks.residual import ResidualDecoder, ResidualEncoder
from facegan.networks.translators import ResNetTranslator

CODE = (8, 4, 4)
KINDS = {"batch": nn.BatchNorm2d, "instance": nn.InstanceNorm2d, "layer": nn.GroupNorm}
DECODERS: list[Any] = [ConvDecoder, ResidualDecoder]

WITH_NORM: dict[str, Any] = {
    "ConvEncoder": lambda norm: ConvEncoder(image_size=16, width=4, norm=norm),
    "ConvDecoder": lambda norm: ConvDecoder(code=CODE, image_size=16, width=4, norm=norm),
    "ResidualEncoder": lambda norm: ResidualEncoder(image_size=16, width=4, norm=norm),
    "ResidualDecoder": lambda norm: ResidualDecoder(code=CODE, image_size=16, width=4, norm=norm),
    "GlobalDiscriminator": lambda norm: GlobalDiscriminator(image_size=16, width=4, norm=norm),
    "PatchDiscriminator": lambda norm: PatchDiscriminator(image_size=16, width=4, norm=norm),
    "ConvRecognizer": lambda norm: ConvRecognizer(image_size=16, outputs=2, width=4, norm=norm),
    "LatentDiscriminator": lambda norm: LatentDiscriminator(code=(8, 4, 4), outputs=2, norm=norm),
    "MLPLatentDiscriminator": lambda norm: MLPLatentDiscriminator(code=CODE, outputs=2, width=4, norm=norm),
}


def kinds(part: nn.Module) -> Counter[str]:
    return Counter(type(module).__name__ for module in part.modules())


@pytest.mark.parametrize("norm", NORMS)
@pytest.mark.parametrize("part", [name for name in WITH_NORM if "Latent" not in name])
def test_the_norm_is_the_one_asked_for(part: str, norm: str) -> None:
    built = WITH_NORM[part](norm)
    found = kinds(built)
    for kind, module in KINDS.items():
        assert (found[module.__name__] > 0) == (norm == kind)
    weights = [m for m in built.modules() if isinstance(m, nn.Conv2d | nn.ConvTranspose2d | nn.Linear)]
    assert all(hasattr(m, "parametrizations") == (norm == "spectral") for m in weights)


@pytest.mark.parametrize(("norm", "module"), [("batch", "BatchNorm1d"), ("layer", "LayerNorm")])
def test_vectors_have_norms_too(norm: str, module: str) -> None:
    assert kinds(WITH_NORM["MLPLatentDiscriminator"](norm))[module] == 2


def test_a_standardized_latent_discriminator_hears_whispers_and_shouts_alike() -> None:
    torch.manual_seed(0)
    built = MLPLatentDiscriminator(code=CODE, outputs=2, width=4, standardized=True, dropout=0.0).train()
    codes = torch.randn(16, *CODE)
    loud = codes * torch.logspace(0, 1, codes[0].numel()).view(CODE) + 3
    assert torch.allclose(built(codes), built(loud), atol=1e-3)
    plain = MLPLatentDiscriminator(code=CODE, outputs=2, width=4, dropout=0.0)
    assert not torch.allclose(plain(codes), plain(loud), atol=1e-3)


@pytest.mark.parametrize("part", WITH_NORM)
def test_spectral_norm_holds_every_weight_at_one(part: str) -> None:
    torch.manual_seed(0)
    built = WITH_NORM[part]("spectral")
    for module in built.modules():
        if hasattr(module, "parametrizations"):
            with torch.no_grad():
                module.parametrizations.weight.original.mul_(50)
                for _ in range(30):  # each reading in train mode is one step of the power iteration
                    weight = module.weight
            inputs = 1 if isinstance(module, nn.ConvTranspose2d) else 0
            largest = torch.linalg.matrix_norm(weight.transpose(0, inputs).flatten(1), 2)
            assert largest.item() == pytest.approx(1, abs=0.05)


def test_layer_norm_takes_its_moments_over_channels_too() -> None:
    norm = next(m for m in WITH_NORM["ConvEncoder"]("layer").modules() if isinstance(m, nn.GroupNorm))
    assert norm.num_groups == 1


def test_batch_norm_has_the_stated_momentum_and_eps() -> None:
    encoder = ConvEncoder(image_size=16, width=4, norm_momentum=0.25, norm_eps=0.125)
    norm = next(module for module in encoder.modules() if isinstance(module, nn.BatchNorm2d))
    assert (norm.momentum, norm.eps) == (0.25, 0.125)
    seen: list[torch.Tensor] = []
    norm.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0]))
    encoder(torch.randn(4, 3, 16, 16))
    assert norm.running_mean is not None
    torch.testing.assert_close(norm.running_mean, 0.25 * seen[0].mean((0, 2, 3)))


@pytest.mark.parametrize(
    ("norm", "biased"), [("batch", [True, False]), ("none", [True, True]), ("layer", [True, True])]
)
def test_a_bias_stands_where_no_norm_would_undo_it(norm: str, biased: list[bool]) -> None:
    def found(bias: bool | None) -> list[bool]:
        encoder = ConvEncoder(image_size=16, width=4, norm=norm, bias=bias)
        return [module.bias is not None for module in encoder.modules() if isinstance(module, nn.Conv2d)]

    assert found(None) == biased
    assert found(True) == [True, True]
    assert found(False) == [False, False]


@pytest.mark.parametrize("norm_first", [False, True])
def test_the_first_layer_has_a_norm_only_on_demand(norm_first: bool) -> None:
    assert kinds(ConvEncoder(image_size=16, width=4, norm_first=norm_first))["BatchNorm2d"] == 1 + norm_first


@pytest.mark.parametrize("upsampling", UPSAMPLINGS)
@pytest.mark.parametrize("inject", INJECTIONS)
def test_every_upsampling_takes_every_injection(upsampling: str, inject: str) -> None:
    torch.manual_seed(0)
    decoder = ConvDecoder(code=CODE, image_size=32, condition=2, width=4, upsampling=upsampling, inject=inject).eval()
    code = torch.randn(2, *CODE)
    here, there = decoder(code, torch.ones(2, 2)), decoder(code, -torch.ones(2, 2))
    assert here.shape == (2, 3, 32, 32)
    assert (here - there).abs().max() > 1e-3
    modules = {"transposed": "ConvTranspose2d", "nearest": "Upsample", "pixelshuffle": "PixelShuffle"}
    assert {kind for kind in modules.values() if kinds(decoder)[kind]} == {modules[upsampling]}


@pytest.mark.parametrize("decoder", DECODERS)
@pytest.mark.parametrize("inject", INJECTIONS)
def test_a_condition_is_felt_all_over_the_image(decoder: Any, inject: str) -> None:
    torch.manual_seed(0)
    part = decoder(code=CODE, image_size=32, condition=2, width=8, inject=inject).eval()
    code = torch.randn(2, *CODE)
    moved = (part(code, torch.ones(2, 2)) - part(code, -torch.ones(2, 2))).abs()
    assert moved[:, :, 12:20, 12:20].max() > 1e-3


def test_every_layer_takes_the_condition_and_input_only_the_first() -> None:
    def taken(**choice: Any) -> list[int]:
        decoder = ConvDecoder(code=CODE, image_size=32, condition=2, widths=[6, 5], **choice)
        return [up.in_channels for up in decoder.ups]

    assert taken(inject="input") == [8 + 2, 6, 5]
    assert taken(inject="every") == [8 + 2, 6 + 2, 5 + 2]
    assert taken(inject="every", inject_layers=2) == [8 + 2, 6 + 2, 5]
    assert taken(inject="adain") == [8, 6, 5]


@pytest.mark.parametrize("decoder", DECODERS)
def test_adain_takes_the_norms_place(decoder: Any) -> None:
    part = decoder(code=CODE, image_size=32, condition=2, width=4, inject="adain", norm="batch")
    assert kinds(part)["AdaIN"] > 0
    assert kinds(part)["BatchNorm2d"] == 0
    assert kinds(decoder(code=CODE, image_size=32, width=4, inject="adain", norm="batch"))["BatchNorm2d"] > 0


def test_adain_sets_mean_and_deviation() -> None:
    torch.manual_seed(0)
    part = ConvDecoder(code=CODE, image_size=16, condition=2, width=4, inject="adain")
    adain = part.norms[0]
    assert isinstance(adain, AdaIN)
    condition = torch.randn(3, 2)
    scale, shift = adain.style(condition).chunk(2, dim=1)
    maps = adain(7 * torch.randn(3, 4, 8, 8) + 5, condition)
    torch.testing.assert_close(maps.mean((2, 3)), shift)
    torch.testing.assert_close(maps.std((2, 3), correction=0), (1 + scale).abs(), rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("decoder", DECODERS)
def test_skips_are_used_the_deepest_first(decoder: Any) -> None:
    torch.manual_seed(0)
    encoder = ConvEncoder(image_size=32, width=4, side=2)
    images = torch.randn(2, 3, 32, 32)
    code, skips = encoder(images)

    def moved(use_skips: int | None) -> list[bool]:
        part = decoder(code=encoder.shape, image_size=32, skips=encoder.skips, width=4, use_skips=use_skips).eval()
        zeroed = [tuple(skip * (i != j) for j, skip in enumerate(skips)) for i in range(len(skips))]
        return [not torch.equal(part(code, skips=skips), part(code, skips=each)) for each in zeroed]

    assert encoder.skips == ((4, 16, 16), (8, 8, 8), (16, 4, 4))
    assert moved(0) == [False, False, False]
    assert moved(1) == [False, False, True]
    assert moved(2) == [False, True, True]
    assert moved(None) == [True, True, True]


def test_a_decoder_built_with_skips_wants_them() -> None:
    decoder = ConvDecoder(code=CODE, image_size=16, skips=((4, 8, 8),), width=4, use_skips=1)
    with pytest.raises(ValueError, match="ConvDecoder: it was built with skips, and got 0 of them"):
        decoder(torch.zeros(1, *CODE))


def test_initial_weights_are_chosen() -> None:
    normal = ConvEncoder(image_size=16, width=64, init="normal", bias=True)
    stds = [module.weight.std().item() for module in normal.modules() if isinstance(module, nn.Conv2d)]
    assert stds == pytest.approx([0.02, 0.02], rel=0.05)
    assert not any(module.bias.any() for module in normal.modules() if isinstance(module, nn.Conv2d))
    default = ConvEncoder(image_size=16, width=64)
    assert next(module.weight.std().item() for module in default.modules() if isinstance(module, nn.Conv2d)) > 0.05


@pytest.mark.parametrize("inject", ["first", "input"])
def test_a_discriminators_condition_enters_where_it_is_told(inject: str) -> None:
    part = GlobalDiscriminator(image_size=16, condition=2, widths=[4, 6], inject=inject, norm="none")
    taken = [module.in_channels for module in part.modules() if isinstance(module, nn.Conv2d)]
    assert taken == ([3, 6] if inject == "first" else [5, 4])


def test_patches_see_patches_and_wholes_see_all() -> None:
    torch.manual_seed(0)
    patch, whole = (kind(image_size=128, width=4, norm="none") for kind in (PatchDiscriminator, GlobalDiscriminator))
    images = torch.zeros(1, 3, 128, 128)
    changed = images.clone()
    changed[:, :, 0, 0] = 9
    moved = (patch(images).logits - patch(changed).logits)[0, 0] != 0
    assert moved.shape == (14, 14)
    assert moved[0, 0]
    assert not moved[6:, 6:].any()
    assert whole(images).logits.item() != whole(changed).logits.item()


def test_scales_are_halved_means_of_the_image() -> None:
    torch.manual_seed(0)

    def member(**facts: Any) -> PatchDiscriminator:
        return PatchDiscriminator(width=4, norm="none", **facts)

    part = MultiScaleDiscriminator(image_size=32, member=member, recognition=2, scales=3)
    images = torch.randn(2, 3, 32, 32)
    half = nn.functional.avg_pool2d(images, 2)
    own = [part.members[0](images), part.members[1](half), part.members[2](nn.functional.avg_pool2d(half, 2))]
    judgement = part(images)
    torch.testing.assert_close(judgement.logits, torch.cat([each.logits.flatten(1) for each in own], dim=1))
    torch.testing.assert_close(judgement.recognition, sum(each.recognition for each in own) / 3)
    assert len(judgement.features) == sum(len(each.features) for each in own)
    assert PatchDiscriminator(image_size=32, width=4)(images).recognition is None


def test_a_logit_is_no_probability() -> None:
    torch.manual_seed(0)
    part = GlobalDiscriminator(image_size=16, width=4, norm="none")
    assert part(100 * torch.randn(50, 3, 16, 16)).logits.abs().max() > 1.5


def test_patches_are_recognised_by_their_mean() -> None:
    part = PatchDiscriminator(image_size=32, recognition=3, width=4, norm="none")
    judgement = part(torch.randn(2, 3, 32, 32))
    assert part.recognizer is not None
    torch.testing.assert_close(judgement.recognition, part.recognizer(judgement.features[-1].mean((2, 3))))


def test_a_latent_discriminator_goes_on_doubling_the_code_up_to_a_limit() -> None:
    widths = [shape[0] for shape in LatentDiscriminator(code=(8, 16, 16), outputs=2, max_width=64).stack.shapes]
    assert widths == [16, 32, 64, 64]


def test_what_is_added_stays_within_the_range() -> None:
    translator = ResNetTranslator(image_size=16, width=4, blocks=1, norm="layer", output="added")
    torch.nn.init.zeros_(translator.last.weight)
    torch.nn.init.constant_(translator.last.bias, 0.5)
    images = torch.rand(2, 3, 16, 16) * 2 - 1
    torch.testing.assert_close(translator(images), (images + 0.5).clamp(max=1.0))
