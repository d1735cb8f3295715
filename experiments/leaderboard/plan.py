"""Which runs there are: all editing systems, on the same drawn faces and one attribute, over so many faces each."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from experiments.runs import TrainingRun
from experiments.systems import SYSTEMS, overrides_of

ATTRIBUTE = "Eyeglasses"
MISSION = ("genegan", "semilatent", "conditional_cyclegan", "fader")  # five seeds where the others have three


@dataclass(frozen=True, kw_only=True)
class Scale:
    """images: training faces of each run. size: how many different ones, where they are drawn. photographs: whether
    CelebA takes their place. faces: measured, in each direction.

    line_faces: the first of these, for the nearest valid style and all that needs many renders of a face.
    seeds, others: of the systems in MISSION, and of the rest. quick: measured by the judge alone.
    """

    images: int
    size: int
    faces: int
    line_faces: int = 128
    image_size: int = 32
    systems: tuple[str, ...] = tuple(SYSTEMS)
    seeds: int = 5
    others: int = 3
    quick: bool = False
    photographs: bool = False
    more: tuple[str, ...] = ()  # overrides of every run

    @property
    def data(self) -> tuple[str, ...]:
        """The data set as overrides of `facegan train`."""
        return ("data=celeba", "~data.size") if self.photographs else (f"data.size={self.size}",)


SCALES: Mapping[str, Scale] = {
    "small": Scale(images=12_000, size=10_000, faces=300, quick=True),
    "full": Scale(images=500_000, size=20_000, faces=2_000, line_faces=256),
}


@dataclass(frozen=True, kw_only=True)
class Run(TrainingRun):
    """One training run, in a folder of its own, whose name without `-sN` is the system's in the table."""

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
            f"attributes=[{ATTRIBUTE}]",
            *self.scale.data,
            f"data.image_size={self.scale.image_size}",
            f"seed={self.seed}",
            f"run={self.folder.root}",
            *self.scale.more,
        ]


def all_runs(scale: Scale, root: Path) -> list[Run]:
    """All runs; whole seeds first, so that what is there early is a table already."""
    return [
        Run(system=system, seed=seed, scale=scale, root=root)
        for seed in range(max(scale.seeds, scale.others))
        for system in scale.systems
        if seed < (scale.seeds if system in MISSION else scale.others)
    ]
