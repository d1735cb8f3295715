"""One learning rate for each model and cell, by validation; then every comparison that the questions ask for."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from experiments.intervals import interval
from experiments.losses.measuring import Figures
from experiments.losses.plan import NONE, Cell, Job, Scale, cells

BETTER = {"success": 1, "weaker": 1, "twin_error": -1, "kid": -1, "psnr": 1, "cpu_seconds": -1}
"""By measure: 1 where higher is better."""


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """A cell less another of the same model, seed by seed. why: the question."""

    why: str
    model: str
    cell: Cell
    over: Cell


class Results:
    """Figures by model, cell and seed, at the chosen rate. jobs: all that were planned, failed ones too."""

    def __init__(self, jobs: Sequence[Job], figures: Mapping[Job, Figures], scale: Scale) -> None:
        self.scale = scale
        self.rates = {(job.model, job.cell): _chosen(job, jobs, figures) for job in jobs}
        self.figures = {
            (job.model, job.cell, job.seed): found
            for job, found in figures.items()
            if job.rate == self.rates[job.model, job.cell]
        }
        self.planned, self.failed = len(jobs), len(jobs) - len(figures)

    def values(self, model: str, cell: Cell, measure: str) -> list[float]:
        """One for each seed whose run came to its end and has this figure."""
        found = [self.figures.get((model, cell, seed), {}).get(measure, math.nan) for seed in self.scale.seeds]
        return [value for value in found if not math.isnan(value)]

    def differences(self, asked: Comparison, measure: str) -> list[float]:
        """Seed by seed, where both runs came to their end and have this figure."""
        sides = [(asked.model, cell) for cell in (asked.cell, asked.over)]
        both = [seed for seed in self.scale.seeds if all((*side, seed) in self.figures for side in sides)]
        gaps = [self.figures[*sides[0], s][measure] - self.figures[*sides[1], s][measure] for s in both]
        return [gap for gap in gaps if not math.isnan(gap)]


def _chosen(job: Job, jobs: Sequence[Job], figures: Mapping[Job, Figures]) -> float:
    """The rate of the best mean validation score; a rate at which fewer seeds came to their end stands behind."""
    if len(job.scale.rates) == 1:
        return job.scale.rates[0]
    mine = [other for other in jobs if (other.model, other.cell) == (job.model, job.cell) and other in figures]
    scores = {rate: [figures[other]["score"] for other in mine if other.rate == rate] for rate in job.scale.rates}
    return max(job.scale.rates, key=lambda rate: (len(scores[rate]), fmean(scores[rate] or [0.0])))


def comparisons(scale: Scale) -> list[Comparison]:
    """All that the questions ask for, written down before any run."""
    found: list[Comparison] = []
    for model in scale.images:
        planned = cells(model, scale)
        none = Cell(adversary=NONE, reconstruction="l1")
        games = [cell for cell in planned if cell.reconstruction == "l1" and cell != none]
        found += [Comparison(why="an image adversary or none", model=model, cell=cell, over=none) for cell in games]
        for cell in planned:
            over = Cell(adversary=cell.adversary, reconstruction="l1")
            if cell.reconstruction != "l1" and over in planned:
                found.append(Comparison(why="another distance or L1", model=model, cell=cell, over=over))
    return found


def best_game(results: Results, model: str, measure: str = "success") -> tuple[list[Cell], list[Cell]]:
    """Of the adversarial sweep: the cell that is best by its mean, alone in the first list; in the second those that it
    does not beat by a paired difference whose interval excludes 0. Both empty where no run came to its end.
    """
    sweep = [cell for cell in cells(model, results.scale) if cell.reconstruction == "l1"]
    means = {cell: interval(values).mean for cell in sweep if (values := results.values(model, cell, measure))}
    if not means:
        return [], []
    best = max(means, key=lambda cell: BETTER[measure] * means[cell])
    pairs = {cell: Comparison(why="", model=model, cell=best, over=cell) for cell in means if cell != best}
    gaps = {cell: results.differences(pair, measure) for cell, pair in pairs.items()}
    return [best], [cell for cell, values in gaps.items() if not (values and interval(values).told)]
