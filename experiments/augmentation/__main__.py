"""Trains, completes, classifies, reports: `python -m experiments.augmentation [data=photos] [scale=small] [jobs=2]`."""

import os
import sys
from functools import partial
from pathlib import Path

import torch

from experiments.augmentation.faces import World, drawn_overrides, drawn_world
from experiments.augmentation.measuring import measure_all
from experiments.augmentation.photographs import photo_world
from experiments.augmentation.plan import PAIRS, SCALES, all_jobs
from experiments.augmentation.report import Table, write_all
from experiments.command import results_folder, run_experiment
from experiments.runs import finished
from facegan.evaluation.progress import Steps


def main(argv: list[str]) -> int:
    """What is finished is not done again; 0 when all went well."""
    return run_experiment(
        argv,
        name="augmentation",
        about="Do edits mend a biased training set? Trains systems on it, completes it, and asks a classifier.",
        scales=SCALES["drawings"],
        run=run,
        more={"data": "drawings"},
        choices={"data": list(SCALES)},
    )


def run(*, data: str, scale: str, jobs: str, runs: str) -> None:
    """The whole experiment at one scale; the committed results are those of scale=small."""
    root, wish, pair = Path(runs) / scale / data, SCALES[data][scale], PAIRS[data]
    world_of = partial(_world, data, scale, root)
    overrides = {
        seed: world_of(seed).data if data == "photos" else drawn_overrides(wish, pair, seed) for seed in wish.seeds
    }
    planned = all_jobs(wish, root, pair=pair, data=overrides)
    there = finished(planned, beside=int(jobs), root=root)
    torch.set_num_threads(min(int(jobs), os.cpu_count() or 1))
    total, done = len(there) + len(wish.seeds) * (5 + (data == "drawings")), iter(range(1, 1_000))
    with Steps("classifying") as steps:
        figures = measure_all(world_of, wish, root, there, lambda: steps(next(done), total))
    folder = results_folder(scale, root, __file__)
    write_all(Table(figures, wish), folder, data)
    print(f"table, numbers and chart: {folder}")


def _world(data: str, scale: str, root: Path, seed: int) -> World:
    wish, pair = SCALES[data][scale], PAIRS[data]
    return drawn_world(wish, pair, seed) if data == "drawings" else photo_world(wish, pair, seed, root)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
