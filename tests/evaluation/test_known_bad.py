"""Does the measure measure? Editors of known worth land where they should, on every measure that has a better side."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

import pytest
import torch

from facegan.data.twinfaces import ATTRIBUTES, TwinFaces
from facegan.evaluation import diversity, embedders, judge_data, twin_cases
from facegan.evaluation.asking import Asked
from facegan.evaluation.chunks import measure_twins
from facegan.evaluation.diversity import add_diversity
from facegan.evaluation.embedders import find_embedder
from facegan.evaluation.judge_cache import find_judge
from facegan.evaluation.judge_training import Recipe
from facegan.evaluation.result import Tally
from facegan.evaluation.settings import Settings
from facegan.evaluation.twin_cases import fresh_cases
from facegan.evaluation.wholes import add_wholes
from facegan.evaluation.witnesses import Witnesses
from facegan.models.base import Model
from tests.evaluation.known_bad import EDITORS, HAT, SIZE, Chooser, Follower, Oracle

FACES = 32
SETTINGS = Settings(faces=FACES, seed=77, line_faces=FACES, styles=6, chunk=FACES, rows=1)
QUICK = Recipe(block="residual", width=8, seed=4, steps=120, batch=32, rate=6e-3)
PANEL = (HAT, "Blond_Hair", "Pale_Skin", "No_Beard")
CHOOSERS = ("perfect", "nothing", "blur", "half", "noise", "mean face", "random style")

Figures = Mapping[str, float]  # by measure
Board = Mapping[str, Figures]  # by editor


def splits(split: str) -> TwinFaces:
    return TwinFaces(image_size=SIZE, split=split, size=1)


def witnesses() -> Witnesses:
    """Small ones, trained here."""
    return Witnesses(
        judge=find_judge(splits, (HAT,), "report", twin_faces=800, recipe=QUICK),
        panel=find_judge(splits, PANEL, "panel", twin_faces=1_200, recipe=replace(QUICK, steps=250)),
        embedder=find_embedder(splits("test"), recipe=replace(QUICK, steps=200), persons=800),
    )


@torch.no_grad()
def measure_all() -> Board:
    """Every editor by every measure, adding hats."""
    oracle, seen_by = Oracle(), witnesses()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(twin_cases, "render", oracle.render)
        patch.setattr(diversity, "FACES", 3)
        known = {"attribute": HAT, "attributes": (HAT,), "count": FACES, "image_size": SIZE}
        cases = fresh_cases(direction="adding", **known)
        case = cases.at(slice(0, FACES))

        def figures(model: Model) -> Figures:
            asked, tally = Asked(model, HAT), Tally(HAT, "adding")
            measure_twins(asked, case, seen_by, tally, SETTINGS, True)
            add_diversity(asked, cases, tally)
            add_wholes(asked, seen_by, tally, cases.distinct)
            return {f.measure: f.value for f in tally.figures() if f.line == "model"}

        found = {name: figures(Follower(change, oracle, seen_by.judge)) for name, change in EDITORS.items()}
        shown = {0: case.source[:1], 1: case.exemplar[:1]}
        for name in CHOOSERS:
            found[f"chooser: {name}"] = figures(Chooser(EDITORS[name], oracle, seen_by.judge, shown))
    return found


@pytest.fixture(scope="module")
def board(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Board]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FACEGAN_CACHE", str(tmp_path_factory.mktemp("judges")))
        patch.setattr(judge_data, "EXAM", 300)
        patch.setattr(embedders, "EXAM", 100)
        yield measure_all()
