"""Which runs there are: on what faces, which systems make the missing ones, which seeds, how long."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from experiments.runs import TrainingRun

PHI = 0.9


class Pair(NamedTuple):
    """What is to be recognised, and what goes with it in the biased set."""

    task: str
    bias: str


PAIRS = {"drawings": Pair("Eyeglasses", "Wearing_Hat"), "photos": Pair("Smiling", "Male")}

# The systems and how they are called, with what each is told: GeneGAN and residual images know one attribute, the
# others are told the bias too, as anybody would who knows of it.
SYSTEMS: Mapping[str, tuple[str, ...]] = {
    "genegan": ("{task}",),
    "fader": ("{task}", "{bias}"),
    "attgan": ("{task}", "{bias}"),
    "semilatent": ("{task}", "{bias}"),
    "residual_images": ("{task}",),
}
NAMES = {
    "genegan": "GeneGAN", "fader": "Fader", "attgan": "AttGAN", "semilatent": "Semi-Latent GAN",
    "residual_images": "Residual images",
}  # fmt: skip

PLAIN = ("nothing", "reweighting", "oversampling", "ordinary", "copies")
TWINS = "twins"
ARMS = {
    "nothing": "nothing", "reweighting": "reweighting", "oversampling": "oversampling",
    "ordinary": "ordinary augmentation", "copies": "unedited copies, new label", "twins": "true twins (the ceiling)",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Scale:
    """images: training faces of a system. size: faces of the biased set. tests: real rare faces, and as many common
    ones, that a classifier is asked about, as far as there are so many. steps: of a classifier, in batches of 64.
    """

    images: Mapping[str, int]
    size: int
    tests: int
    steps: int
    image_size: int = 32
    seeds: tuple[int, ...] = (0, 1, 2)


# Images follow from what each system costs: about as much processor time for each, so that the whole keeps its bounds.
SCALES: Mapping[str, Mapping[str, Scale]] = {
    "drawings": {
        "small": Scale(
            images={"genegan": 60_000, "fader": 60_000, "attgan": 60_000, "semilatent": 20_000},
            size=2_000, tests=2_000, steps=400,
        ),
        "full": Scale(
            images=dict.fromkeys(SYSTEMS, 500_000),
            size=10_000, tests=10_000, steps=3_000, image_size=64, seeds=(0, 1, 2, 3, 4),
        ),
    },
    "photos": {
        "small": Scale(images={"attgan": 60_000}, size=3_000, tests=2_000, steps=400),
        "full": Scale(
            images=dict.fromkeys(("genegan", "fader", "attgan"), 1_000_000),
            size=60_000, tests=10_000, steps=5_000, image_size=64, seeds=(0, 1, 2, 3, 4),
        ),
    },
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Job(TrainingRun):
    """One system, trained on the biased set of its seed. data: what follows `facegan train` about that set."""

    system: str
    seed: int
    pair: Pair
    scale: Scale
    data: tuple[str, ...]

    @property
    def name(self) -> str:
        return f"{self.system}-s{self.seed}"

    @property
    def images(self) -> int:
        return self.scale.images[self.system]

    def overrides(self) -> list[str]:
        """What follows `facegan train`: pairs of the two attributes are drawn as if these were independent."""
        known = ",".join(name.format(**self.pair._asdict()) for name in SYSTEMS[self.system])
        return [
            "experiment=augmentation",
            f"model={self.system}_quickstart",
            *self.data,
            f"attributes=[{known}]",
            f"decorrelate.draws=[{','.join(self.pair)}]",
            f"trainer.images={self.images}",
            f"seed={self.seed}",
            f"run={self.folder.root}",
        ]


def all_jobs(scale: Scale, root: Path, *, pair: Pair, data: Mapping[int, tuple[str, ...]]) -> list[Job]:
    """All runs, whole seeds first. data: by seed."""
    return [
        Job(system=system, seed=seed, pair=pair, scale=scale, root=root, data=data[seed])
        for seed in scale.seeds
        for system in scale.images
    ]
