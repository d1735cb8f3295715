"""The edit sheet: what a model does to a few fixed faces, beside the true answer where there is one."""

from collections.abc import Sequence
from itertools import accumulate

from PIL import Image
from torch import Tensor

from facegan.data.degradations import enlarged
from facegan.data.sampling import shrink
from facegan.evaluation.asking import Asked, Verbs
from facegan.evaluation.cases import Case
from facegan.evaluation.pictures import Column, coarse, grid
from facegan.evaluation.twin_cases import TwinCase

STRENGTHS = (0.5, 1.0, 2.0)


def edit_sheet(asked: Asked, adding: Case, removing: Case) -> Image.Image:
    """Faces that lack the attribute and get it, beside faces that have it and lose it; a row per face."""
    return grid([_columns(asked, adding), _columns(asked, removing)], title=asked.attribute.replace("_", " "))


def case_sheets(asked: Asked, case: Case, rows: Sequence[int]) -> list[Image.Image]:
    """One direction alone, with the reconstruction: a sheet per stretch of so many rows."""
    columns = list(_columns(asked, case))
    if isinstance(case, TwinCase) and asked.reconstructs:
        columns.insert(1, Column("recon-\nstruction", asked.reconstruct(case.source, case.labels)))
    ends = list(accumulate(rows))
    stretches = [slice(end - count, end) for end, count in zip(ends, rows, strict=True)]
    return [grid([[Column(column.caption, column.faces[part]) for column in columns]]) for part in stretches]


def reconstruction_sheet(model: Verbs, faces: Tensor, labels: Tensor) -> Image.Image:
    """Faces and what the model makes of them: all there is to show of a model that edits nothing. Of clips, a frame."""
    pair = {"source": faces, "reconstruction": model.reconstruct(faces, labels)}
    stills = {name: clips[:, clips.shape[1] // 2] if clips.ndim == 5 else clips for name, clips in pair.items()}
    return grid([[Column(name, images) for name, images in stills.items()]])


def enlarging_sheet(model: Verbs, low: Tensor, labels: Tensor) -> Image.Image:
    """Small pictures of which nobody knows the large ones, interpolated, and as the model answers."""
    made = model.upscale(low, labels)
    side = made.shape[-1]
    plain = enlarged(low, side // low.shape[-1])
    return grid([[Column("small", coarse(low, side)), Column("bicubic", plain.clamp(-1, 1)), Column("enlarged", made)]])


def style_sheet(model: Verbs, faces: Tensor) -> Image.Image:
    """Faces, and the same in the style that was learnt."""
    return grid([[Column("source", faces), Column("stylized", model.stylize(faces))]])


def transfer_sheet(model: Verbs, what: str, faces: Tensor, labels: Tensor) -> Image.Image:
    """Faces with what others of them have, where that is no attribute, such as a person's identity; a row a face."""
    columns = [Column("source", faces)]
    if "upscale" in model.model.verbs:
        columns.append(Column("as the\nmodel sees it", _coarse(faces, model.model.low)))
    if model.reconstructs:
        columns.append(Column("recon-\nstruction", model.reconstruct(faces, labels)))
    for exemplars in (faces.roll(-1, 0), faces.roll(-2, 0)):
        columns.append(Column("exemplar", exemplars))
        columns.append(Column("transferred", model.transfer(faces, exemplars, what)))
    return grid([columns], title=what.replace("_", " "))


def generation_sheet(faces: Tensor, rows: int) -> Image.Image:
    """Generated faces, rows * columns x 3 x S x S in [-1, 1]."""
    return grid([[Column("", column) for column in faces.unflatten(0, (rows, -1)).unbind(1)]], title="generated")


def _coarse(faces: Tensor, side: int) -> Tensor:
    return coarse(shrink(faces, side=side), faces.shape[-1])


def _columns(asked: Asked, case: Case) -> Sequence[Column]:
    adding = case.direction == "adding"
    columns = [Column("source" if adding else "source\nwith it", case.source)]
    if not isinstance(case, TwinCase) and asked.reconstructs:
        columns.append(Column("recon-\nstruction", asked.reconstruct(case.source, case.labels)))
    columns += _transferred(asked, case) if asked.uses_exemplars(case.direction) else _moved(asked, case)
    if isinstance(case, TwinCase):
        columns.append(
            Column("TRUE TWIN" if asked.uses_exemplars("adding") or not adding else "A TRUE\nTWIN", case.twin)
        )
    return columns


def _transferred(asked: Asked, case: Case) -> list[Column]:
    """One exemplar beside a twin; on photographs two, to see whether they make a difference."""
    word = "on" if case.direction == "adding" else "off"
    sets = [case.exemplar] if isinstance(case, TwinCase) else [case.exemplar, case.exemplar.roll(1, 0)]
    columns = []
    for exemplar in sets:
        columns.append(Column("exemplar", exemplar))
        columns.append(Column(f"edited:\n{word}", asked.change(case.direction, case.source, case.labels, exemplar)))
    return columns


def _moved(asked: Asked, case: Case) -> list[Column]:
    adding = case.direction == "adding"
    graded = asked.model.degrees and not asked.transfers
    strengths = (STRENGTHS if adding else STRENGTHS[1:]) if graded else (1.0,)
    return [
        Column(
            f"edited:\n{'on' if adding else 'off'}" + (f" x{strength:g}" if len(strengths) > 1 else ""),
            asked.change(case.direction, case.source, case.labels, case.exemplar, strength),
        )
        for strength in strengths
    ]
