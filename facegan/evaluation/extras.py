"""What is asked of the first faces only, since it takes more edits of each: identity, strength, the way back."""

from collections.abc import Mapping

import torch
from torch import Tensor

from facegan.evaluation.asking import VALUE, Asked, Direction
from facegan.evaluation.cases import Case
from facegan.evaluation.embedders import Embedder
from facegan.evaluation.measures.identity import likeness
from facegan.evaluation.measures.leftover import leftover
from facegan.evaluation.measures.response import STRENGTHS, response
from facegan.evaluation.result import Tally
from facegan.evaluation.witnesses import Witnesses

OPPOSITE: dict[Direction, Direction] = {"adding": "removing", "removing": "adding"}


def add_extras(
    asked: Asked, case: Case, witnesses: Witnesses, tally: Tally, images: Mapping[str, Tensor], again: Tensor
) -> None:
    """Adds them to a tally. images: by line, `model` among them; again: the model's own reconstruction."""
    if witnesses.embedder:
        _add_identity(case, witnesses.embedder, tally, images)
    if asked.asks_more and asked.takes_strength(case.direction):
        _add_response(asked, case, witnesses, tally, images["model"], again)
    if asked.asks_more:
        _add_way_back(asked, case, tally, images["model"])


def _add_identity(case: Case, embedder: Embedder, tally: Tally, images: Mapping[str, Tensor]) -> None:
    person = embedder.embed(case.source)
    for line, image in images.items():
        if line != "real":
            tally.add("identity", line, likeness(person, embedder.embed(image)))
    again = case.same()
    there = ~again.flatten(1).isnan().any(1)
    same = torch.full_like(person, torch.nan)
    if there.any():
        same[there] = embedder.embed(again[there])
    tally.add("identity", "same", likeness(person, same))
    tally.add("identity", "other", likeness(person, embedder.embed(case.exemplar)))


def _add_response(asked: Asked, case: Case, witnesses: Witnesses, tally: Tally, edited: Tensor, again: Tensor) -> None:
    known = {0.0: again, 1.0: edited}
    asks = (case.direction, case.source, case.labels, case.exemplar)
    edits = [known[s] if s in known else asked.change(*asks, s) for s in STRENGTHS]
    logits = torch.stack([witnesses.judge.logits(image, asked.attribute) for image in edits], 1)
    tally.add("response", "model", response(logits, VALUE[case.direction]))
    tally.keep("strengths", "model", logits)


def _add_way_back(asked: Asked, case: Case, tally: Tally, edited: Tensor) -> None:
    """Edited, and edited back; a model that looks at exemplars is shown the source itself to go back by."""
    labels = case.labels.clone()
    labels[:, asked.place] = VALUE[case.direction]
    back = asked.change(OPPOSITE[case.direction], edited, labels, case.source)
    tally.add("leftover", "model", leftover(back, edited, case.source))
