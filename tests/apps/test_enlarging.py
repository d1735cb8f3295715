"""Pictures of any size made large: pieces without seams, files row by row, grey and transparency."""

import itertools
from pathlib import Path
from typing import cast

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor

from facegan.apps.enlarging import Enlarger, map_of
from facegan.apps.layers import layers_of, open_layers
from facegan.apps.png import PngFile
from facegan.apps.tiles import Tiling, bands, tiling_of
from facegan.cli.films import windows
from facegan.data.degradations import enlarged
from facegan.errors import UserError
from facegan.models.superresolution.upscaling import Upscaling
from tests.models.builders import build
from tests.runs import picture
from tests.tiny import SMALL


def made(name: str, *overrides: str) -> Upscaling:
    torch.manual_seed(4)
    model = build(name, *overrides, attributes=("Eyeglasses", "Smiling"), image_size=64)
    assert isinstance(model, Upscaling)
    return model


def seen(image: Image.Image) -> Tensor:
    return torch.from_numpy(np.array(image)).permute(2, 0, 1)[None].float() / 127.5 - 1


def large(enlarger: Enlarger, image: Image.Image) -> Image.Image:
    return Image.fromarray(np.concatenate([band.rows for (band,) in enlarger.bands([layers_of(image)])]))


def shaken(model: Upscaling) -> Upscaling:
    """With an answer that is far from plain interpolation."""
    with torch.no_grad():
        for parameter in model.parts["upscaler"].parameters():
            parameter.add_(0.1 * torch.randn(parameter.shape, generator=torch.Generator().manual_seed(2)))
    return model


@pytest.mark.parametrize(("height", "width"), [(64, 64), (65, 130), (33, 200), (7, 3), (129, 64)])
def test_pieces_cover_everything_once(height: int, width: int) -> None:
    tiling = tiling_of(32)
    for length in (height, width):
        weights = tiling.weights(length, 4)
        torch.testing.assert_close(weights.sum(0), torch.ones(4 * length))
        starts = tiling.starts(length)
        assert (starts[0], starts[-1]) == (0, max(0, length - 32))
        assert all(b - a <= 32 - tiling.overlap for a, b in itertools.pairwise(starts))
    small = torch.rand(2, 3, height, width)
    parts = list(
        bands(small, lambda piece: piece.repeat_interleave(4, -1).repeat_interleave(4, -2), scale=4, tiling=tiling)
    )
    torch.testing.assert_close(torch.cat(parts, dim=-2), small.repeat_interleave(4, -1).repeat_interleave(4, -2))


def test_a_piece_that_is_all_overlap_is_refused() -> None:
    with pytest.raises(ValueError, match="never come to an end"):
        Tiling(side=16, margin=8, ramp=4)


@pytest.mark.parametrize("name", ["bicubic", "espcn_quickstart", "srcnn_quickstart", "srresnet_quickstart"])
def test_pieces_of_a_convolution_are_the_whole(name: str) -> None:
    model = made(name)
    model = model if name == "bicubic" else shaken(model)
    small = torch.rand(1, 3, 201, 150, generator=torch.Generator().manual_seed(1)) * 2 - 1
    tiling = tiling_of(128)
    with torch.no_grad():
        whole = model.upscale(small)
        pieced = torch.cat(list(bands(small, model.upscale, scale=4, tiling=tiling)), dim=-2)
    assert len(tiling.starts(201)) == 2
    torch.testing.assert_close(pieced[..., 4:-4, 4:-4], whole[..., 4:-4, 4:-4], atol=1e-4, rtol=0)


def steps(image: Tensor) -> Tensor:
    """The largest step from each column to the next."""
    return image.diff(dim=-1).abs().amax((0, 1, 2))


def test_pieces_fade_where_each_has_a_tone_of_its_own() -> None:
    """As those of a network that looks at all of a piece: here the answer is shifted by the piece's mean."""

    def toned(piece: Tensor) -> Tensor:
        return enlarged(piece, 4) + piece.mean()

    slope = torch.linspace(-1, 1, 60).expand(1, 3, 24, 60)
    tiling, hard = tiling_of(16), Tiling(side=16, margin=0, ramp=1)
    faded, cut = (steps(torch.cat(list(bands(slope, toned, scale=4, tiling=t)), dim=-2)) for t in (tiling, hard))
    assert faded.max() < 3 * steps(enlarged(slope, 4)).max()
    assert cut.max() > 3 * faded.max()


@pytest.mark.parametrize("name", ["pan", "face_wgan"])
def test_a_network_of_whole_faces_gets_pieces_of_their_size(name: str) -> None:
    norm = ["++model.upscaler.norm=layer"] if name == "face_wgan" else []
    model = made(name, *SMALL[name][1:], *norm)
    assert not model.local
    assert Enlarger(model, side=128).tiling.side == model.low == 16
    assert large(Enlarger(model), picture(0, width=9, height=21)).size == (36, 84)
    assert made("srgan", *SMALL["srgan"][1:]).local


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_a_png_written_row_by_row_is_the_picture(channels: int, tmp_path: Path) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (37, 19, channels), dtype=np.uint8)
    with PngFile(tmp_path / "deep" / "a.png", width=19, height=37, channels=channels) as file:
        for start, end in ((0, 1), (1, 1), (1, 20), (20, 37)):
            file.write(pixels[start:end])
    image = Image.open(tmp_path / "deep" / "a.png")
    assert image.mode == ("L", "LA", "RGB", "RGBA")[channels - 1]
    assert np.array_equal(np.asarray(image).reshape(pixels.shape), pixels)


def test_a_png_that_is_not_finished_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="reshape"), PngFile(tmp_path / "a.png", width=4, height=4, channels=3) as file:
        file.write(np.zeros((2, 5, 3), np.uint8))
    assert not list(tmp_path.iterdir())
    (tmp_path / "file").touch()
    with (
        pytest.raises(UserError, match=r"could not write .*b\.png"),
        PngFile(tmp_path / "file" / "b.png", width=4, height=4, channels=3),
    ):
        pass


def modes() -> dict[str, Image.Image]:
    colour = picture(1, width=11, height=13)
    clear = Image.fromarray(np.linspace(0, 255, 143, dtype=np.uint8).reshape(13, 11))
    seen_through = colour.copy()
    seen_through.putalpha(clear)
    deep = Image.fromarray(np.asarray(colour.convert("L")).astype(np.uint16) * 256)
    return {
        "L": colour.convert("L"), "1": colour.convert("1"), "LA": Image.merge("LA", [colour.convert("L"), clear]),
        "RGB": colour, "RGBA": seen_through, "P": colour.quantize(8), "CMYK": colour.convert("CMYK"), "I;16": deep,
    }  # fmt: skip


KEPT = {"L": "L", "1": "L", "LA": "LA", "RGB": "RGB", "RGBA": "RGBA", "P": "RGB", "CMYK": "RGB", "I;16": "L"}


@pytest.mark.parametrize(("mode", "kept"), KEPT.items())
def test_grey_stays_grey_and_transparency_is_kept(mode: str, kept: str, tmp_path: Path) -> None:
    path = tmp_path / ("a.tif" if mode == "CMYK" else "a.png")
    modes()[mode].save(path)
    model = made("bicubic")
    enlarger = Enlarger(model)
    layers = open_layers(path)
    assert (layers.grey, layers.alpha is not None) == (kept in ("L", "LA"), kept.endswith("A"))
    enlarger.save([layers], [tmp_path / "large.png"])
    large = Image.open(tmp_path / "large.png")
    assert (large.mode, large.size) == (kept, (44, 52))
    wanted = model.upscale(layers.colour[None].float() / 127.5 - 1)
    shown = seen(large.convert("RGBA").convert("RGB"))
    assert (shown - wanted).abs().max() < (0.2 if mode == "CMYK" else 0.01)
    if layers.alpha is not None:
        alpha = torch.from_numpy(np.array(large.getchannel("A"))).float() / 127.5 - 1
        smooth = enlarged(layers.alpha[None].float() / 127.5 - 1, 4).clamp(-1, 1)
        assert (alpha - smooth).abs().max() < 0.01


def test_a_turned_photo_is_turned_upright(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    picture(2, width=12, height=8).save(tmp_path / "a.jpg", exif=exif)
    assert open_layers(tmp_path / "a.jpg").size == (12, 8)


def test_what_is_no_picture_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"none")
    with pytest.raises(UserError, match=r"a\.png: not an image"):
        open_layers(tmp_path / "a.png")
    with pytest.raises(UserError, match=r"b\.png: there is no such file"):
        open_layers(tmp_path / "b.png")


def test_the_dial_and_its_map(tmp_path: Path) -> None:
    model = shaken(made("srgan_quickstart", *SMALL["srgan_quickstart"][1:]))
    image = picture(3, width=21, height=18)
    small = seen(image)
    enlarger = Enlarger(model, invention=0.7, mapped=True)
    enlarger.save([layers_of(image)], [tmp_path / "a.png"])
    upscale, invented = getattr(model, "upscale"), getattr(model, "invented")  # noqa: B009
    large, where = seen(Image.open(tmp_path / "a.png")), np.asarray(Image.open(map_of(tmp_path / "a.png")))
    assert (large - upscale(small, invention=0.7)).abs().max() < 0.01
    expected = (invented(small, 0.7)[0, 0] / 0.5 * 255).clamp(0, 255).round()
    assert np.abs(where.astype(float) - expected.numpy()).max() <= 1
    assert where.max() > 20
    assert Enlarger(model, mapped=True).invention == 1.0


def test_a_picture_of_many_pieces_still_agrees_at_every_setting() -> None:
    model = shaken(made("srgan_quickstart", *SMALL["srgan_quickstart"][1:]))
    image = picture(5, width=70, height=44)
    made_large = seen(large(Enlarger(model, invention=1.0, side=32), image))
    assert len(tiling_of(32).starts(70)) > 2
    assert (model.shrunk(made_large) - seen(image)).abs().max() < 0.02  # 8 bits are steps of 0.008


def test_what_has_no_dial_refuses_it() -> None:
    with pytest.raises(UserError, match="Regression invents nothing"):
        Enlarger(made("espcn"), invention=0.5)
    with pytest.raises(UserError, match=r"train it with \+\+model\.keep_mean=true"):
        Enlarger(made("srgan", *SMALL["srgan"][1:]), invention=0.5)
    with pytest.raises(UserError, match="between 0"):
        Enlarger(made("pan_quickstart", *SMALL["pan_quickstart"][1:]), invention=1.5)
    with pytest.raises(UserError, match="tile=4"):
        Enlarger(made("bicubic"), side=4)


@pytest.mark.parametrize("length", range(1, 30))
@pytest.mark.parametrize("reach", [0, 1, 2])
def test_windows_show_each_once_with_its_neighbours(length: int, reach: int) -> None:
    shown = []
    for found, before, after in windows(range(length), size=4, reach=reach):
        wanted = found[before : len(found) - after]
        shown += wanted
        assert found == list(range(max(0, wanted[0] - reach), min(length, wanted[-1] + reach + 1)))
    assert shown == list(range(length))


def test_frames_are_made_with_their_neighbours(tmp_path: Path) -> None:
    """In pieces of time and of space it is what the model makes of the whole clip."""
    torch.manual_seed(1)
    model = build("vespcn", *SMALL["vespcn"][1:], image_size=64, attributes=())
    assert isinstance(model, Upscaling)
    clip = [picture(seed, width=14, height=12) for seed in range(5)]
    enlarger = Enlarger(model)
    layers = [layers_of(image) for image in clip]
    targets = [tmp_path / f"{number}.png" for number in range(5)]
    for found, before, after in windows(range(5), size=2, reach=enlarger.reach):
        wanted = found[before : len(found) - after]
        enlarger.save([layers[k] for k in found], [targets[k] for k in wanted], before=before, after=after)
    small = torch.cat([seen(image) for image in clip])
    padded = torch.nn.functional.pad(small, (0, 2, 0, 4), mode="replicate")
    expected = model.upscale(padded[None])[0, ..., :48, :56]
    for number, target in enumerate(targets):
        assert (seen(Image.open(target))[0] - expected[number]).abs().max() < 0.01


def test_a_large_picture_never_is_in_memory_whole() -> None:
    """No band is higher than a piece."""
    model = made("bicubic")
    enlarger = Enlarger(model, side=16)
    heights = [band.rows.shape[0] for (band,) in enlarger.bands([layers_of(picture(0, width=20, height=300))])]
    assert sum(heights) == 1200
    assert max(heights) <= 64
    assert cast(int, len(heights)) > 20
