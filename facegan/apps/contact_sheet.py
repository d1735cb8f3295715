"""A sheet of faces, each with the attributes that it has written below."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image, ImageDraw, ImageFont
from torch import Tensor

from facegan.evaluation.pictures import GAP, INK, LINE, MARGIN, PAPER, STRONG, shown_side, to_picture


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """faces: F x 3 x S x S in [-1, 1], side by side. lines: what is written below, the first one stronger."""

    faces: Tensor
    lines: tuple[str, ...]


def contact_sheet(entries: Sequence[Entry], *, columns: int = 8) -> Image.Image:
    """All entries, `columns` of them in a row; every entry shows the same number of faces."""
    side = shown_side(entries[0].faces.shape[-1])
    across = len(entries[0].faces) * (side + GAP) - GAP
    down = side + LINE * max(len(entry.lines) for entry in entries) + GAP
    columns = min(columns, len(entries))
    rows = math.ceil(len(entries) / columns)
    step = (across + 2 * GAP, down + 2 * GAP)
    sheet = Image.new("RGB", (2 * MARGIN + columns * step[0], 2 * MARGIN + rows * step[1]), PAPER)
    for number, entry in enumerate(entries):
        row, column = divmod(number, columns)
        _draw(sheet, entry, (MARGIN + column * step[0], MARGIN + row * step[1]), side)
    return sheet


def label_lines(names: Sequence[str], values: Tensor, *, longest: int = 19) -> tuple[str, ...]:
    """The attributes that a face has, a line each; values: K in {0, 1}, NaN where unknown."""
    if bool(values.isnan().all()):
        return ("unlabelled",)
    present = [name for name, value in zip(names, values.tolist(), strict=True) if value == 1]
    return tuple(name.replace("_", " ")[:longest] for name in present) or ("none",)


def _draw(sheet: Image.Image, entry: Entry, place: tuple[int, int], side: int) -> None:
    pen, font = ImageDraw.Draw(sheet), ImageFont.load_default(11)
    left, top = place
    for number, face in enumerate(entry.faces):
        sheet.paste(to_picture(face, side=side), (left + number * (side + GAP), top))
    for number, line in enumerate(entry.lines):
        pen.text((left, top + side + 2 + number * LINE), line, fill=INK if number else STRONG, font=font)
