"""Every odd kind of image file is converted, or refused with a reason."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import ExifTags, Image

from facegan.data import decode as module
from facegan.data.decode import UnreadableImageError, decode, to_rgb

from .images import picture


def close(image: Image.Image, expected: Image.Image, *, within: float = 3) -> bool:
    assert image.mode == "RGB"
    difference = np.asarray(image, dtype=float) - np.asarray(expected.convert("RGB"), dtype=float)
    return bool(np.abs(difference).mean() < within)


PLAIN = picture(40, 30)
CONVERSIONS: dict[str, tuple[str, Callable[[Path], object], Image.Image]] = {
    "rgb": (".png", lambda path: PLAIN.save(path), PLAIN),
    "grey": (".jpg", lambda path: PLAIN.convert("L").save(path), PLAIN.convert("L")),
    "one bit": (".png", lambda path: PLAIN.convert("1").save(path), PLAIN.convert("1")),
    "cmyk": (".jpg", lambda path: PLAIN.convert("CMYK").save(path, quality=95), PLAIN),
    "palette": (".png", lambda path: PLAIN.quantize(200).save(path), PLAIN),
    "grey with alpha": (".png", lambda path: PLAIN.convert("LA").save(path), PLAIN.convert("L")),
    "animated": (
        ".gif",
        lambda path: PLAIN.save(path, save_all=True, append_images=[picture(40, 30, seed=5)], duration=50),
        PLAIN,
    ),
    "webp": (".webp", lambda path: PLAIN.save(path, quality=95), PLAIN),
    "tiff": (".tif", lambda path: PLAIN.save(path), PLAIN),
    "wrong suffix": (".jpg", lambda path: PLAIN.save(path, format="PNG"), PLAIN),
}


@pytest.mark.parametrize("kind", CONVERSIONS)
def test_odd_files_are_converted(kind: str, tmp_path: Path) -> None:
    suffix, save, expected = CONVERSIONS[kind]
    path = tmp_path / f"image{suffix}"
    save(path)
    decoded = decode(path)
    assert decoded.size == (40, 30)
    assert decoded.scale == 1
    assert close(decoded.image, expected, within=6)


@pytest.mark.parametrize("mode", ["RGBA", "P"])
def test_transparency_is_laid_on_white(mode: str, tmp_path: Path) -> None:
    image = Image.new("RGBA", (20, 20), (255, 0, 0, 255))
    image.paste((0, 0, 255, 0), (0, 0, 10, 20))
    path = tmp_path / "half.png"
    (image if mode == "RGBA" else image.quantize(4)).save(path)
    pixels = np.asarray(decode(path).image)
    assert (pixels[:, :10] == 255).all()
    assert (pixels[:, 10:] == (255, 0, 0)).all()


def test_sixteen_bits_keep_their_shades(tmp_path: Path) -> None:
    values = np.linspace(0, 65535, 256).astype(np.uint16).reshape(16, 16)
    path = tmp_path / "deep.png"
    Image.fromarray(values).save(path)
    pixels = np.asarray(decode(path).image)
    assert np.abs(pixels[..., 0].ravel() - np.arange(256.0)).max() <= 1
    assert (pixels[..., 0] == pixels[..., 2]).all()


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_turned_images_stand_upright(orientation: int, tmp_path: Path) -> None:
    undo = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    stored = PLAIN.transpose(undo[orientation]) if orientation in undo else PLAIN
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    stored.save(tmp_path / "turned.jpg", exif=exif, quality=98)
    decoded = decode(tmp_path / "turned.jpg")
    assert decoded.size == decoded.image.size == (40, 30)
    assert close(decoded.image, PLAIN)
    assert to_rgb(decoded.image).size == (40, 30), "turned twice"


def damaged(path: Path, content: bytes) -> str:
    path.write_bytes(content)
    with pytest.raises(UnreadableImageError) as caught:
        decode(path)
    return str(caught.value)


def test_damaged_files_are_refused_with_a_reason(tmp_path: Path) -> None:
    PLAIN.resize((200, 200)).save(tmp_path / "whole.jpg")
    PLAIN.resize((200, 200)).save(tmp_path / "whole.png")
    for suffix in (".jpg", ".png"):
        whole = (tmp_path / f"whole{suffix}").read_bytes()
        assert "damaged" in damaged(tmp_path / f"cut{suffix}", whole[: len(whole) // 2])
    assert "not an image" in damaged(tmp_path / "text.jpg", b"this is no image")
    assert "not an image" in damaged(tmp_path / "empty.jpg", b"")
    assert "not an image" in damaged(tmp_path / "noise.png", b"\x89PNG\r\n\x1a\n" + bytes(range(200)))


def test_floating_point_pixels_are_refused(tmp_path: Path) -> None:
    Image.fromarray(np.zeros((9, 9), dtype=np.float32)).save(tmp_path / "float.tif")
    with pytest.raises(UnreadableImageError, match="floating-point"):
        decode(tmp_path / "float.tif")


def test_a_bomb_is_refused_unread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    PLAIN.save(tmp_path / "bomb.png")
    monkeypatch.setattr(module, "MAX_PIXELS", 1199)
    with pytest.raises(UnreadableImageError, match=r"40 x 30 pixels, above the limit of 1,199"):
        decode(tmp_path / "bomb.png")


@pytest.mark.parametrize(
    ("least", "side", "size"), [(10_000, 100, (200, 150)), (10_000, 60, (100, 75)), (10**6, 60, (400, 300))]
)
def test_a_huge_jpeg_is_decoded_small(
    least: int, side: int, size: tuple[int, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "DRAFT_PIXELS", least)
    monkeypatch.setattr(module, "DRAFT_SIDE", side)
    huge = picture(400, 300)
    huge.save(tmp_path / "huge.jpg", quality=95)
    decoded = decode(tmp_path / "huge.jpg")
    assert decoded.size == (400, 300)
    assert decoded.image.size == size
    assert decoded.scale == size[0] / 400
    assert close(decoded.image, huge.resize(size))
