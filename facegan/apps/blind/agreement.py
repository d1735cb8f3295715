"""Whether a measure prefers the edits that people prefer."""

from collections.abc import Mapping
from dataclasses import dataclass

from facegan.apps.blind.choices import Choice
from facegan.evaluation.measures import ABOUT
from facegan.evaluation.statistics.interval import Interval, share_interval
from facegan.evaluation.values import Values

CHANCE = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """share: of the pairs in which people and the measure both prefer one run, in how many it is the same one."""

    measure: str
    share: Interval
    pairs: int

    def verdict(self) -> str:
        """In words."""
        if self.pairs == 0:
            return "nothing to compare"
        if not self.share.excludes(CHANCE):
            return "not told from a coin"
        return "agrees with people" if self.share.value > CHANCE else "contradicts people"


def preference(choices: Mapping[str, Choice]) -> tuple[Interval, int]:
    """In how many of the decided pairs the first run was preferred; and how many were decided."""
    decided = [choice for choice in choices.values() if choice != "same"]
    return share_interval(decided.count("first"), len(decided)), len(decided)


def agreements(choices: Mapping[str, Choice], first: Values, second: Values) -> list[Agreement]:
    """For every measure with figures of single faces in both runs. Pairs count once, however many people chose."""
    found = []
    for measure in ABOUT:
        signs = [_sign(pair, measure, first, second) for pair in choices]
        both = [
            (sign, choice) for sign, choice in zip(signs, choices.values(), strict=True) if sign and choice != "same"
        ]
        hits = sum((sign > 0) == (choice == "first") for sign, choice in both)
        if any(sign is not None for sign in signs):
            found.append(Agreement(measure=measure, share=share_interval(hits, len(both)), pairs=len(both)))
    return found


def _sign(pair: str, measure: str, first: Values, second: Values) -> float | None:
    """Above 0 where the measure prefers the first run's edit, 0 where neither; None where it says nothing."""
    attribute, direction, number = pair.split("/")
    key = attribute, direction, measure
    if key not in first.each or key not in second.each:
        return None
    one, other = (values.each[key].each for values in (first, second))
    if int(number) >= min(len(one), len(other)):
        return None
    difference = float(one[int(number)] - other[int(number)])
    if difference != difference:
        return None
    return difference if ABOUT[measure].better == "higher" else -difference
