"""A classifier for every arm of every seed, and its accuracy, kept in files of its own."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from functools import cache, partial
from pathlib import Path
from typing import Any

from experiments.augmentation.classifier import accuracy, train_classifier
from experiments.augmentation.completing import completed, copied, edited, orders, true_twins
from experiments.augmentation.faces import Set, World
from experiments.augmentation.plan import PLAIN, TWINS, Job, Scale
from experiments.kept import kept
from facegan.assemble import open_model
from facegan.errors import UserError

FORMAT = 1
Key = tuple[str, int]  # arm, seed
Figures = Mapping[str, float]


def measure_all(
    world_of: Callable[[int], World], scale: Scale, root: Path, jobs: Iterable[Job], tick: Callable[[], None]
) -> dict[Key, Figures]:
    """Accuracies by arm and seed. jobs: the runs that came to their end. A world is made only where it is needed."""
    result: dict[Key, Figures] = {}
    models = {(job.system, job.seed): job for job in jobs}
    for seed in scale.seeds:
        world = cache(lambda seed=seed: world_of(seed))
        systems = [system for system, of in models if of == seed]
        for arm in (*PLAIN, TWINS, *systems):
            if arm == TWINS and not has_twins(root):
                continue
            path, job = root / "measured" / f"{arm}-s{seed}.json", models.get((arm, seed))
            result[arm, seed] = kept(path, _asked(scale, arm), partial(_figures, world, arm, scale, seed, job))
            tick()
    return result


def _figures(world: Callable[[], World], arm: str, scale: Scale, seed: int, job: Job | None) -> Figures:
    return measure(world(), arm, scale, seed, job)


def has_twins(root: Path) -> bool:
    """Drawn faces have true twins, photographs have none; the folder is named by them."""
    return root.name == "drawings"


def measure(world: World, arm: str, scale: Scale, seed: int, job: Job | None) -> Figures:
    """One classifier. Raises UserError for a run whose model cannot edit the task's attribute."""
    faces = faces_of(world, arm, seed, job)
    return accuracy(train_classifier(faces, steps=scale.steps, seed=seed, scheme=arm), world.exam)


def faces_of(world: World, arm: str, seed: int, job: Job | None) -> Set:
    """What the arm's classifier learns from."""
    wanted = orders(world.biased, seed)
    if arm == "copies":
        return completed(world.biased, wanted, copied(world.biased, wanted))
    if arm == TWINS:
        return completed(world.biased, wanted, true_twins(world, wanted))
    if job is None:
        return world.biased
    model = open_model(job.folder)[0]
    if world.pair.task not in model.attributes:
        raise UserError(f"{job.name} does not know {world.pair.task}.")
    return completed(world.biased, wanted, edited(model, world, wanted, seed))


def _asked(scale: Scale, arm: str) -> dict[str, Any]:
    """All that a figure depends on; of the systems' budgets only its own."""
    plain = {name: value for name, value in asdict(scale).items() if name not in ("images", "seeds")}
    return {"format": FORMAT, **plain, "images": scale.images.get(arm)}
