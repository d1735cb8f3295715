"""Figures that only all faces of a direction together have: made once, when the last chunk is measured."""

from facegan.evaluation.asking import VALUE, Asked
from facegan.evaluation.judges import Judge
from facegan.evaluation.measures.success import corrected_success
from facegan.evaluation.result import Tally


def add_wholes(asked: Asked, judge: Judge, tally: Tally) -> None:
    """Adds them to a tally that holds every chunk."""
    _add_corrected(asked, judge, tally)


def _add_corrected(asked: Asked, judge: Judge, tally: Tally) -> None:
    hits, alarms = judge.accuracy[asked.attribute].lasting(VALUE[tally.direction])
    for line in tally.lines("judged_success"):
        success = tally.joined("judged_success", line)
        value = corrected_success(success.pooled, hits=hits, alarms=alarms)
        tally.add_whole("corrected_success", line, value, success.count)
