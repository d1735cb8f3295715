"""Which runs there are: each way of making a frame large, for each seed."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from experiments.runs import TrainingRun

SPEED = 0.06
"""The camera's fastest shift in training, as a share of the side in a frame."""


@dataclass(frozen=True, kw_only=True)
class Way:
    """A way of making a frame large. title: as the table has it. overrides: what makes it so, after the data's."""

    title: str
    overrides: tuple[str, ...]
    stills: bool = False


WAYS: Mapping[str, Way] = {
    "espcn": Way(title="ESPCN", overrides=("model=espcn_quickstart", "degradation=box"), stills=True),
    "alone": Way(title="VESPCN, one frame", overrides=("+model.frames=1", "motion=none")),
    "unmoved": Way(title="VESPCN, neighbours as they are", overrides=("motion=none",)),
    "moved": Way(title="VESPCN", overrides=()),
}


@dataclass(frozen=True, kw_only=True)
class Scale:
    """images: training clips (stills for ESPCN) of each run. size: of the set that they come from. clips: measured."""

    images: int
    size: int
    clips: int
    image_size: int = 64
    seeds: tuple[int, ...] = (0, 1, 2)


SCALES: Mapping[str, Scale] = {
    "small": Scale(images=30_000, size=4_000, clips=256),
    "full": Scale(images=600_000, size=20_000, clips=2_000, image_size=128, seeds=(0, 1, 2, 3, 4)),
}


@dataclass(frozen=True, kw_only=True)
class Job(TrainingRun):
    """One training run."""

    way: str
    seed: int
    scale: Scale

    @property
    def name(self) -> str:
        return f"{self.way}-s{self.seed}"

    @property
    def images(self) -> int:
        return self.scale.images

    def overrides(self) -> list[str]:
        """What follows `facegan train`."""
        way = WAYS[self.way]
        data = ("data=twinfaces",) if way.stills else ("data=twinfaces_clips", f"data.speed={SPEED}")
        return [
            "experiment=video",
            *data,
            *way.overrides,
            f"data.size={self.scale.size}",
            f"data.image_size={self.scale.image_size}",
            f"trainer.images={self.images}",
            f"seed={self.seed}",
            f"run={self.folder.root}",
        ]


def all_jobs(scale: Scale, root: Path) -> list[Job]:
    """All runs; whole seeds first."""
    return [Job(way=way, seed=seed, scale=scale, root=root) for seed in scale.seeds for way in WAYS]
