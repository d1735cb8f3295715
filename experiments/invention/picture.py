"""A few pictures as the dial turns, of the first seed, with the map of what was invented."""

from collections.abc import Sequence

import torch
from PIL import Image
from torch import Tensor

from experiments.invention.measuring import Bench, opened
from experiments.invention.plan import Job
from facegan.evaluation.pictures import Column, coarse, grid
from facegan.models.superresolution.invention import DIAL, invented

SHOWN = 6


def pictures(jobs: Sequence[Job], bench: Bench) -> dict[str, Image.Image]:
    """By task."""
    found: dict[str, Image.Image] = {}
    for job in jobs:
        if job.boldest and job.task not in found:
            found[job.task] = grid(_columns(job, bench))
    return found


def _columns(job: Job, bench: Bench) -> list[list[Column]]:
    model, truth = opened(job), bench.pictures(job.task)[:SHOWN]
    low = model.shrunk(truth)
    turned = {setting: model.upscale(low, invention=setting) for setting in DIAL}
    given = [Column("SMALL", coarse(low, truth.shape[-1])), Column("truth", truth)]
    dial = [Column(f"{'DIAL ' * (setting == 0)}{setting:g}", answer) for setting, answer in turned.items()]
    bold, mean = turned[DIAL[-1]], turned[DIAL[0]]
    maps = [Column("MAP at 1", as_map(invented(bold, mean))), Column("true error", as_map(invented(bold, truth)))]
    return [given, dial, maps]


def as_map(values: Tensor) -> Tensor:
    """Values N x 1 x S x S from 0 up as pictures, dark for 0; 1, half the range, and more is white."""
    return (2 * values.clamp(0, 1) - 1).expand(-1, 3, -1, -1) * torch.ones(3, 1, 1)
