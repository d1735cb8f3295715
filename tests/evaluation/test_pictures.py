"""Grids: where the faces stand, how large they are, and which columns a model gets."""

import torch

from facegan.evaluation.asking import DIRECTIONS, Asked
from facegan.evaluation.pictures import Column, grid, shown_side, stack, to_picture
from facegan.evaluation.sheets import _columns
from facegan.evaluation.twin_cases import cases_of, fresh_cases
from tests.data.faces import Numbered
from tests.evaluation.editors import Editor, Transferer


def captions(asked: Asked, *, photos: bool) -> list[list[str]]:
    known = asked.model.attributes
    if photos:
        cases = [cases_of(Numbered(image_size=16), "Eyeglasses", d, known, 2) for d in DIRECTIONS]
    else:
        cases = [
            fresh_cases(attribute="Eyeglasses", direction=d, attributes=known, count=2, image_size=16).at(slice(0, 2))
            for d in DIRECTIONS
        ]
    return [[column.caption.replace("\n", " ") for column in _columns(asked, case)] for case in cases]


def test_faces_are_enlarged_by_whole_numbers() -> None:
    assert [shown_side(size) for size in (16, 32, 64, 128, 256)] == [96, 96, 128, 128, 256]


def test_a_face_keeps_its_colours() -> None:
    face = torch.tensor([-1.0, 0.0, 1.0])[:, None, None].expand(3, 4, 4)
    assert to_picture(face).getpixel((1, 1)) == (0, 128, 255)
    assert to_picture(face * 3).getpixel((1, 1)) == (0, 128, 255)
    assert to_picture(face, side=8).size == (8, 8)


def test_every_face_stands_in_the_grid() -> None:
    colours = [torch.full((2, 3, 32, 32), value) for value in (-1.0, -0.2, 0.6)]
    picture = grid(
        [[Column("one", colours[0]), Column("two\nlines", colours[1])], [Column("three", colours[2])]], title="T"
    )
    found = {colour for _, colour in picture.getcolors(picture.width * picture.height)}
    assert {(0, 0, 0), (102, 102, 102), (204, 204, 204)} <= found
    assert stack([picture, picture]).size == (picture.width, 2 * picture.height)


def test_transfers_stand_beside_the_exemplar_and_the_true_twin() -> None:
    assert captions(Asked(Transferer(lambda i: i), "Eyeglasses"), photos=False) == [
        ["source", "exemplar", "edited: on", "TRUE TWIN"],
        ["source with it", "edited: off", "TRUE TWIN"],
    ]


def test_edits_show_their_strengths() -> None:
    assert captions(Asked(Editor(lambda i: i), "Eyeglasses"), photos=False) == [
        ["source", "edited: on x0.5", "edited: on x1", "edited: on x2", "A TRUE TWIN"],
        ["source with it", "edited: off x1", "edited: off x2", "TRUE TWIN"],
    ]


def test_photographs_have_no_twin_and_two_exemplars() -> None:
    assert captions(Asked(Transferer(lambda i: i), "Eyeglasses"), photos=True) == [
        ["source", "recon- struction", "exemplar", "edited: on", "exemplar", "edited: on"],
        ["source with it", "recon- struction", "edited: off"],
    ]
