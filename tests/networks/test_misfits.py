"""What cannot be built says so in one line that names both sides and what would fit."""

from collections.abc import Callable
from typing import Any

import pytest

from facegan.networks.backbones import Backbone
from facegan.networks.decoders import ConvDecoder
from facegan.networks.discriminators import GlobalDiscriminator, MultiScaleDiscriminator, PatchDiscriminator
from facegan.networks.encoders import ConvEncoder
from facegan.networks.errors import PartError
from facegan.networks.latent_discriminators import LatentDiscriminator, MLPLatentDiscriminator
from facegan.networks.recognizers import ConvRecognizer
from facegan.networks.residual import ResidualDecoder, ResidualEncoder
from facegan.networks.translators import ResNetTranslator

CODE = (512, 8, 8)

MISFITS: list[tuple[Callable[[], Any], str]] = [
    (
        lambda: ConvEncoder(image_size=50),
        "ConvEncoder: a 50-pixel image cannot be halved 3 times; 48 or 56 would fit",
    ),
    (
        lambda: ConvEncoder(image_size=16, layers=5),
        "ConvEncoder: a 16-pixel image cannot be halved 5 times; 32 would fit",
    ),
    (
        lambda: ConvEncoder(image_size=4),
        "ConvEncoder: a 4-pixel image cannot be halved down to 4 pixels; 8 would fit",
    ),
    (
        lambda: ConvEncoder(image_size=64, widths=[]),
        "ConvEncoder: it was given no layers at all; 1 would fit",
    ),
    (
        lambda: ConvEncoder(image_size=64, widths=[4, 8], layers=3),
        "ConvEncoder: layers is 3, but 2 widths are given; leave one of them out",
    ),
    (
        lambda: ConvEncoder(image_size=64, norm="bach"),
        "ConvEncoder: norm is 'bach'; it can be batch, instance, layer, spectral, none",
    ),
    (
        lambda: ConvEncoder(image_size=64, init="orthogonal"),
        "ConvEncoder: init is 'orthogonal'; it can be default, normal, xavier",
    ),
    (
        lambda: ConvEncoder(image_size=16, layers=4, norm="instance"),
        "ConvEncoder: instance norm has no moments on a 512x1x1 map; batch, layer, spectral or none would fit",
    ),
    (
        lambda: ResidualEncoder(image_size=50),
        "ResidualEncoder: a 50-pixel image cannot be halved 3 times; 48 or 56 would fit",
    ),
    (
        lambda: ResNetTranslator(image_size=50),
        "ResNetTranslator: a 50-pixel image cannot be halved 2 times; 48 or 52 would fit",
    ),
    (
        lambda: ResNetTranslator(image_size=16, condition=2, padding="reflect"),
        "ResNetTranslator: reflect padding leaves a tiled condition constant, and instance norm takes it out again; "
        "padding zeros would fit",
    ),
    (
        lambda: ResNetTranslator(image_size=16, padding="reflect", last_kernel=4),
        "ResNetTranslator: kernels of 7 and 4 do not both reflect evenly; padding zeros would fit",
    ),
    (
        lambda: ResNetTranslator(image_size=4, padding="reflect", norm="layer"),
        "ResNetTranslator: nothing to reflect on maps of 4 and 1 pixels; padding zeros would fit",
    ),
    (
        lambda: ResNetTranslator(image_size=16, down_kernel=5),
        "ResNetTranslator: down_kernel is '5'; it can be 3, 4",
    ),
    (
        lambda: ConvDecoder(code=CODE, image_size=48),
        "ConvDecoder: a 512x8x8 code cannot become a 48-pixel image by doubling; 32 or 64 pixels would fit",
    ),
    (
        lambda: ConvDecoder(code=CODE, image_size=48, widths=[8, 8]),
        "ConvDecoder: a 512x8x8 code cannot become a 48-pixel image in 3 doublings; 64 pixels would fit",
    ),
    (
        lambda: ConvDecoder(code=CODE, image_size=8),
        "ConvDecoder: a 512x8x8 code cannot become a 8-pixel image by doubling; 16 or 32 pixels would fit",
    ),
    (
        lambda: ConvDecoder(code=(512, 8, 4), image_size=64),
        "ConvDecoder: a 512x8x4 code is not square; 512x8x8 would fit",
    ),
    (
        lambda: ConvDecoder(code=CODE, image_size=64, upsampling="bilinear"),
        "ConvDecoder: upsampling is 'bilinear'; it can be transposed, nearest, pixelshuffle",
    ),
    (
        lambda: ConvDecoder(code=CODE, image_size=64, inject="middle"),
        "ConvDecoder: inject is 'middle'; it can be input, every, adain",
    ),
    (
        lambda: ConvDecoder(code=CODE, image_size=16, condition=2, inject="adain"),
        "ConvDecoder: adain has no hidden layer between a 512x8x8 code and a 16-pixel image; "
        "inject 'input' or 'every' would fit",
    ),
    (
        lambda: ConvDecoder(code=CODE, image_size=64, use_skips=2, skips=((64, 32, 32), (128, 8, 8))),
        "ConvDecoder: use_skips is 2, but of the encoder's (64x32x32, 128x8x8) 1 would fit",
    ),
    (
        lambda: ConvDecoder(code=CODE, image_size=64, use_skips=1),
        "ConvDecoder: use_skips is 1, but of the encoder's (none) 0 would fit",
    ),
    (
        lambda: ResidualDecoder(code=CODE, image_size=48),
        "ResidualDecoder: a 512x8x8 code cannot become a 48-pixel image by doubling; 32 or 64 pixels would fit",
    ),
    (
        lambda: ResidualDecoder(code=CODE, image_size=8, widths=[]),
        "ResidualDecoder: a 512x8x8 code cannot become a 8-pixel image in 0 doublings; 8 or 16 pixels would fit",
    ),
    (
        lambda: ResidualDecoder(code=(8, 1, 1), image_size=16, condition=2, norm="none"),
        "ResidualDecoder: instance norm has no moments on a 8x1x1 map; batch, layer, spectral or none would fit",
    ),
    (
        lambda: GlobalDiscriminator(image_size=16, layers=5),
        "GlobalDiscriminator: layer 5 leaves nothing of a 1x1 map; fewer layers would fit",
    ),
    (
        lambda: GlobalDiscriminator(image_size=16, layers=1, condition=2),
        "GlobalDiscriminator: a condition needs a layer after number 1; 2 layers would fit",
    ),
    (
        lambda: GlobalDiscriminator(image_size=16, inject="last"),
        "GlobalDiscriminator: inject is 'last'; it can be input, first",
    ),
    (
        lambda: PatchDiscriminator(image_size=16, layers=3),
        "PatchDiscriminator: 3 halvings of a 16-pixel image leave no patch; 2 would fit",
    ),
    (
        lambda: MultiScaleDiscriminator(image_size=16, member=PatchDiscriminator, scales=4),
        "MultiScaleDiscriminator: 4 scales of a 16-pixel image; 1 to 3 would fit",
    ),
    (
        lambda: LatentDiscriminator(code=CODE, outputs=2, norm="instance"),
        "LatentDiscriminator: instance norm has no moments on a 512x1x1 map; batch, layer, spectral or none would fit",
    ),
    (
        lambda: MLPLatentDiscriminator(code=(4, 2, 2), outputs=2, norm="instance"),
        "MLPLatentDiscriminator: instance norm has no moments on vectors; batch, layer or none would fit",
    ),
    (
        lambda: ConvRecognizer(image_size=16, outputs=2, layers=5, stage="pooled"),
        "ConvRecognizer: a 16-pixel image cannot be halved 5 times; 4 would fit",
    ),
    (
        lambda: ConvRecognizer(image_size=16, outputs=2, stage="dense"),
        "ConvRecognizer: stage is 'dense'; it can be strided, pooled",
    ),
    (
        lambda: Backbone(image_size=16, name="resnet19"),
        "Backbone: torchvision has no network 'resnet19'; close to it are resnet18, resnet152, resnet101",
    ),
    (
        lambda: Backbone(image_size=16, library="keras"),
        "Backbone: library is 'keras'; it can be torchvision, timm",
    ),
    (
        lambda: Backbone(image_size=16, stage=6),
        "Backbone: resnet18 has no stage 6 at 16 pixels; 1, 2, 3, 4 would fit",
    ),
]


@pytest.mark.parametrize(("build", "line"), MISFITS, ids=[line.split(";")[0] for _, line in MISFITS])
def test_a_misfit_is_one_line_that_says_what_would_fit(build: Callable[[], Any], line: str) -> None:
    with pytest.raises(PartError) as raised:
        build()
    assert str(raised.value) == line
