"""The table of edits: a row a face, with the true twin and the error to it where they are known."""

import pytest
import torch
from PIL.Image import Image

from facegan.data.twinfaces import TwinFaces
from facegan.evaluation.edit_table import COLUMNS, EditTable
from tests.data.faces import Numbered
from tests.evaluation.editors import SIZE, Editor, Transferer


def drawn(split: str) -> TwinFaces:
    return TwinFaces(image_size=SIZE, split=split, size=64)


def test_a_row_shows_a_face_its_exemplar_its_edit_and_its_twin() -> None:
    rows = EditTable(drawn, faces=3)(Transferer(lambda images: images).eval())
    assert [row[:2] for row in rows] == [("Eyeglasses", way) for way in ("adding", "removing") for _ in range(3)]
    first = dict(zip(COLUMNS, rows[0], strict=True))
    pictures = ("source", "reconstruction", "exemplar", "edited", "true twin")
    assert all(isinstance(first[name], Image) for name in pictures)
    assert first["twin error"] == pytest.approx(1.0)  # it did nothing
    assert rows[-1][COLUMNS.index("exemplar")] is None  # glasses come off without one


def test_where_nobody_knows_the_answer_the_cell_is_empty() -> None:
    rows = EditTable(lambda split: Numbered(64, image_size=SIZE), faces=2)(
        Editor(torch.zeros_like, attributes=("Smiling",)).eval()
    )
    assert len(rows) == 4
    assert all(row[-2:] == (None, None) for row in rows)
