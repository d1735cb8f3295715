"""Does the measure measure? Editors of known worth land where they should, on every measure that has a better side."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import torch

from facegan.data.twinfaces import TwinFaces
from facegan.evaluation import embedders, judge_data, twin_cases
from facegan.evaluation.embedders import find_embedder
from facegan.evaluation.judge_cache import find_judge
from facegan.evaluation.judge_training import Recipe
from facegan.evaluation.measures import ABOUT
from facegan.evaluation.protocols import PROTOCOLS, run_protocol
from facegan.evaluation.settings import Settings
from facegan.models.base import Model
from tests.evaluation.known_bad import EDITORS, HAT, SIZE, Chooser, Follower, Oracle

SETTINGS = Settings(faces=32, seed=77, line_faces=32, styles=6, chunk=32, rows=1)
QUICK = Recipe(block="residual", width=8, seed=4, steps=120, batch=32, rate=6e-3)
PANEL = (HAT, "Blond_Hair", "Pale_Skin")

Figures = Mapping[str, float]  # by measure
Board = Mapping[str, Figures]  # by editor; the choosers have names of their own


def splits(split: str) -> TwinFaces:
    return TwinFaces(image_size=SIZE, split=split, size=1)


@pytest.fixture(scope="module")
def board(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Board]:
    """Every editor by every measure, adding hats; the judges are trained for it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FACEGAN_CACHE", str(tmp_path_factory.mktemp("judges")))
        patch.setattr(judge_data, "EXAM", 300)
        patch.setattr(embedders, "EXAM", 100)
        judge = find_judge(splits, (HAT,), "report", twin_faces=800, recipe=QUICK)
        panel = find_judge(splits, PANEL, "panel", twin_faces=1_200, recipe=replace(QUICK, steps=250))
        embedder = find_embedder(splits("test"), recipe=replace(QUICK, steps=200), persons=800)
        oracle = Oracle()
        patch.setattr(twin_cases, "render", oracle.render)

        def figures(model: Model) -> Figures:
            outcome = run_protocol(
                PROTOCOLS["twinfaces"], model, splits("test"), judge, SETTINGS, panel=panel, embedder=embedder
            )
            return {f.measure: f.value for f in outcome.figures if (f.line, f.direction) == ("model", "adding")}

        found = {name: figures(Follower(change, oracle, judge)) for name, change in EDITORS.items()}
        pictures = torch.cat(oracle.pictures)
        wearing = torch.cat([faces.labels[:, twin_cases.ATTRIBUTES.index(HAT)] for faces in oracle.faces])
        shown = {value: pictures[wearing == value][:1] for value in (0, 1)}
        for name in CHOOSERS:
            found[f"chooser: {name}"] = figures(Chooser(EDITORS[name], oracle, judge, shown))
        yield found


CHOOSERS = ("perfect", "nothing", "blur", "half", "noise", "mean face", "random style")
