"""The picture that a run shows of itself while it trains: its edits of a few fixed validation faces."""

import math
from collections.abc import Callable
from functools import cache

import torch
from PIL import Image
from torch import Tensor

from facegan.evaluation.asking import DIRECTIONS, Asked, Verbs
from facegan.evaluation.cases import Case, any_faces
from facegan.evaluation.judge_data import Splits
from facegan.evaluation.pictures import stack
from facegan.evaluation.sheets import (
    edit_sheet,
    enlarging_sheet,
    generation_sheet,
    reconstruction_sheet,
    style_sheet,
    transfer_sheet,
)
from facegan.evaluation.twin_cases import cases_of
from facegan.models.base import Model

ROWS = 4
COLUMNS = 8  # of generated faces
GENERATE = "generate"


class Samples:
    """Draws the sheet of any model by the verbs that it has; an attribute below the other. The faces are made once."""

    def __init__(self, splits: Splits, *, rows: int = ROWS) -> None:
        self.splits, self.rows = splits, rows
        self._cases = cache(self._make_cases)
        self._faces = cache(lambda known: any_faces(self.splits("validation"), known, self.rows))
        self._small = cache(self._make_small)

    def __call__(self, model: Model) -> Image.Image:
        """The sheet."""
        if not {"edit", "transfer", "reconstruct", "stylize"} & set(model.verbs):
            return self._generated(model)
        return stack(self._sheets(model))

    def _sheets(self, model: Model) -> list[Image.Image]:
        """A sheet for each attribute that can be edited, and for whatever else a model transfers, or its style."""
        if "stylize" in model.verbs:
            return [style_sheet(Verbs(model), self._faces(model.attributes)[0])]
        known, beyond = model.attributes, [name for name in model.transferable if name not in model.attributes]
        asked = [Asked(model, attribute) for attribute in known]
        sheets = [edit_sheet(one, *self._cases(one.attribute, known)) for one in asked if one.transfers or one.edits]
        if "transfer" in model.verbs:
            sheets += [transfer_sheet(Verbs(model), what, *self._faces(known)) for what in beyond]
        return sheets or [self._again(model)]

    def _again(self, model: Model) -> Image.Image:
        """What it makes of a data set's own small pictures where these are no pairs, else of faces."""
        small = self._small(model.attributes) if "upscale" in model.verbs else None
        if small is not None:
            return enlarging_sheet(Verbs(model), *small)
        return reconstruction_sheet(Verbs(model), *self._faces(model.attributes))

    def _generated(self, model: Model) -> Image.Image:
        """New faces, every wish left open: all there is to show of a model that looks at no face."""
        device = next(model.parameters()).device
        wishes = torch.full((self.rows * COLUMNS, len(model.controls)), math.nan, device=device)
        generate: Callable[..., Tensor] = getattr(model, GENERATE)
        return generation_sheet(generate(wishes, seed=0), self.rows)

    def _make_small(self, known: tuple[str, ...]) -> tuple[Tensor, Tensor] | None:
        small = self.splits("validation").unpaired
        return None if small is None else any_faces(small, known, self.rows)

    def _make_cases(self, attribute: str, known: tuple[str, ...]) -> list[Case]:
        source = self.splits("validation")
        return [cases_of(source, attribute, direction, known, self.rows) for direction in DIRECTIONS]
