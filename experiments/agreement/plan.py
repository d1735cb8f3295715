"""Which runs there are: the leaderboard's systems once more, on photographs, as long and of the same pixels."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from experiments.leaderboard.plan import ATTRIBUTE
from experiments.runs import TrainingRun
from experiments.systems import SYSTEMS, overrides_of


@dataclass(frozen=True, kw_only=True)
class Scale:
    """images: training faces of each run, as many as on the leaderboard of the same scale. faces: measured, in each
    direction; fewer where there are no more. quick: measured by the judge alone. more: overrides of every run.
    """

    images: int
    faces: int
    line_faces: int = 128
    image_size: int = 32
    systems: tuple[str, ...] = tuple(SYSTEMS)
    seeds: int = 3
    quick: bool = False
    more: tuple[str, ...] = ()


SCALES: Mapping[str, Scale] = {
    "small": Scale(images=12_000, faces=300, quick=True),
    "full": Scale(images=500_000, faces=2_000, line_faces=256, seeds=5),
}


@dataclass(frozen=True, kw_only=True)
class Run(TrainingRun):
    """One training run on photographs; its name is that of its twin on the leaderboard."""

    system: str
    seed: int
    scale: Scale

    @property
    def name(self) -> str:
        return f"{self.system}-s{self.seed}"

    @property
    def images(self) -> int:
        return self.scale.images

    def overrides(self) -> list[str]:
        """What follows `facegan train`."""
        return [
            *overrides_of(self.system, self.images),
            "data=celeba",
            "~data.size",  # all photographs there are
            f"attributes=[{ATTRIBUTE}]",
            f"data.image_size={self.scale.image_size}",
            f"seed={self.seed}",
            f"run={self.folder.root}",
            *self.scale.more,
        ]


def all_runs(scale: Scale, root: Path) -> list[Run]:
    """All runs; whole seeds first, so that what is there early is a table already."""
    return [
        Run(system=system, seed=seed, scale=scale, root=root) for seed in range(scale.seeds) for system in scale.systems
    ]
