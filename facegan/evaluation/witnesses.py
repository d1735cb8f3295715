"""All who say something of an edit: two judges of the run's attributes, a panel for many, an embedder of persons, and
LPIPS, which says something of reconstruction.

The panel's attributes are fixed for a data set, whatever a run knows: results of all runs are read by the same eyes.
"""

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from facegan.data.source import FaceSource
from facegan.data.twinfaces import ATTRIBUTES, TwinFaces
from facegan.evaluation.embedders import Embedder, find_embedder
from facegan.evaluation.judge_cache import find_judge
from facegan.evaluation.judge_data import Splits
from facegan.evaluation.judges import Judge
from facegan.evaluation.perceptual import Perceptual

HEADLINE = ("Smiling", "Mouth_Slightly_Open", "Male", "Bangs", "Blond_Hair", "Young", "Eyeglasses")
"""Of photographs."""
TELLS = 0.85  # the balanced accuracy from which an attribute of the panel counts


@dataclass(frozen=True, slots=True, kw_only=True)
class Witnesses:
    """judge: of the run's own attributes. second: another of the same, by another architecture.
    panel: of many; without it nothing is said of entanglement and realism.

    embedder: of persons; without it nothing is said of identity. lpips: without it nothing is said of that distance.
    """

    judge: Judge
    second: Judge | None = None
    panel: Judge | None = None
    embedder: Embedder | None = None
    lpips: Perceptual | None = None

    def facts(self) -> dict[str, Any]:
        """What a result says of them."""
        there = {
            "judge": self.judge,
            "second": self.second,
            "panel": self.panel,
            "embedder": self.embedder,
            "lpips": self.lpips,
        }
        return {name: witness.facts() for name, witness in there.items() if witness}


def find_second(splits: Splits, attributes: tuple[str, ...]) -> Judge:
    """The second judge of these attributes: from the cache, or trained now, which takes about two minutes."""
    return find_judge(splits, attributes, "second")


def find_witnesses(
    splits: Splits,
    known: tuple[str, ...],
    *,
    judge: Judge | None = None,
    lpips: Perceptual | None = None,
    quick: bool = False,
) -> Witnesses:
    """All of them for a data set and a run's attributes, from the cache or made now.

    judge: another than the project's own, which is found without it. quick: the judge alone, beside `lpips`, which has
    nothing to learn.
    """
    judge = judge or find_judge(splits, known, "report")
    if quick:
        return Witnesses(judge=judge, lpips=lpips)
    return Witnesses(
        judge=judge,
        second=find_second(splits, known),
        panel=find_panel(splits, known),
        embedder=find_embedder(splits("test")),
        lpips=lpips,
    )


def find_panel(splits: Splits, known: tuple[str, ...]) -> Judge:
    """The panel of a data set: from the cache, or trained now, which takes minutes. known: the run's attributes."""
    return find_judge(splits, panel_attributes(splits("test"), known), "panel")


def panel_attributes(source: FaceSource, known: tuple[str, ...]) -> tuple[str, ...]:
    """All of TwinFaces; of photographs those of HEADLINE that are labelled there, and the run's own beside them."""
    if isinstance(source, TwinFaces):
        return ATTRIBUTES
    return tuple(dict.fromkeys((*(name for name in HEADLINE if name in source.attributes), *known)))


def in_gaps(logits: Tensor, judge: Judge) -> Tensor:
    """Logits N x J in units of the judge's own distance between faces with and without each attribute."""
    return logits / torch.tensor([judge.accuracy[name].gap for name in judge.attributes])
