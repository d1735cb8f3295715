"""Figures that only all faces of a direction together have: made once, when the last chunk is measured."""

from collections.abc import Mapping
from typing import Any

from torch import Tensor

from facegan.evaluation.asking import VALUE, Asked
from facegan.evaluation.judges import Judge
from facegan.evaluation.measures.entanglement import ENOUGH, Pull, entanglement, excess, others, pull
from facegan.evaluation.measures.realism import ENOUGH as ENOUGH_REAL
from facegan.evaluation.measures.realism import fid, kid
from facegan.evaluation.measures.response import STRENGTHS
from facegan.evaluation.measures.success import corrected_success, judged_success
from facegan.evaluation.result import Tally
from facegan.evaluation.witnesses import TELLS, Witnesses

Row = Mapping[str, Any]


def add_wholes(asked: Asked, witnesses: Witnesses, tally: Tally, distinct: int) -> None:
    """Adds them to a tally that holds every chunk. distinct: how many of the exemplars, the first, are different."""
    _add_corrected(asked, witnesses.judge, tally, "judged_success", "corrected_success")
    if witnesses.second:
        _add_corrected(asked, witnesses.second, tally, "second_success", "second_corrected_success")
    if witnesses.panel:
        _add_entanglement(asked, witnesses.panel, tally)
        _add_realism(tally, distinct)


def curve_of(asked: Asked, judge: Judge, tally: Tally) -> list[Row]:
    """The judge's mean logit by strength, as plain values; empty where the model knows no strength."""
    found = tally.kept("strengths").get("model")
    if found is None:
        return []
    curve = (found / judge.accuracy[asked.attribute].gap).mean(0).tolist()
    return [
        {
            "attribute": asked.attribute,
            "direction": tally.direction,
            "strengths": list(STRENGTHS),
            "logits": curve,
            "success": [judged_success(column, VALUE[tally.direction]).pooled for column in found.unbind(1)],
        }
    ]


def rows_of(asked: Asked, witnesses: Witnesses, tally: Tally) -> list[Row]:
    """A row of the matrix of entanglement for the model's edit and for the perfect one, as plain values."""
    panel = witnesses.panel
    if not panel:
        return []
    pulls = {line: found for line, found in _pulls(asked, panel, tally).items() if line in ("model", "random")}
    return [
        {
            "attribute": asked.attribute,
            "direction": tally.direction,
            "line": line,
            **{name: _named(getattr(found, name), panel) for name in ("drag", "moved", "data")},
        }
        for line, found in pulls.items()
    ]


def _named(values: Tensor, panel: Judge) -> dict[str, float]:
    return dict(zip(panel.attributes, values.tolist(), strict=True))


def _add_corrected(asked: Asked, judge: Judge, tally: Tally, seen: str, corrected: str) -> None:
    hits, alarms = judge.accuracy[asked.attribute].lasting(VALUE[tally.direction])
    for line in tally.lines(seen):
        success = tally.joined(seen, line)
        value = corrected_success(success.pooled, hits=hits, alarms=alarms)
        tally.add_whole(corrected, line, value, success.count)


def _add_entanglement(asked: Asked, panel: Judge, tally: Tally) -> None:
    place = panel.attributes.index(asked.attribute)
    off = others(place, [panel.accuracy[name].balanced for name in panel.attributes], least=TELLS)
    pulls = _pulls(asked, panel, tally)
    for line in tally.lines("judged_success"):
        if line == "real":
            continue
        # Nothing can be said per on-target change where there was none.
        values = (entanglement(pulls[line], off), excess(pulls[line], off)) if line in pulls else (float("nan"),) * 2
        count = tally.joined("judged_success", line).count
        for name, value in zip(("entanglement", "entanglement_excess"), values, strict=True):
            tally.add_whole(name, line, value, count)


def _add_realism(tally: Tally, distinct: int) -> None:
    features = tally.kept("features")
    real = features["real"][:distinct]
    for line, mine in features.items():
        if line != "real":
            tally.add_whole("kid", line, kid(mine, real), len(mine))
            if len(real) > ENOUGH_REAL:
                tally.add_whole("fid", line, fid(mine, real), len(mine))


def _pulls(asked: Asked, panel: Judge, tally: Tally) -> dict[str, Pull]:
    """By line, of those edits that succeed."""
    logits, place = tally.kept("logits"), panel.attributes.index(asked.attribute)
    return {
        line: pull(logits[line], logits["nothing"][: len(logits[line])], logits["real"], place)
        for line in tally.lines("judged_success")
        if line != "real" and tally.joined("judged_success", line).pooled >= ENOUGH
    }
