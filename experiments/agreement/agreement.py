"""Do two protocols put the same systems in the same order? Kendall's tau-b for each measure that both have."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import torch

from facegan.errors import UserError
from facegan.evaluation.leaderboard.mixing import check_unmixed
from facegan.evaluation.leaderboard.standing import Standing, System, systems_of
from facegan.evaluation.statistics.bootstrap import Seeds, pooled, resampled
from facegan.evaluation.statistics.interval import Interval
from facegan.evaluation.statistics.rank import prediction, rank_agreement
from facegan.evaluation.values import Key

MEASURES = ("twin_error", "nearest_style_error", "judged_success", "outside_edit", "psnr")
LEAST = 5
"""Systems. Of four, even the same order comes up by chance in 2 of 24 pairs of orders, which 95 % do not allow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """Two protocols under one measure. systems: how many both have. tau: NaN without two of them."""

    measure: str
    attribute: str
    direction: str
    first: str
    second: str
    systems: int
    tau: Interval

    def words(self) -> str:
        """What may be concluded."""
        if self.systems < LEAST:
            return f"{self.systems} systems say nothing: at least {LEAST} are needed."
        said = prediction(self.first, self.second, self.tau)
        return said if self.tau.excludes(0.0) else f"{said} One does not predict the other."


def agreements(found: Mapping[str, Sequence[Standing]]) -> list[Agreement]:
    """Every pair of protocols under every measure, attribute and direction that both have.

    found: by protocol, the same folders. Raises UserError where results of one protocol cannot stand side by side, and
    where photographs are drawn ones.
    """
    ratios: dict[str, dict[Key, dict[str, Seeds]]] = {}
    for protocol, standings in found.items():
        check_unmixed(standings)
        _check_photographs(protocol, standings)
        ratios[protocol] = _by_key(systems_of(standings))
    return [
        _agreement(key, first, second, ratios[first].get(key, {}), ratios[second].get(key, {}))
        for first, second in combinations(found, 2)
        for key in sorted({*ratios[first]} & {*ratios[second]}, key=lambda k: (MEASURES.index(k[2]), k))
    ]


def _by_key(systems: Sequence[System]) -> dict[Key, dict[str, Seeds]]:
    """Attribute, direction and measure -> system -> its seeds."""
    found: dict[Key, dict[str, Seeds]] = {}
    for system in systems:
        values = [run.values for run in system.runs if run.values is not None]
        for key in {key for one in values for key in one.each if key[2] in MEASURES}:
            found.setdefault(key, {})[system.name] = [one.each[key] for one in values if key in one.each]
    return found


def _agreement(key: Key, first: str, second: str, one: Mapping[str, Seeds], other: Mapping[str, Seeds]) -> Agreement:
    shared = sorted({*one} & {*other})
    attribute, direction, measure = key
    return Agreement(
        measure=measure,
        attribute=attribute,
        direction=direction,
        first=first,
        second=second,
        systems=len(shared),
        tau=_tau({name: one[name] for name in shared}, {name: other[name] for name in shared}),
    )


def _tau(one: Mapping[str, Seeds], other: Mapping[str, Seeds]) -> Interval:
    """Its interval is over systems, seeds and faces; there is none of fewer than LEAST systems."""
    if len(one) < 2:
        return Interval(math.nan, math.nan, math.nan)
    values = [[pooled(seeds) for seeds in systems.values()] for systems in (one, other)]
    draws = [torch.stack([*resampled(systems).values()], dim=1) for systems in (one, other)]
    tau = rank_agreement(values[0], values[1], first_draws=draws[0], second_draws=draws[1])
    return tau if len(one) >= LEAST else Interval(tau.value, math.nan, math.nan)


def _check_photographs(protocol: str, standings: Sequence[Standing]) -> None:
    drawn = [one.folder for one in standings if one.result is not None and one.result.data == "twinfaces"]
    if protocol != "twinfaces" and drawn:
        raise UserError(f"{drawn[0]} was measured by {protocol} on drawn faces: again=true data=celeba measures anew.")
