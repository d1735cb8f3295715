"""Which runs there are: what each way of training knows of the degradation, on one network, for each seed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from experiments.runs import TrainingRun

BLIND = "model.weights.generator.adversarial_high=0"
TESTS = ("camera", "bicubic")
"""The degradations under which every run is measured; the question is about the first."""


@dataclass(frozen=True, kw_only=True)
class Way:
    """A way of training. title: as the table has it. overrides: what makes it so."""

    title: str
    overrides: tuple[str, ...]


PAIRED, CYCLE = ("model=espcn_quickstart", "loss/reconstruction=l1"), ("model=unpaired_upscaling_quickstart",)
WAYS: Mapping[str, Way] = {
    "wrong": Way(title="wrong pairs", overrides=(*PAIRED, "degradation=bicubic")),
    "cycle": Way(title="no pairs, cycle", overrides=(*CYCLE, "degradation=camera")),
    "learnt": Way(title="no pairs, no critic of large faces", overrides=(*CYCLE, "degradation=camera", BLIND)),
    "right": Way(title="right pairs", overrides=(*PAIRED, "degradation=camera")),
}


@dataclass(frozen=True, kw_only=True)
class Scale:
    """images: training faces of each run. size: of the set that they come from. faces: measured ones."""

    images: int
    size: int
    faces: int
    image_size: int = 32
    seeds: tuple[int, ...] = (0, 1, 2)


SCALES: Mapping[str, Scale] = {
    "small": Scale(images=16_000, size=10_000, faces=512),
    "full": Scale(images=400_000, size=20_000, faces=2_000, image_size=64, seeds=(0, 1, 2, 3, 4)),
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
        return [
            "experiment=pairs",
            *WAYS[self.way].overrides,
            f"data.size={self.scale.size}",
            f"data.image_size={self.scale.image_size}",
            f"trainer.images={self.images}",
            f"seed={self.seed}",
            f"run={self.folder.root}",
        ]


def all_jobs(scale: Scale, root: Path) -> list[Job]:
    """All runs; whole seeds first."""
    return [Job(way=way, seed=seed, scale=scale, root=root) for seed in scale.seeds for way in WAYS]


def of_seed(jobs: Sequence[Job], seed: int) -> list[Job]:
    """The runs of one seed."""
    return [job for job in jobs if job.seed == seed]
