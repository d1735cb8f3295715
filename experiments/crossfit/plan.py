"""Which runs there are: one system on each half of the training persons, over seeds."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from experiments.runs import TrainingRun

HALVES = (0, 1)
SYSTEM = "attgan"
CROP = "fader"


@dataclass(frozen=True, kw_only=True)
class Scale:
    """images: training faces of each run. faces: measured in each direction, as far as there are so many."""

    images: int
    faces: int
    image_size: int = 32
    seeds: tuple[int, ...] = (0, 1, 2)
    attributes: tuple[str, ...] = ("Smiling", "Eyeglasses")

    @property
    def data(self) -> tuple[str, ...]:
        """The photographs as overrides; which half of the training persons is still to be said."""
        return ("data=celeba", f"data.image_size={self.image_size}", f"data.crop={CROP}")


SCALES: Mapping[str, Scale] = {
    "small": Scale(images=45_000, faces=1_000),
    "full": Scale(images=1_000_000, faces=2_000, image_size=64, seeds=(0, 1, 2, 3, 4)),
}


@dataclass(frozen=True, kw_only=True)
class Job(TrainingRun):
    """The system, trained on one half of the training persons."""

    half: int
    seed: int
    scale: Scale

    @property
    def name(self) -> str:
        return f"half{self.half}-s{self.seed}"

    @property
    def images(self) -> int:
        return self.scale.images

    def overrides(self) -> list[str]:
        """What follows `facegan train`."""
        return [
            "experiment=headline",
            f"model={SYSTEM}_quickstart",
            *self.scale.data,
            f"+data.half={self.half}",
            f"attributes=[{','.join(self.scale.attributes)}]",
            f"trainer.images={self.images}",
            "trainer.picture_every=0",
            f"seed={self.seed}",
            f"run={self.folder.root}",
        ]


def all_jobs(scale: Scale, root: Path) -> list[Job]:
    """All runs, whole seeds first."""
    return [Job(half=half, seed=seed, scale=scale, root=root) for seed in scale.seeds for half in HALVES]
