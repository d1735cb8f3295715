"""Grids of faces with captions, as PIL images."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from PIL import Image, ImageDraw, ImageFont
from torch import Tensor
from torch.nn import functional as F

CELL = 96  # a face is enlarged by a whole number to at least about this many pixels, so that a person can see it
GAP, MARGIN, GUTTER, LINE = 4, 10, 18, 13
PAPER, INK, STRONG = (255, 255, 255), (90, 96, 105), (20, 24, 31)


@dataclass(frozen=True, slots=True)
class Column:
    """A caption (lines of text; one in CAPITALS stands out) over R faces, R x 3 x S x S in [-1, 1]."""

    caption: str
    faces: Tensor


def to_picture(face: Tensor, *, side: int | None = None) -> Image.Image:
    """One face, 3 x S x S in [-1, 1], as an 8-bit picture, enlarged to `side` pixels where given."""
    pixels = ((face.detach().cpu().float() + 1) * 127.5).round().clamp(0, 255).to(torch.uint8)
    picture = Image.fromarray(pixels.permute(1, 2, 0).contiguous().numpy())
    return picture if side is None or side == picture.width else picture.resize((side, side), Image.Resampling.BICUBIC)


def coarse(low: Tensor, side: int) -> Tensor:
    """Small faces R x 3 x l x l at the side of large ones, each pixel a square; beyond [-1, 1] they are cut."""
    return F.interpolate(low.clamp(-1.0, 1.0), size=side)


def shown_side(image_size: int) -> int:
    """The side in pixels at which a face is shown: a whole multiple of its own, near CELL or above."""
    return image_size * max(1, round(CELL / image_size))


def grid(groups: Sequence[Sequence[Column]], *, title: str = "") -> Image.Image:
    """Groups of columns side by side, all with the same number of rows; a gutter parts the groups."""
    columns = [column for group in groups for column in group]
    side, rows = shown_side(columns[0].faces.shape[-1]), len(columns[0].faces)
    top = MARGIN + (LINE + 8 if title else 0)
    head = LINE * max(len(column.caption.splitlines()) for column in columns) + 4
    width = 2 * MARGIN + len(columns) * (side + GAP) - GAP + (len(groups) - 1) * GUTTER
    canvas = Image.new("RGB", (width, top + head + rows * (side + GAP) - GAP + MARGIN), PAPER)
    pen = ImageDraw.Draw(canvas)
    if title:
        pen.text((MARGIN, MARGIN - 2), title, fill=STRONG, font=_font(14))
    left = MARGIN
    for group in groups:
        for column in group:
            _caption(pen, column.caption, left, top + head - 4, side)
            for row, face in enumerate(column.faces):
                canvas.paste(to_picture(face, side=side), (left, top + head + row * (side + GAP)))
            left += side + GAP
        left += GUTTER
    return canvas


def stack(pictures: Sequence[Image.Image]) -> Image.Image:
    """Pictures below each other on one sheet."""
    sheet = Image.new("RGB", (max(p.width for p in pictures), sum(p.height for p in pictures)), PAPER)
    top = 0
    for picture in pictures:
        sheet.paste(picture, (0, top))
        top += picture.height
    return sheet


def _caption(pen: ImageDraw.ImageDraw, text: str, left: int, bottom: int, side: int) -> None:
    """Lines of text, centred over a column, that end at `bottom`."""
    lines = text.splitlines()
    for number, line in enumerate(lines):
        place = (left + side // 2, bottom - LINE * (len(lines) - 1 - number))
        pen.text(place, line, fill=STRONG if line.isupper() else INK, font=_font(11), anchor="ms")


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)
