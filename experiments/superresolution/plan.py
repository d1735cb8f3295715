"""Which runs there are: every system on every task, the games from the regression of the same task and seed."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from experiments.runs import TrainingRun

Aim = Literal["pixels", "features", "game"]
MEAN = "srresnet"  # whose network all systems that do not aim at pixels go on with
SMALL_FACES = ("degradation=bicubic",)  # for all alike; of the quick starts one has another


@dataclass(frozen=True, slots=True, kw_only=True)
class System:
    """title: as tables call it. overrides: beside its quick start's."""

    title: str
    aim: Aim
    overrides: tuple[str, ...] = ()


SYSTEMS: Mapping[str, System] = {
    "srcnn": System(title="SRCNN", aim="pixels"),
    "espcn": System(title="ESPCN", aim="pixels"),
    "drcn": System(title="DRCN", aim="pixels"),
    MEAN: System(title="SRResNet", aim="pixels"),
    "perceptual": System(title="perceptual loss", aim="features"),
    "srgan": System(title="SRGAN", aim="game"),
    # Going on from a regression, games want calmer steps than their quick starts, which begin at nothing.
    "face_wgan": System(title="face WGAN", aim="game", overrides=("optimizer.lr=2.0e-4",)),
    "pan": System(title="PAN", aim="game", overrides=("optimizer.lr=4.0e-4",)),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """factor: how many times smaller the given faces are. enough: dB by which issue and field want bicubic beaten.

    seen: labelled attributes from which an extractor learns. share: of the scale's training faces, for the mean and
    all that go on with it; images: of systems that have a number of their own. seeds: how many of the scale's seeds,
    None for all. realism: the measure by which a game should beat its mean.
    """

    factor: int
    image_size: int
    enough: float
    data: tuple[str, ...] = ("data=celeba",)
    seen: tuple[str, ...] = ("Eyeglasses", "Smiling")
    share: float = 1.0
    images: Mapping[str, int] = field(default_factory=dict, hash=False)
    seeds: int | None = None
    realism: Literal["kid", "swd"] = "kid"

    @property
    def title(self) -> str:
        return f"{self.factor}x to {self.image_size} pixels"


LARGER = (
    "data=folder",
    "data.root=${oc.env:FACEGAN_CELEBA}/larger/images",
    "data.labels=${oc.env:FACEGAN_CELEBA}/larger/labels.csv",
    "data.crop=fader",
)
EIGHT = Task(factor=8, image_size=64, enough=0.5)
FOUR = Task(factor=4, image_size=64, enough=1.0)
LARGE = Task(factor=4, image_size=128, enough=1.0, data=LARGER, seen=("Smiling", "Young"), realism="swd")


@dataclass(frozen=True, kw_only=True)
class Scale:
    """images: training faces of each run, by system, before a task's share. faces: measured, at most; dialled: first
    ones, on which the dial is tried. rounds: those in which an extractor learns, before all else. more: overrides of
    every run.
    """

    images: Mapping[str, int]
    rounds: int
    faces: int = 1_000
    dialled: int = 32
    tasks: tuple[Task, ...] = (EIGHT, FOUR)
    seeds: tuple[int, ...] = (0, 1, 2, 3, 4)
    more: tuple[str, ...] = ()


MORE = {"srcnn": 8_000, "espcn": 30_000, "drcn": 5_000, "srgan": 4_000}  # at 128 pixels, where a share is too few

SCALES: Mapping[str, Scale] = {
    "small": Scale(
        images={
            "srcnn": 8_000, "espcn": 30_000, "drcn": 5_000, MEAN: 12_000,
            "perceptual": 12_000, "srgan": 5_000, "face_wgan": 12_000, "pan": 8_000,
        },
        rounds=100,
        # A face of 128 pixels is four times the work.
        tasks=(EIGHT, FOUR, replace(LARGE, share=0.4, images=MORE, seeds=3)),
    ),
    "full": Scale(images=dict.fromkeys(SYSTEMS, 160_000), rounds=1_000, dialled=256, tasks=(EIGHT, FOUR, LARGE)),
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Run(TrainingRun):
    """One training run, in a folder of its own."""

    system: str
    task: Task
    seed: int
    scale: Scale = field(hash=False)  # it holds a table

    @property
    def name(self) -> str:
        return f"{self.task.image_size}-{self.task.factor}x-{self.system}-s{self.seed}"

    @property
    def images(self) -> int:
        return self.task.images.get(self.system, round(self.scale.images[self.system] * self.task.share))

    def overrides(self) -> list[str]:
        """What follows `facegan train`."""
        return [
            "experiment=superres_celeba",
            "trainer.log_every=1600",
            "trainer.picture_every=0",
            f"model={self.system}_quickstart",
            *self.task.data,
            *SMALL_FACES,
            f"data.image_size={self.task.image_size}",
            f"model.scale={self.task.factor}",
            f"trainer.images={self.images}",
            f"seed={self.seed}",
            f"run={self.folder.root}",
            *SYSTEMS[self.system].overrides,
            *self._beginning(),
            *self.scale.more,
        ]

    def _beginning(self) -> list[str]:
        """Where the regression of the same task and seed is gone on with, which is then kept as the mean."""
        if SYSTEMS[self.system].aim == "pixels":
            return []
        mean = Run(root=self.root, system=MEAN, task=self.task, seed=self.seed, scale=self.scale)
        looks = [f"model.features_rounds={self.scale.rounds}", f"attributes=[{','.join(self.task.seen)}]"]
        return [
            "model.keep_mean=true",
            "model.pretrain_rounds=0",
            f"init_from.run={mean.folder.root}",
            "init_from.parts=[upscaler,'mean=upscaler']",
            *(looks if self.system in LOOKING else []),
        ]


LOOKING = ("perceptual", "srgan")  # through an extractor


def all_runs(scale: Scale, root: Path) -> list[Run]:
    """All runs, those first with which others go on; of each kind whole seeds first, so that there is a table early."""
    return [
        Run(system=name, task=task, seed=seed, scale=scale, root=root)
        for first in (True, False)
        for seed in scale.seeds
        for task in scale.tasks
        for name in scale.images
        if (SYSTEMS[name].aim == "pixels") == first and seed in scale.seeds[: task.seeds]
    ]
